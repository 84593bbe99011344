/**
 * The window that is fast: its bytes live in the memory of a WebAssembly module, so a file is read straight to where it is searched.
 *
 * It searches some way ahead of what it is asked for and keeps what it found: a call into the module costs as much as a kilobyte.
 */
import { shortestPatterns } from "../formats/patterns.ts";
import { Matches, type TakeMatch } from "./matches.ts";
import { MIN_LENGTH, NeedleTable } from "./needle-table.ts";
import {
  FOUND,
  instantiateSimd,
  KEY_LENGTH,
  MAX_SEARCHED,
  type SimdExports,
  SLACK,
  WINDOW_START,
} from "./simd-module.ts";
import { createPlainWindow, type Foreseen, type ScanWindow } from "./window.ts";

const PAGE = 65_536;

/** How much of the first bytes that are searched says which bytes are usual in them, in so many pieces. */
const SAMPLE_BYTES = 65_536;
const SAMPLE_PIECES = 16;

/** A part of some bytes that is like the whole. */
function sampleOf(bytes: Buffer): Buffer {
  if (bytes.length <= SAMPLE_BYTES) return bytes;
  const piece = SAMPLE_BYTES / SAMPLE_PIECES;
  const apart = Math.floor((bytes.length - piece) / (SAMPLE_PIECES - 1));
  return Buffer.concat(Array.from({ length: SAMPLE_PIECES }, (_, i) => bytes.subarray(i * apart, i * apart + piece)));
}

/** A window that can tell of everything at once. */
export interface SearchingWindow extends ScanWindow {
  /** Tells of all patterns in `[from, to)`, in order of their beginnings. */
  forEachMatch(from: number, to: number, take: TakeMatch): void;
}

/** A window that searches with vectors; null where this machine or these patterns (shorter than three bytes) do not allow it. */
export function createSimdWindow(patterns: readonly string[], capacity: number): SearchingWindow | null {
  const shortest = shortestPatterns(patterns);
  if (shortest.some(({ length }) => length < MIN_LENGTH)) return null;
  const pagesFor = (bytes: number): number => Math.ceil((WINDOW_START + bytes + SLACK) / PAGE);
  let exports: SimdExports;
  try {
    exports = instantiateSimd(pagesFor(capacity));
  } catch {
    return null;
  }
  const { memory, search, count, first, last, lastEnd } = exports;
  const view = (): Buffer => Buffer.from(memory.buffer, WINDOW_START, memory.buffer.byteLength - WINDOW_START - SLACK);
  const viewFound = (): Uint32Array => new Uint32Array(memory.buffer, FOUND, (WINDOW_START - FOUND) / 4);
  let found = viewFound();
  let needles: NeedleTable | null = null;
  const matches = new Matches();
  /** What the matches are those of: what begins from `begin` on and ends by `end`, as far as keys are known, which is up to `known`. */
  let begin = 0;
  let known = 0;
  let end = -1;
  /** Somebody else has searched. */
  let foreseen = false;

  const prepare = (from: number, to: number): NeedleTable => {
    const table = new NeedleTable(shortest, sampleOf(window.bytes.subarray(from, to)));
    table.write(Buffer.from(memory.buffer, 0, WINDOW_START));
    return table;
  };
  const searchOn = (table: NeedleTable): void => {
    const next = Math.min(known + MAX_SEARCHED, known + Math.ceil((end - known) / 16) * 16);
    const places = search(WINDOW_START + known, WINDOW_START + next);
    for (let i = 0; i < places; i += 1)
      table.matchAt(window.bytes, (found[i] as number) - WINDOW_START, begin, end, matches.add);
    known = next;
  };
  const window = {
    bytes: view(),
    reserve(wanted: number): void {
      if (wanted <= window.bytes.length) return;
      memory.grow(pagesFor(wanted) - memory.buffer.byteLength / PAGE);
      window.bytes = view();
      found = viewFound();
    },
    changed(matched?: Foreseen | null): void {
      end = -1;
      foreseen = matched != null;
      matches.clear();
      matched?.(matches.add);
      begin = 0;
    },
    find(from: number, to: number): number {
      if (shortest.length === 0) return -1;
      if (foreseen) {
        if (from < begin) matches.rewind();
        begin = from;
        return matches.next(from, to);
      }
      needles ??= prepare(from, to);
      if (from < begin || to !== end) {
        matches.clear();
        known = from;
        end = to;
      }
      begin = from;
      if (known < from) known = from;
      for (;;) {
        const start = matches.next(from, to);
        // Keys stand at different depths of their patterns, so a pattern found later may begin earlier: look as far as it could
        if (known >= end || (start >= 0 && start + needles.furthestKey + KEY_LENGTH <= known)) return start;
        searchOn(needles);
      }
    },
    forEachMatch(from: number, to: number, take: TakeMatch): void {
      needles ??= prepare(from, to);
      matches.clear();
      begin = from;
      known = from;
      end = to;
      while (known < end) searchOn(needles);
      matches.forEach(take);
      end = -1;
    },
    countLines(from: number, to: number): number {
      return from >= to ? 0 : count(WINDOW_START + from, WINDOW_START + to);
    },
    lineFeed(from: number, to: number): number {
      const at = first(WINDOW_START + from, WINDOW_START + to) - WINDOW_START;
      return at < to ? Math.max(at, -1) : -1;
    },
    lineStart: (at: number): number => Math.max(lastEnd(WINDOW_START, WINDOW_START + at) - WINDOW_START, -1) + 1,
    lineFeedBefore: (to: number): number => Math.max(last(WINDOW_START, WINDOW_START + to) - WINDOW_START, -1),
  };
  return window;
}

/** The fastest window there is for these patterns. */
export function createWindow(patterns: readonly string[], capacity: number): ScanWindow {
  return createSimdWindow(patterns, capacity) ?? createPlainWindow(patterns, capacity);
}
