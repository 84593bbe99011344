/**
 * A window of bytes that finds what the prefilter looks for and counts lines.
 */
import { shortestPatterns, smallLetter } from "../formats/patterns.ts";
import type { TakeMatch } from "./matches.ts";

/** Tells of every pattern in a window that somebody else has searched. */
export type Foreseen = (take: TakeMatch) => void;

/** Bytes of one source at one moment, and fast questions about them. */
export interface ScanWindow {
  /** The bytes. A new view after every `reserve`. */
  readonly bytes: Buffer;
  /** Makes room for this many bytes; what is in the window may be lost. */
  reserve(capacity: number): void;
  /** Forgets what it knew about the bytes: call it after they changed. `foreseen`: all that there is to find, where that is known. */
  changed(foreseen?: Foreseen | null): void;
  /** Where the next pattern begins, in any case of letters, at or after `from` and ends at or before `to`; -1 where none does. */
  find(from: number, to: number): number;
  /** How many line feeds stand in `[from, to)`. */
  countLines(from: number, to: number): number;
  /** Where the first line feed stands in `[from, to)`; -1 where none does. */
  lineFeed(from: number, to: number): number;
  /** Where the last line feed stands before `to`; -1 where none does. */
  lineFeedBefore(to: number): number;
  /**
   * Where the line begins that a byte stands in: behind the last line feed before it, or behind the last NUL: a hole of them, as a log has it
   * that was truncated or torn while it was written, ends the line it stands in.
   */
  lineStart(at: number): number;
}

/** A window in plain JavaScript: one `indexOf` a pattern. */
export function createPlainWindow(patterns: readonly string[], capacity: number): ScanWindow {
  const needles = shortestPatterns(patterns).map((pattern) => Buffer.from(pattern, "latin1"));
  let next: number[] = needles.map(() => -1);
  const window = {
    bytes: Buffer.allocUnsafeSlow(capacity),
    /** The same in small letters; empty until somebody asks. */
    small: Buffer.alloc(0),
    reserve(wanted: number): void {
      if (wanted > window.bytes.length) window.bytes = Buffer.allocUnsafeSlow(wanted);
    },
    changed(): void {
      window.small = Buffer.alloc(0);
      next = needles.map(() => -1);
    },
    find(from: number, to: number): number {
      let first = Number.POSITIVE_INFINITY;
      if (window.small.length === 0) window.small = Buffer.from(window.bytes.map(smallLetter));
      for (let i = 0; i < needles.length; i += 1) {
        let at = next[i] as number;
        const needle = needles[i] as Buffer;
        if (at < from) {
          const found = window.small.subarray(0, to).indexOf(needle, from);
          at = found < 0 ? Number.POSITIVE_INFINITY : found;
          next[i] = at;
        }
        if (at < first && at + needle.length <= to) first = at;
      }
      return first === Number.POSITIVE_INFINITY ? -1 : first;
    },
    countLines(from: number, to: number): number {
      const { bytes } = window;
      let count = 0;
      for (let i = from; i < to; i += 1) if (bytes[i] === 10) count += 1;
      return count;
    },
    lineFeed(from: number, to: number): number {
      const at = window.bytes.indexOf(10, from);
      return at < to ? at : -1;
    },
    lineStart(at: number): number {
      let begin = at;
      while (begin > 0 && window.bytes[begin - 1] !== 10 && window.bytes[begin - 1] !== 0) begin -= 1;
      return begin;
    },
    lineFeedBefore: (to: number): number => (to > 0 ? window.bytes.lastIndexOf(10, to - 1) : -1),
  };
  return window;
}
