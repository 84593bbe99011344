/**
 * The window that is fast: its bytes live in the memory of a WebAssembly module, so a file is read straight to where it is searched.
 */
import { shortestPatterns } from "../formats/patterns.ts";
import { KEY_LENGTH, matchesAt, NeedleTable } from "./needle-table.ts";
import { instantiateSimd, type SimdExports, SLACK, WINDOW_START } from "./simd-module.ts";
import { createPlainWindow, type ScanWindow } from "./window.ts";

const PAGE = 65_536;

/** How much of the first bytes that are searched says which bytes are usual in them. */
const SAMPLE_BYTES = 65_536;

/** A window that searches with vectors; null where this machine or these patterns (shorter than three bytes) do not allow it. */
export function createSimdWindow(patterns: readonly string[], capacity: number): ScanWindow | null {
  const shortest = shortestPatterns(patterns);
  if (shortest.length === 0 || shortest.some(({ length }) => length < KEY_LENGTH)) return null;
  const pagesFor = (bytes: number): number => Math.ceil((WINDOW_START + bytes + SLACK) / PAGE);
  let exports: SimdExports;
  try {
    exports = instantiateSimd(pagesFor(capacity));
  } catch {
    return null;
  }
  const { memory, find, count } = exports;
  const view = (): Buffer => Buffer.from(memory.buffer, WINDOW_START, memory.buffer.byteLength - WINDOW_START - SLACK);
  let needles: NeedleTable | null = null;
  const window = {
    bytes: view(),
    reserve(wanted: number): void {
      if (wanted <= window.bytes.length) return;
      memory.grow(pagesFor(wanted) - memory.buffer.byteLength / PAGE);
      window.bytes = view();
    },
    changed(): void {},
    find(from: number, to: number): number {
      const { bytes } = window;
      if (needles === null) {
        needles = new NeedleTable(shortest, bytes.subarray(from, Math.min(to, from + SAMPLE_BYTES)));
        needles.write(Buffer.from(memory.buffer, 0, WINDOW_START));
      }
      let best = -1;
      // Keys stand at different depths of their patterns, so a pattern found later may begin earlier: look as far as it could
      let last = to;
      for (let at = from; at < last; ) {
        const candidate = find(WINDOW_START + at, WINDOW_START + last) - WINDOW_START;
        if (candidate < 0 || candidate >= last) break;
        for (const { bytes: needle, key } of needles.at(bytes, candidate)) {
          const start = candidate - key;
          if (start < from || start + needle.length > to || (best >= 0 && start >= best)) continue;
          if (!matchesAt(bytes, start, needle)) continue;
          best = start;
          last = Math.min(last, best + needles.furthestKey);
        }
        at = candidate + 1;
      }
      return best;
    },
    countLines(from: number, to: number): number {
      return from >= to ? 0 : count(WINDOW_START + from, WINDOW_START + to);
    },
  };
  return window;
}

/** The fastest window there is for these patterns. */
export function createWindow(patterns: readonly string[], capacity: number): ScanWindow {
  return createSimdWindow(patterns, capacity) ?? createPlainWindow(patterns, capacity);
}
