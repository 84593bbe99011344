/** The patterns by which lines are found that matter. */

/** Lines with these words are read whatever the prefilter says: every span of an OTLP request matters. */
export const OTLP_PATTERNS: readonly string[] = ["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"];
const OTLP_BEGIN = "resource";
const OTLP = new RegExp(OTLP_PATTERNS.join("|"));
const SPANS_BEGIN = /^\s*\{\s*"(?:data|traceID|spans)"\s*:/;
const BEGINS_JSON = /^[\s\ufeff]*[{[]/;
/** Zipkin's spans have their keys in any order. */
const ZIPKIN_BEGIN = "localEndpoint";

/** True for a text that may be a request of OTLP or an export of Jaeger or Zipkin. Most texts are none, and cost hardly anything. */
export function maybeSpans(text: string): boolean {
  if (!BEGINS_JSON.test(text)) return false;
  return (text.includes(OTLP_BEGIN) && OTLP.test(text)) || SPANS_BEGIN.test(text) || text.includes(ZIPKIN_BEGIN);
}

/** Patterns are looked up by so many of their first signs. */
const KEY_LENGTH = 3;

/** A number for the signs that stand there; others may have the same. */
function keyAt(text: string, at: number, length: number): number {
  let key = length;
  for (let i = at; i < at + length; i += 1) key = (Math.imul(key, 0x101) + text.charCodeAt(i)) | 0;
  return key;
}

/** Of long lists, which are asked for several times before the first line is read. */
const known = new WeakMap<readonly string[], readonly string[]>();

/** Leaves out patterns that cannot add a hit, in any case of letters, because they contain another one. All are in small letters. */
export function shortestPatterns(patterns: readonly string[]): readonly string[] {
  let shortest = known.get(patterns);
  if (shortest === undefined) {
    shortest = withoutLonger([...new Set(patterns.map((pattern) => pattern.toLowerCase()))]);
    known.set(patterns, shortest);
  }
  return shortest;
}

function withoutLonger(patterns: readonly string[]): readonly string[] {
  const unique = patterns.filter((pattern) => pattern !== "");
  const byKey = Map.groupBy(unique, (pattern) => keyAt(pattern, 0, Math.min(KEY_LENGTH, pattern.length)));
  const lengths = [...new Set(unique.map(({ length }) => Math.min(KEY_LENGTH, length)))];
  const holdsAnother = (pattern: string): boolean => {
    for (let at = 0; at < pattern.length; at += 1) {
      for (const length of lengths) {
        const others = at + length > pattern.length ? undefined : byKey.get(keyAt(pattern, at, length));
        if (others?.some((other) => other !== pattern && pattern.startsWith(other, at)) === true) return true;
      }
    }
    return false;
  };
  return unique.filter((pattern) => !holdsAnother(pattern));
}

/** A text as a part of a pattern that stands for itself. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** The byte of an ASCII capital as that of its small letter; any other byte as it is. */
export function smallLetter(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
