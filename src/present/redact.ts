/**
 * Secrets out of what leaves the program. The diagnosis works on the true texts; what is printed or passed on has the secrets replaced.
 */
/** What one kind of secret looks like. */
export interface SecretPattern {
  /** The text with each secret in it replaced by what `by` makes of it. */
  readonly replace: (text: string, by: (secret: string) => string) => string;
}

/** Finds secrets. Null where nothing is to be replaced. */
export type Redaction = readonly SecretPattern[] | null;

const LOOKS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /(?<=\b(?:Bearer|Basic)\s)[\w.~+/-]{8,}=*/gi,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g,
  /\b(?:sk|pk|rk)-[\w-]{16,}/g,
  /\bxox[abeprs]-[\w-]{10,}/g,
  /\bAIza[\w-]{35}/g,
  /(?<=:\/\/[^\s/:@]{1,64}:)[^\s/@]{1,128}(?=@)/g,
  // `tokens: client cancelled`: the name of a logger, with its words behind
  /(?<=\b(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|credential)s?["'\\]{0,2}\s?[=:]\s?["'\\]{0,2})(?<!\btokens: )[^\s"'\\,;&{}()[\]]{4,}/gi,
];

/** Tokens and keys that are known by their looks, and values whose name says what they are. */
export const SECRETS: readonly SecretPattern[] = LOOKS.map((look) => ({
  replace: (text, by) => text.replace(look, (secret) => by(secret)),
}));

const MARK = "[redacted]";

/** A text without its secrets. */
export function redactText(text: string, redaction: Redaction): string {
  let rest = text;
  for (const pattern of redaction ?? []) rest = pattern.replace(rest, (secret) => (secret === "" ? "" : MARK));
  return rest;
}

/** Ids, and words of fixed lists: no secret stands there, and a user's own pattern must not break references or the schema. */
const KEPT: ReadonlySet<string> = new Set([
  ...["id", "traceId", "spanId", "parentSpanId", "cancelId", "cascade", "exemplars"],
  ...[
    "kind",
    "confidence",
    "side",
    "state",
    "rule",
    "reason",
    "port",
    "type",
    "dialect",
    "operation",
    "observation",
    "about",
    "knowledge",
  ],
]);

/** So many objects and texts are remembered with what became of them: ten thousand cascades have millions. */
const MOST_REMEMBERED = 20_000;

/** The same data with the secrets of all its texts replaced. What holds none stays the very object it was. */
export function redactData<T>(data: T, redaction: Redaction): T {
  if (redaction === null) return data;
  const objects = new Map<object, unknown>();
  const texts = new Map<string, string>();
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") {
      let clean = texts.get(value);
      if (clean === undefined) {
        clean = redactText(value, redaction);
        remember(texts, value, clean);
      }
      return clean;
    }
    if (typeof value !== "object" || value === null) return value;
    const known = objects.get(value);
    if (known !== undefined) return known;
    const clean = Array.isArray(value) ? walkList(value) : walkObject(value);
    remember(objects, value, clean);
    return clean;
  };
  const walkList = (list: readonly unknown[]): readonly unknown[] => {
    const clean = list.map(walk);
    return clean.some((each, index) => each !== list[index]) ? clean : list;
  };
  const walkObject = (object: object): object => {
    let clean: Record<string, unknown> | null = null;
    for (const [name, value] of Object.entries(object)) {
      if (KEPT.has(name)) continue;
      const each = walk(value);
      if (each === value) continue;
      clean ??= { ...object };
      clean[name] = each;
    }
    return clean ?? object;
  };
  return walk(data) as T;
}

function remember<K, V>(known: Map<K, V>, key: K, value: V): void {
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(key, value);
}

/** Overwrites secrets in bytes that are passed on. The length stays, so every format stays what it was. */
export function redactBytes(bytes: Buffer, redaction: Redaction): Buffer {
  // One sign for each byte, whatever the encoding
  let text = bytes.toString("latin1");
  for (const pattern of redaction ?? []) text = pattern.replace(text, (secret) => "*".repeat(secret.length));
  return Buffer.from(text, "latin1");
}
