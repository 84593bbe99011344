/**
 * The window that is fast: its bytes live in the memory of a WebAssembly module, so a file is read straight to where it is searched.
 */

import { shortestPatterns } from "../formats/patterns.ts";
import { instantiateSimd, type SimdExports, SLACK, WINDOW_START } from "./simd-module.ts";
import { createPlainWindow, type ScanWindow } from "./window.ts";

const PAGE = 65_536;
const BUCKETS = 8;

/** Bytes of a log from the most to the least usual; what is not here is rarer still. Rough: it decides about speed only. */
const USUAL = ' etaoinsrdlcu":,0123456789hmpg.-_fv/=bywkTxS[]EIRACDNZ';

function commonness(byte: number): number {
  const at = USUAL.indexOf(String.fromCharCode(byte));
  return at < 0 ? 0 : USUAL.length - at;
}

/** Where in a pattern the three neighbouring bytes stand that are least usual together. */
function rarestAt(pattern: Buffer): number {
  let best = 0;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 3 <= pattern.length; at += 1) {
    const score =
      commonness(pattern[at] as number) * commonness(pattern[at + 1] as number) * commonness(pattern[at + 2] as number);
    if (score < bestScore) {
      best = at;
      bestScore = score;
    }
  }
  return best;
}

interface Needle {
  readonly bytes: Buffer;
  /** Where the three bytes stand that are searched for. */
  readonly key: number;
}

function writeTables(memory: Buffer, needles: readonly Needle[]): void {
  memory.fill(0, 0, 96);
  needles.forEach(({ bytes, key }, i) => {
    const bucket = 1 << (i % BUCKETS);
    for (let position = 0; position < 3; position += 1) {
      const byte = bytes[key + position] as number;
      const low = position * 32 + (byte & 0x0f);
      const high = position * 32 + 16 + (byte >> 4);
      memory[low] = (memory[low] as number) | bucket;
      memory[high] = (memory[high] as number) | bucket;
    }
  });
}

function matchesAt(bytes: Buffer, at: number, needle: Buffer): boolean {
  for (let i = 0; i < needle.length; i += 1) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

/** A window that searches with vectors; null where this machine or these patterns (shorter than three bytes) do not allow it. */
export function createSimdWindow(patterns: readonly string[], capacity: number): ScanWindow | null {
  const needles = shortestPatterns(patterns).map((pattern) => {
    const bytes = Buffer.from(pattern, "latin1");
    return { bytes, key: rarestAt(bytes) };
  });
  if (needles.length === 0 || needles.some(({ bytes }) => bytes.length < 3)) return null;
  const pagesFor = (bytes: number): number => Math.ceil((WINDOW_START + bytes + SLACK) / PAGE);
  let exports: SimdExports;
  try {
    exports = instantiateSimd(pagesFor(capacity));
  } catch {
    return null;
  }
  const { memory, find, count } = exports;
  writeTables(Buffer.from(memory.buffer), needles);
  const view = (): Buffer => Buffer.from(memory.buffer, WINDOW_START, memory.buffer.byteLength - WINDOW_START - SLACK);
  const furthestKey = Math.max(...needles.map(({ key }) => key));
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
      let best = -1;
      // Keys stand at different depths of their patterns, so a pattern found later may begin earlier: look as far as it could
      let last = to;
      for (let at = from; at < last; ) {
        const candidate = find(WINDOW_START + at, WINDOW_START + last) - WINDOW_START;
        if (candidate < 0 || candidate >= last) break;
        for (const { bytes: needle, key } of needles) {
          const start = candidate - key;
          if (start < from || start + needle.length > to || (best >= 0 && start >= best)) continue;
          if (!matchesAt(bytes, start, needle)) continue;
          best = start;
          last = Math.min(last, best + furthestKey);
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
