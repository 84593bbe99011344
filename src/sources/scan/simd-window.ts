/**
 * The window that is fast: its bytes live in the memory of a WebAssembly module, so a file is read straight to where it is searched.
 */

import { shortestPatterns, smallLetter } from "../formats/patterns.ts";
import { instantiateSimd, type SimdExports, SLACK, WINDOW_START } from "./simd-module.ts";
import { createPlainWindow, type ScanWindow } from "./window.ts";

const PAGE = 65_536;
const BUCKETS = 8;
const KEY_LENGTH = 3;

/** Bytes of a log from the most to the least usual; what is not here is rarer still. Rough: it decides about speed only. */
const USUAL = ' etaoinsrdlcu":,0123456789hmpg.-_fv/=bywkTxS[]EIRACDNZ';

const RARE = 0.002;

function commonness(byte: number): number {
  const at = USUAL.indexOf(String.fromCharCode(byte));
  // Each byte of the list is about a tenth less usual than the one before
  return at < 0 ? RARE : Math.exp(-at / 10);
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

const NO_NEEDLES: readonly Needle[] = [];

function writeTables(memory: Buffer, needles: readonly Needle[]): void {
  memory.fill(0, 0, 96);
  for (const [bucket, members] of bucketsOf(needles).entries()) {
    for (const { bytes, key } of members) {
      for (let position = 0; position < KEY_LENGTH; position += 1) {
        const byte = bytes[key + position] as number;
        const low = position * 32 + (byte & 0x0f);
        memory[low] = (memory[low] as number) | (1 << bucket);
        // A letter and its capital differ in the high half only
        const capital = byte >= 0x61 && byte <= 0x7a ? byte & ~0x20 : byte;
        for (const each of [byte, capital]) {
          const high = position * 32 + 16 + (each >> 4);
          memory[high] = (memory[high] as number) | (1 << bucket);
        }
      }
    }
  }
}

/**
 * Puts needles into buckets so that few other bytes look like them: a bucket takes for its own whatever combines the halves of its members'
 * bytes, so members should be alike.
 */
function bucketsOf(needles: readonly Needle[]): Needle[][] {
  const buckets: Needle[][] = Array.from({ length: BUCKETS }, () => []);
  for (const needle of needles) {
    let best = buckets[0] as Needle[];
    let bestCost = Number.POSITIVE_INFINITY;
    for (const bucket of buckets) {
      const cost = breadth([...bucket, needle]) - breadth(bucket);
      if (cost < bestCost) {
        best = bucket;
        bestCost = cost;
      }
    }
    best.push(needle);
  }
  return buckets;
}

/** How usual what a bucket takes for its own is. */
function breadth(members: readonly Needle[]): number {
  if (members.length === 0) return 0;
  let product = 1;
  for (let position = 0; position < KEY_LENGTH; position += 1) {
    const keys = members.map(({ bytes, key }) => bytes[key + position] as number);
    const lows = new Set(keys.map((byte) => byte & 0x0f));
    const highs = new Set(keys.map((byte) => byte >> 4));
    let sum = 0;
    for (const high of highs) for (const low of lows) sum += commonness((high << 4) | low);
    product *= sum;
  }
  return product;
}

/** The key of a needle as it stands in the bytes, in small letters, as one number. */
function keyAt(bytes: Buffer, at: number): number {
  return (
    (smallLetter(bytes[at] as number) << 16) |
    (smallLetter(bytes[at + 1] as number) << 8) |
    smallLetter(bytes[at + 2] as number)
  );
}

function matchesAt(bytes: Buffer, at: number, needle: Buffer): boolean {
  for (let i = 0; i < needle.length; i += 1) if (smallLetter(bytes[at + i] as number) !== needle[i]) return false;
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
  const byKey = new Map<number, Needle[]>();
  for (const needle of needles) {
    const key = keyAt(needle.bytes, needle.key);
    byKey.set(key, [...(byKey.get(key) ?? []), needle]);
  }
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
        for (const { bytes: needle, key } of byKey.get(keyAt(bytes, candidate)) ?? NO_NEEDLES) {
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
