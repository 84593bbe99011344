/**
 * logfmt: `level=error msg="stream recv failed" err="[ttstream error, code=12007] …"`.
 */
import { type Draft, type ShapeContext, wrapDraft } from "./draft.ts";
import { FieldReader } from "./fields.ts";
import { parseEmbedded } from "./json-text.ts";
import { addObject } from "./object-fields.ts";

const HEAD = /^[A-Za-z_@][\w.@/-]*=/;
const KNOWN = /(?:^|\s)(?:level|lvl|msg|message|time|ts|err|error|severity)=/;

/** Says whether a line is logfmt: it begins with `key=` and has one of the keys that every such logger writes. */
export function isLogfmt(line: string): boolean {
  return HEAD.test(line) && KNOWN.test(line.length > 4096 ? line.slice(0, 4096) : line);
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, quoted.endsWith('"') && quoted.length > 1 ? -1 : undefined).replaceAll('\\"', '"');
  }
}

const PAIR = /([A-Za-z_@][\w.@/-]*)=(?:("[^"\\]*(?:\\[\s\S][^"\\]*)*"?)|([^\s"]\S*)?)/g;

/**
 * Reads a line of logfmt. A value without quotes ends at a space; but an error written without quotes (`err=[ttstream error, …`) runs to
 * the next `key=`, so words that are no pair belong to the value before them.
 */
export function readLogfmt(line: string, context: ShapeContext): Draft {
  const reader = new FieldReader(context);
  const pairs: { name: string; value: string; bare: boolean; end: number }[] = [];
  const bracket = new OpenBracket(line);
  for (const match of line.matchAll(PAIR)) {
    const before = line[match.index - 1];
    const last = pairs.at(-1);
    const separate = match.index === 0 || before === " " || before === "\t" || before === "\n";
    // `[ttstream error, code=12007]`: a pair inside an open bracket of a bare value is part of that value
    const open = last?.bare === true && bracket.isOpenAt(match.index);
    if (!separate || open) continue;
    if (last?.bare === true) last.value += line.slice(last.end, match.index).trimEnd();
    const value = match[2] === undefined ? (match[3] ?? "") : unquote(match[2]);
    const end = match.index + match[0].length;
    pairs.push({ name: match[1] ?? "", value, bare: match[2] === undefined, end });
    bracket.restart(end - (match[3]?.length ?? 0));
    if (pairs.length >= 512) break;
  }
  const last = pairs.at(-1);
  if (last?.bare === true) last.value += line.slice(last.end).trimEnd();
  let inner: Draft | null = null;
  for (const { name, value, bare } of pairs) {
    const embedded = value.length > 16 ? parseEmbedded(value) : null;
    if (embedded !== null) addObject(reader, embedded, name);
    // In quotes, which are escaped anew at each level: nobody nests deep
    else if (!bare && inner === null && MESSAGE.test(name) && isLogfmt(value)) inner = readLogfmt(value, context);
    else reader.add(name, value, 0);
  }
  const outer = reader.finish();
  if (inner === null) return outer;
  // A collector that put its own line around names itself: what stands nearest to the text is its writer's
  return wrapDraft(inner.names.length > 0 ? { ...outer, names: [] } : outer, inner);
}

/** What a line that was put into another one stands in. */
const MESSAGE = /^(?:msg|message|log|line)$/;

/** Whether a bracket is open since a value began; every character is looked at once. */
class OpenBracket {
  readonly #line: string;
  #scanned = 0;
  #open = false;

  constructor(line: string) {
    this.#line = line;
  }

  restart(from: number): void {
    this.#scanned = from;
    this.#open = false;
  }

  isOpenAt(end: number): boolean {
    for (; this.#scanned < end; this.#scanned += 1) {
      const sign = this.#line[this.#scanned];
      if (sign === "[") this.#open = true;
      else if (sign === "]") this.#open = false;
    }
    return this.#open;
  }
}

/** A value in quotes behind `key=`: the sign that a line's end is pairs and not prose. */
const QUOTED_PAIR = /\s[A-Za-z_][\w.@/-]*="/;
const TAIL_PAIR = /\s+([A-Za-z_@][\w.@/-]*)=(?:("(?:[^"\\]|\\[\s\S])*")|([^\s"]*))(?=\s|$)/y;
const NEXT_PAIR = /\s(?=[A-Za-z_@][\w.@/-]*=)/g;

/**
 * The pairs at the end of a line for people, as klog, slog, zerolog's and logrus' consoles write them behind the message, and what stands
 * before them. Only the first line is looked at, and only where some value stands in quotes; `draft` is null where there are none.
 */
export function takeTrailingPairs(
  text: string,
  context: ShapeContext,
): { readonly head: string; readonly draft: Draft | null } {
  const none = { head: text, draft: null };
  const lineEnd = text.indexOf("\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  if (!line.includes('="') || !QUOTED_PAIR.test(line)) return none;
  NEXT_PAIR.lastIndex = 0;
  for (let next = NEXT_PAIR.exec(line); next !== null; next = NEXT_PAIR.exec(line)) {
    const pairs: (readonly [name: string, value: string])[] = [];
    let end = next.index;
    TAIL_PAIR.lastIndex = end;
    for (let pair = TAIL_PAIR.exec(line); pair !== null; pair = TAIL_PAIR.exec(line)) {
      pairs.push([pair[1] ?? "", pair[2] === undefined ? (pair[3] ?? "") : unquote(pair[2])]);
      end = TAIL_PAIR.lastIndex;
    }
    if (line.slice(end).trim() === "" && QUOTED_PAIR.test(line.slice(next.index))) {
      const reader = new FieldReader(context);
      for (const [name, value] of pairs) reader.add(name, value, 0);
      return { head: line.slice(0, next.index).trimEnd() + text.slice(line.length), draft: reader.finish() };
    }
    NEXT_PAIR.lastIndex = Math.max(end, next.index + 1);
  }
  return none;
}
