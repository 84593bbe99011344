/**
 * Patterns that a terminal's colours have torn apart, as `grep --color` leaves them: `[ESC[01;31mttstreamESC[m error, code=`.
 *
 * Coloured logs have escapes in every line, nearly never inside a pattern. So only an escape whose two neighbours follow one another in
 * some pattern is looked at closer. Colours inside a JSON string (`\u001b[31m`) are not looked for.
 */
import { stripAnsi } from "../formats/ansi.ts";
import { shortestPatterns, smallLetter } from "../formats/patterns.ts";
import type { ScanWindow } from "./window.ts";

const ESC = 0x1b;
const BRACKET = 0x5b;

function sequenceEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at + 1 < to && bytes[at] === ESC && bytes[at + 1] === BRACKET) {
    at += 2;
    // parameters, then one final byte
    while (at < to && (bytes[at] as number) < 0x40) at += 1;
    at += 1;
  }
  return at;
}

/** The same window, which also finds patterns with escape sequences inside. */
export function withColours(window: ScanWindow, patterns: readonly string[]): ScanWindow {
  const needles = shortestPatterns(patterns);
  const maxLength = Math.max(0, ...needles.map((needle) => needle.length));
  const pairs = new Set<number>();
  for (const needle of needles) {
    for (let i = 1; i < needle.length; i += 1) pairs.add((needle.charCodeAt(i - 1) << 8) | needle.charCodeAt(i));
  }
  const isTorn = (bytes: Buffer, at: number, after: number, to: number): boolean => {
    // eight escapes of eight bytes on either side, at most
    const around = bytes.toString("latin1", Math.max(0, at - maxLength - 64), Math.min(to, after + maxLength + 64));
    const middle = at - Math.max(0, at - maxLength - 64);
    const lineStart = around.lastIndexOf("\n", middle) + 1;
    const lineEnd = around.indexOf("\n", middle);
    const text = stripAnsi(around.slice(lineStart, lineEnd < 0 ? undefined : lineEnd)).toLowerCase();
    return needles.some((needle) => text.includes(needle));
  };
  /** The last torn pattern that was found, and the next escape that was not looked at yet; bytes behind the window's end do no harm. */
  let torn = -1;
  let next = -1;
  const seek = (at: number): number => {
    const found = window.bytes.indexOf(ESC, at);
    return found < 0 ? Number.POSITIVE_INFINITY : found;
  };
  const nextTorn = (from: number, to: number): number => {
    if (torn >= from) return torn;
    const { bytes } = window;
    if (next < from) next = seek(from);
    while (next < to) {
      const at = next;
      const after = sequenceEnd(bytes, at, to);
      next = seek(Math.max(after, at + 1));
      const pair =
        at === 0 || after >= to ? 0 : (smallLetter(bytes[at - 1] as number) << 8) | smallLetter(bytes[after] as number);
      if (pairs.has(pair) && isTorn(bytes, at, after, to)) {
        torn = at;
        return at;
      }
    }
    return -1;
  };
  return {
    get bytes() {
      return window.bytes;
    },
    reserve: (capacity) => window.reserve(capacity),
    changed(foreseen) {
      torn = -1;
      next = -1;
      window.changed(foreseen);
    },
    find(from, to) {
      const plain = window.find(from, to);
      const coloured = nextTorn(from, to);
      if (coloured < 0 || coloured >= to) return plain;
      return plain < 0 || coloured < plain ? coloured : plain;
    },
    countLines: (from, to) => window.countLines(from, to),
    lineFeed: (from, to) => window.lineFeed(from, to),
    lineFeedBefore: (to) => window.lineFeedBefore(to),
    lineStart: (at) => window.lineStart(at),
  };
}
