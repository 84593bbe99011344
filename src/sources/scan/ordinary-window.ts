/**
 * A window in which the ordinary lines are hits that may say what was around a claim: all of them where few were written, else those near in
 * time, those that carry one of its ids, and some of each kind.
 *
 * Where thousands of lines stand in a second, being near says nothing.
 */
import type { Instant } from "../../model/index.ts";
import type { Likeness } from "./likeness.ts";
import type { TimeOf } from "./time-search.ts";
import type { ScanWindow } from "./window.ts";

const LF = 10;
/** Lines are judged near by so many bytes of them. */
const BLOCK_BYTES = 32 * 1024;
/** A block that took less was written by somebody too busy. */
const BUSY_BLOCK_NS = 250_000_000n;
/** How near is near. */
const NEAR_NS = 1_500_000_000n;
/** Lines of one kind that are read where none of them is near. */
const ALIKE = 20;
/** Lines looked at for a time at either end of a block. */
const TIMED_LINES = 8;
/** Kinds of lines that are told apart. */
const MAX_KINDS = 50_000;

/** What is known of the claims around which is read. */
export interface Wanted {
  /** When they were made, in order. */
  readonly moments: readonly Instant[];
  /** Ids that they carry. */
  readonly ids: readonly string[];
  /** True where every line is wanted. */
  readonly all: boolean;
}

/** Makes such a window of one that is searched for nothing. */
export function createOrdinaryWindow(
  window: ScanWindow,
  { moments, ids, all }: Wanted,
  likeness: Likeness,
  timeOf: TimeOf,
): ScanWindow {
  const words = new Set(ids.map((id) => likeness.longestWord(Buffer.from(id))).filter((word) => word !== 0));
  const kinds = new Map<number, number>();
  let blockEnd = 0;
  let isNear = false;

  const startBlock = (at: number, to: number): void => {
    const { bytes } = window;
    const end = bytes.subarray(0, to).indexOf(LF, Math.min(to, at + BLOCK_BYTES));
    blockEnd = end < 0 ? to : end + 1;
    const first = timeNear(bytes, at, blockEnd, timeOf, 1);
    const last = timeNear(bytes, at, blockEnd, timeOf, -1);
    isNear = first !== null && last !== null && isWanted(moments, first, last) && !isBusy(first, last, blockEnd - at);
  };
  const isFew = (from: number, to: number): boolean => {
    const kind = likeness.of(window.bytes, from, to);
    const seen = kinds.get(kind) ?? 0;
    if (seen < ALIKE && (seen > 0 || kinds.size < MAX_KINDS)) kinds.set(kind, seen + 1);
    return seen < ALIKE;
  };
  return {
    get bytes() {
      return window.bytes;
    },
    reserve: (capacity) => window.reserve(capacity),
    changed() {
      blockEnd = 0;
      window.changed();
    },
    find(from, to) {
      const { bytes } = window;
      for (let at = from; at < to; ) {
        if (bytes[at] === LF || bytes[at] === 13) {
          at += 1;
          continue;
        }
        if (all) return at;
        if (at >= blockEnd) startBlock(at, to);
        const lf = window.lineFeed(at, to);
        const end = lf < 0 ? to : lf;
        if (isFew(at, end) || isNear || (words.size > 0 && likeness.holds(bytes, at, end, words))) return at;
        at = end + 1;
      }
      return -1;
    },
    countLines: (from, to) => window.countLines(from, to),
    lineFeed: (from, to) => window.lineFeed(from, to),
    lineFeedBefore: (to) => window.lineFeedBefore(to),
    lineStart: (at) => window.lineStart(at),
  };
}

/** The time of the first or the last line of a block that has one. */
function timeNear(bytes: Buffer, from: number, to: number, timeOf: TimeOf, step: 1 | -1): Instant | null {
  let begin = step > 0 ? from : bytes.lastIndexOf(LF, to - 2) + 1;
  for (let lines = 0; lines < TIMED_LINES && begin >= from && begin < to; lines += 1) {
    const lf = bytes.indexOf(LF, begin);
    const at = timeOf(bytes.toString("utf8", begin, lf < 0 ? to : Math.min(lf, to)));
    if (at !== null) return at;
    if (step < 0 && begin === 0) return null;
    begin = step > 0 ? (lf < 0 ? to : lf + 1) : bytes.lastIndexOf(LF, begin - 2) + 1;
  }
  return null;
}

function isBusy(first: Instant, last: Instant, length: number): boolean {
  return length >= BLOCK_BYTES && last - first < BUSY_BLOCK_NS;
}

function isWanted(moments: readonly Instant[], first: Instant, last: Instant): boolean {
  return moments.some((moment) => moment >= first - NEAR_NS && moment <= last + NEAR_NS);
}
