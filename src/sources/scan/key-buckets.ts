/**
 * Keys in buckets so that few other bytes look like them: a bucket takes for its own whatever combines the halves of its members' bytes, so
 * members should be alike.
 */
import { KEY_LENGTH, SET_BUCKETS, SET_BYTES, SETS } from "./simd-module.ts";

const BUCKETS: number = SETS * SET_BUCKETS;
/** How usual a byte is that the sample does not have. */
const UNSEEN = 1e-3;

/** So many of them are compared with each other. */
const MAX_COMPARED = 48;

/** The four bytes of a key; all are possible where it has none there (null). */
export type KeyBytes = readonly (number | null)[];

/** Which halves of bytes a bucket takes for its own, by position, as bits; and which part of all bytes that is. */
interface Bucket {
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  readonly breadth: number;
}

/** Writes the tables of the buckets into the first bytes of a module's memory. The sample says which bytes are usual. */
export function writeBuckets(memory: Buffer, keys: readonly KeyBytes[], sample: Buffer): void {
  memory.fill(0, 0, SETS * SET_BYTES);
  for (const [index, { lows, highs }] of new BucketMaker(sample).fill(keys).entries()) {
    const set = Math.floor(index / SET_BUCKETS) * SET_BYTES;
    const bit = 1 << (index % SET_BUCKETS);
    for (let position = 0; position < KEY_LENGTH; position += 1) {
      for (let half = 0; half < 16; half += 1) {
        const at = set + position * 32 + half;
        if (((lows[position] as number) >> half) & 1) memory[at] = (memory[at] as number) | bit;
        if (((highs[position] as number) >> half) & 1) memory[at + 16] = (memory[at + 16] as number) | bit;
      }
    }
  }
}

class BucketMaker {
  /** How usual bytes are. */
  readonly #usual: Float64Array;

  constructor(sample: Buffer) {
    this.#usual = new Float64Array(256).fill(UNSEEN);
    for (const byte of sample) this.#usual[byte] = (this.#usual[byte] as number) + 1 / sample.length;
  }

  fill(keys: readonly KeyBytes[]): readonly Bucket[] {
    let buckets = keys.map((key) => this.#bucketOf(key));
    // What differs in one byte only is one bucket nearly for nothing
    for (let position = 0; position < KEY_LENGTH; position += 1) {
      const alike = Map.groupBy(buckets, ({ lows, highs }) =>
        [...lows, ...highs].filter((_, i) => i % KEY_LENGTH !== position).join(),
      );
      buckets = [...alike.values()].map((same) => same.reduce((one, two) => this.#join(one, two)));
    }
    return this.#joinNearest(buckets);
  }

  #bucketOf(key: KeyBytes): Bucket {
    const lows = Int32Array.from(key, (byte) => (byte === null ? 0xffff : 1 << (byte & 0x0f)));
    const highs = Int32Array.from(key, (byte) => (byte === null ? 0xffff : highsOf(byte)));
    return { lows, highs, breadth: this.#breadth(lows, highs, lows, highs) };
  }

  #join(one: Bucket, two: Bucket): Bucket {
    return {
      lows: one.lows.map((bits, position) => bits | (two.lows[position] as number)),
      highs: one.highs.map((bits, position) => bits | (two.highs[position] as number)),
      breadth: this.#breadth(one.lows, one.highs, two.lows, two.highs),
    };
  }

  /** The breadth of two buckets as one. */
  #breadth(lows: Int32Array, highs: Int32Array, otherLows: Int32Array, otherHighs: Int32Array): number {
    let product = 1;
    for (let position = 0; position < KEY_LENGTH; position += 1) {
      const low = (lows[position] as number) | (otherLows[position] as number);
      const high = (highs[position] as number) | (otherHighs[position] as number);
      let sum = 0;
      for (let upper = high; upper !== 0; upper &= upper - 1) {
        const row = (31 - Math.clz32(upper & -upper)) * 16;
        for (let lower = low; lower !== 0; lower &= lower - 1)
          sum += this.#usual[row + 31 - Math.clz32(lower & -lower)] as number;
      }
      product *= sum;
    }
    return product;
  }

  #cost(one: Bucket, two: Bucket): number {
    return this.#breadth(one.lows, one.highs, two.lows, two.highs) - one.breadth - two.breadth;
  }

  /** Of buckets those that are narrowest together become one until few are left. */
  #joinNearest(buckets: readonly Bucket[]): readonly Bucket[] {
    const all = [...buckets].sort((a, b) => b.breadth - a.breadth);
    const left = all.slice(0, MAX_COMPARED);
    // Comparing each with each would take longer than a search; so the narrowest find their place first
    for (const narrow of all.slice(MAX_COMPARED).reverse()) {
      const near = nearestOf(left.map((other) => this.#cost(narrow, other)));
      left[near] = this.#join(left[near] as Bucket, narrow);
    }
    const costs = left.map((one, index) => left.slice(0, index).map((two) => this.#cost(one, two)));
    while (left.length > BUCKETS) {
      const nearest = costs.map(nearestOf);
      const one = nearestOf(costs.map((row, index) => row[nearest[index] as number] ?? Number.POSITIVE_INFINITY));
      const two = nearest[one] as number;
      left[two] = this.#join(left[two] as Bucket, left[one] as Bucket);
      left.splice(one, 1);
      costs.splice(one, 1);
      for (const row of costs) if (row.length > one) row.splice(one, 1);
      for (const [index, other] of left.entries()) {
        const cost = this.#cost(left[two] as Bucket, other);
        if (index < two) (costs[two] as number[])[index] = cost;
        else if (index > two) (costs[index] as number[])[two] = cost;
      }
    }
    return left;
  }
}

/** Where the smallest number stands, the first of equals. */
function nearestOf(costs: readonly number[]): number {
  let best = 0;
  for (let index = 1; index < costs.length; index += 1)
    if ((costs[index] as number) < (costs[best] as number)) best = index;
  return best;
}

/** A letter and its capital differ in the high half only. */
function highsOf(byte: number): number {
  const capital = byte >= 0x61 && byte <= 0x7a ? byte & ~0x20 : byte;
  return (1 << (byte >> 4)) | (1 << (capital >> 4));
}
