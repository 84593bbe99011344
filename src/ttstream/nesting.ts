/**
 * Errors inside errors, and several errors in one line.
 *
 * A text is scanned once for the marker of any grammar. The first error's message runs to the end of its line. Where another marker
 * stands in it, the words before that marker decide: wrapper prefixes only (`biz error: `, `call model: `) make it the inner error, the
 * cause; anything else makes it a separate error, and the first message is cut at the last separator before it (docs/protocol.md#nesting).
 *
 * Linear: every marker is looked at once, and a head never looks past the next marker.
 */

/** How one dialect's error text begins. */
export interface Grammar<Fields> {
  readonly marker: string;
  /** Reads what begins at `at`, looking no further than `end`. Null: it is no error after all. */
  readonly readHead: (text: string, at: number, end: number) => HeadOf<Fields> | null;
}

/** The fields of a head, where its message begins, and whether the text ended inside the head. */
export interface HeadOf<Fields> {
  readonly fields: Fields;
  readonly messageAt: number;
  readonly truncated: boolean;
}

/** One error found in a text. */
export interface Found<Fields> {
  readonly fields: Fields;
  /** From the end of the groups to the end of the error, inner errors included. */
  readonly message: string;
  /** The words before it that end with a colon, outermost first. */
  readonly prefixes: readonly string[];
  /** The error it wraps: the cause. */
  readonly inner: Found<Fields> | null;
  readonly truncated: boolean;
  /** Offset of the marker in the text. */
  readonly at: number;
}

interface Seen<Fields> {
  readonly at: number;
  readonly head: HeadOf<Fields>;
}

/** No sane chain nests deeper; a hostile one is cut here instead of overflowing the stack of whoever walks it. */
const MAX_DEPTH = 1000;

/** Finds every error of the given grammars in a text, in order. Never throws; time is linear in the text. */
export function findErrors<Fields>(text: string, grammars: readonly Grammar<Fields>[]): Found<Fields>[] {
  const seen = findHeads(text, grammars);
  const found: Found<Fields>[] = [];
  let first = 0;
  let lineAt = 0;
  while (first < seen.length) {
    const outer = seen[first] as Seen<Fields>;
    const lineEnd = endOfLine(text, outer.head.messageAt);
    let last = first;
    let end = lineEnd;
    while (last + 1 < seen.length) {
      const inner = seen[last] as Seen<Fields>;
      const next = seen[last + 1] as Seen<Fields>;
      if (next.at >= lineEnd) break;
      if (last - first < MAX_DEPTH && isWrapper(text, inner.head.messageAt, next.at)) {
        last += 1;
      } else {
        end = cutBefore(text, inner.head.messageAt, next.at);
        break;
      }
    }
    found.push(nest(text, seen, first, last, lineAt, end));
    lineAt = end;
    first = last + 1;
  }
  return found;
}

function nest<Fields>(
  text: string,
  seen: readonly Seen<Fields>[],
  first: number,
  last: number,
  prefixesAt: number,
  end: number,
): Found<Fields> {
  let inner: Found<Fields> | null = null;
  for (let index = last; index >= first; index -= 1) {
    const { at, head } = seen[index] as Seen<Fields>;
    const previous = index === first ? null : (seen[index - 1] as Seen<Fields>);
    inner = {
      fields: head.fields,
      message: text.slice(head.messageAt, end),
      prefixes: readPrefixes(text.slice(previous === null ? prefixesAt : previous.head.messageAt, at)),
      inner,
      truncated: head.truncated,
      at,
    };
  }
  return inner as Found<Fields>;
}

function findHeads<Fields>(text: string, grammars: readonly Grammar<Fields>[]): Seen<Fields>[] {
  const next = grammars.map((grammar) => text.indexOf(grammar.marker));
  const seen: Seen<Fields>[] = [];
  for (;;) {
    let nearest = -1;
    for (let index = 0; index < next.length; index += 1) {
      const at = next[index] as number;
      if (at !== -1 && (nearest === -1 || at < (next[nearest] as number))) nearest = index;
    }
    if (nearest === -1) return seen;
    const grammar = grammars[nearest] as Grammar<Fields>;
    const at = next[nearest] as number;
    next[nearest] = text.indexOf(grammar.marker, at + grammar.marker.length);
    let end = endOfLine(text, at);
    for (const other of next) if (other > at && other < end) end = other;
    const head = grammar.readHead(text, at, end);
    if (head !== null) seen.push({ at, head });
  }
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf("\n", from);
  if (newline === -1) return text.length;
  return text[newline - 1] === "\r" ? newline - 1 : newline;
}

const SEPARATORS = ["; ", ", ", " | "] as const;

/** True where nothing but wrapper prefixes (or nothing at all) stands between two errors. */
function isWrapper(text: string, from: number, to: number): boolean {
  const between = text.slice(from, to);
  if (between.trim() === "") return true;
  return /[:=("'`]\s?$/.test(between) && !SEPARATORS.some((separator) => between.includes(separator));
}

/** Where the first of two separate errors ends. */
function cutBefore(text: string, from: number, to: number): number {
  const between = text.slice(from, to);
  const cut = Math.max(...SEPARATORS.map((separator) => between.lastIndexOf(separator)));
  return cut === -1 ? to : from + cut;
}

const MAX_PREFIX_LENGTH = 300;

/** The words before an error that end with a colon; what stands before the last separator belongs to somebody else. */
function readPrefixes(before: string): string[] {
  const line = before.slice(Math.max(before.lastIndexOf("\n") + 1, before.length - MAX_PREFIX_LENGTH));
  const ends = SEPARATORS.map((separator) =>
    line.includes(separator) ? line.lastIndexOf(separator) + separator.length : 0,
  );
  const own = line.slice(Math.max(...ends));
  return own
    .split(": ")
    .slice(0, -1)
    .map((word) => word.replace(/^.*[=\]]\s?(?=\S)/, "").trim())
    .filter((word) => word !== "");
}
