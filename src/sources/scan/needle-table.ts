/**
 * Patterns as the vectors search for them: by four neighbouring bytes of theirs, their keys.
 *
 * Which bytes are usual differs from log to log, and a search is as fast as what it looks for is rare. So a sample of the log decides about
 * keys; what is found never depends on it.
 */
import { smallLetter } from "../formats/patterns.ts";
import { type KeyBytes, writeBuckets } from "./key-buckets.ts";
import type { TakeMatch } from "./matches.ts";
import { ANYWHERE, AT_STRIDE, HASHES, KEY_LENGTH, KEYS, keyHash, keyOf, STRIDE } from "./simd-module.ts";

/** A pattern of fewer bytes cannot be searched for. */
export const MIN_LENGTH: number = KEY_LENGTH - 1;
/** A row is too usual where its keys are found at such a share of all places. */
const USUAL = 2e-4;

/** True where the needle stands there, in any case of letters. */
export function matchesAt(bytes: Buffer, at: number, needle: Buffer): boolean {
  for (let i = 0; i < needle.length; i += 1) if (smallLetter(bytes[at + i] as number) !== needle[i]) return false;
  return true;
}

/** Four bytes from there on as one number. */
function read32(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** How often keys are met in a sample, by hash. */
class Sample {
  readonly bytes: Buffer;
  readonly #seen = new Uint32Array(65_536);

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    for (let at = 0; at + KEY_LENGTH <= bytes.length; at += 1) {
      const hash = Sample.#hash(keyOf(read32(bytes, at)));
      this.#seen[hash] = (this.#seen[hash] as number) + 1;
    }
  }

  static #hash(key: number): number {
    return Math.imul(key, 0x85ebca6b) >>> 16;
  }

  /** The share of all places at which a key, or one with its hash, stands. */
  share(key: number): number {
    return (this.#seen[Sample.#hash(key)] as number) / Math.max(1, this.bytes.length);
  }
}

/** Where a key stands in a needle. */
interface Entry {
  readonly key: number;
  readonly needle: Buffer;
  readonly depth: number;
  /** The number of another entry of the same hash; 0 where there is none. */
  readonly next: number;
}

/** The needles of a search, found by their keys. */
export class NeedleTable {
  /** The depth of the deepest key in its pattern. */
  readonly furthestKey: number;
  readonly #sample: Sample;
  readonly #entries: (Entry | null)[] = [null];
  /** By a key's hash, its first entry. */
  readonly #first = new Int32Array(HASHES);
  readonly #marks = new Uint8Array(HASHES);
  /** The bytes of keys of the first way, each once. */
  readonly #anywhere = new Map<string, KeyBytes>();

  /** @param patterns in small letters, none shorter than {@link MIN_LENGTH} */
  constructor(patterns: readonly string[], sample: Buffer) {
    this.#sample = new Sample(sample);
    for (const pattern of patterns) this.#add(Buffer.from(pattern, "latin1"));
    this.furthestKey = Math.max(...this.#entries.map((entry) => entry?.depth ?? 0));
  }

  /** Tells of the needles that stand in `[from, to)` with a key at one place. */
  matchAt(bytes: Buffer, at: number, from: number, to: number, take: TakeMatch): void {
    const key = keyOf(read32(bytes, at));
    for (let index = this.#first[keyHash(key)] as number; index !== 0; ) {
      const entry = this.#entries[index] as Entry;
      index = entry.next;
      const start = at - entry.depth;
      const end = start + entry.needle.length;
      if (entry.key === key && start >= from && end <= to && matchesAt(bytes, start, entry.needle)) take(start, end);
    }
  }

  /** Writes the tables of the module into the first bytes of its memory. */
  write(memory: Buffer): void {
    memory.set(this.#marks, KEYS);
    writeBuckets(memory, [...this.#anywhere.values()], this.#sample.bytes);
  }

  #add(needle: Buffer): void {
    const row = this.#rarest(needle, STRIDE);
    if (row !== null && this.#shareOf(needle, row, STRIDE) <= USUAL) {
      for (let depth = row; depth < row + STRIDE; depth += 1)
        this.#enter(needle, depth, keyOf(read32(needle, depth)), AT_STRIDE);
      return;
    }
    const depth = this.#rarest(needle, 1);
    if (depth === null) this.#addShort(needle);
    else {
      this.#anywhere.set(needle.toString("latin1", depth, depth + KEY_LENGTH), [
        ...needle.subarray(depth, depth + KEY_LENGTH),
      ]);
      this.#enter(needle, depth, keyOf(read32(needle, depth)), ANYWHERE);
    }
  }

  /** A needle that is shorter than a key has one with every byte behind it. */
  #addShort(needle: Buffer): void {
    this.#anywhere.set(needle.toString("latin1"), [...needle, null]);
    const keys = new Set(Array.from({ length: 256 }, (_, byte) => keyOf(read32(Buffer.from([...needle, byte]), 0))));
    for (const key of keys) this.#enter(needle, 0, key, ANYWHERE);
  }

  #enter(needle: Buffer, depth: number, key: number, mark: number): void {
    const hash = keyHash(key);
    this.#marks[hash] = (this.#marks[hash] as number) | mark;
    this.#first[hash] = this.#entries.push({ key, needle, depth, next: this.#first[hash] as number }) - 1;
  }

  /** Where so many keys in a row stand that are least usual; null where the needle is too short. */
  #rarest(needle: Buffer, keys: number): number | null {
    let best: number | null = null;
    let bestShare = Number.POSITIVE_INFINITY;
    for (let depth = 0; depth + KEY_LENGTH + keys - 1 <= needle.length; depth += 1) {
      const share = this.#shareOf(needle, depth, keys);
      if (share < bestShare) [best, bestShare] = [depth, share];
    }
    return best;
  }

  #shareOf(needle: Buffer, depth: number, keys: number): number {
    let sum = 0;
    for (let at = depth; at < depth + keys; at += 1) sum += this.#sample.share(keyOf(read32(needle, at)));
    return sum;
  }
}
