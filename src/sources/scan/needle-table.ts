/**
 * Patterns as the vectors search for them: of each three neighbouring bytes, its key, and the keys in buckets.
 *
 * Which bytes are usual differs from log to log, and a search is as fast as what it looks for is rare. So a sample of the log decides about
 * keys and buckets; what is found never depends on it.
 */
import { smallLetter } from "../formats/patterns.ts";
import { KEY_BITS, keyHash, SET_BUCKETS, SET_BYTES } from "./simd-module.ts";

/** How many neighbouring bytes of a pattern are searched for. */
export const KEY_LENGTH = 3;

const BUCKETS: number = 2 * SET_BUCKETS;
/** What one key more costs, as the share of all positions at which a key is found. */
const KEY_COST = 1e-4;
/** How usual a byte is that the sample does not have. */
const UNSEEN = 1e-3;

/** A pattern, in small letters, and where its key stands in it. */
export interface Needle {
  readonly bytes: Buffer;
  readonly key: number;
}

const NO_NEEDLES: readonly Needle[] = [];

/** True where the needle stands there, in any case of letters. */
export function matchesAt(bytes: Buffer, at: number, needle: Buffer): boolean {
  for (let i = 0; i < needle.length; i += 1) if (smallLetter(bytes[at + i] as number) !== needle[i]) return false;
  return true;
}

/** Three bytes, in small letters, as one number. */
function keyAt(bytes: Buffer, at: number): number {
  return (
    (smallLetter(bytes[at] as number) << 16) |
    (smallLetter(bytes[at + 1] as number) << 8) |
    smallLetter(bytes[at + 2] as number)
  );
}

function bytesOfKey(key: number): readonly [number, number, number] {
  return [key >> 16, (key >> 8) & 0xff, key & 0xff];
}

/** The needles of a search, found by their keys. */
export class NeedleTable {
  /** The depth of the deepest key in its pattern. */
  readonly furthestKey: number;
  readonly #byKey = new Map<number, Needle[]>();
  readonly #buckets: readonly Bucket[];

  /** @param patterns in small letters, none shorter than {@link KEY_LENGTH} */
  constructor(patterns: readonly string[], sample: Buffer) {
    const needles = chooseKeys(patterns, sample);
    this.furthestKey = Math.max(...needles.map(({ key }) => key));
    for (const needle of needles) {
      const key = keyAt(needle.bytes, needle.key);
      const same = this.#byKey.get(key);
      if (same === undefined) this.#byKey.set(key, [needle]);
      else same.push(needle);
    }
    this.#buckets = fillBuckets([...this.#byKey.keys()], sample);
  }

  /** The needles whose key stands there. */
  at(bytes: Buffer, at: number): readonly Needle[] {
    return this.#byKey.get(keyAt(bytes, at)) ?? NO_NEEDLES;
  }

  /** Writes the tables of the module into the first bytes of its memory. */
  write(memory: Buffer): void {
    memory.fill(0);
    for (const key of this.#byKey.keys()) {
      const hash = keyHash(...bytesOfKey(key));
      memory[KEY_BITS + (hash >> 3)] = (memory[KEY_BITS + (hash >> 3)] as number) | (1 << (hash & 7));
    }
    for (const [index, bucket] of this.#buckets.entries()) {
      const set = Math.floor(index / SET_BUCKETS) * SET_BYTES;
      const bit = 1 << (index % SET_BUCKETS);
      for (let half = 0; half < 16; half += 1) {
        for (let position = 0; position < KEY_LENGTH; position += 1) {
          const at = set + position * 32 + half;
          if (((bucket.lows[position] as number) >> half) & 1) memory[at] = (memory[at] as number) | bit;
          if (((bucket.highs[position] as number) >> half) & 1) memory[at + 16] = (memory[at + 16] as number) | bit;
        }
      }
    }
  }
}

/** Chooses keys that are unusual, and few different ones for all patterns together, because each of them costs. */
function chooseKeys(patterns: readonly string[], sample: Buffer): Needle[] {
  const seen = new Uint32Array(65_536);
  for (let at = 0; at + KEY_LENGTH <= sample.length; at += 1) {
    const hash = keyHash(sample[at] as number, sample[at + 1] as number, sample[at + 2] as number);
    seen[hash] = (seen[hash] as number) + 1;
  }
  const costs = new Map<number, number>();
  const owners = new Map<number, Set<Buffer>>();
  const needles = patterns.map((pattern) => Buffer.from(pattern, "latin1"));
  for (const needle of needles) {
    for (let at = 0; at + KEY_LENGTH <= needle.length; at += 1) {
      const key = keyAt(needle, at);
      costs.set(key, (seen[keyHash(...bytesOfKey(key))] as number) / Math.max(1, sample.length) + KEY_COST);
      owners.set(key, (owners.get(key) ?? new Set()).add(needle));
    }
  }
  const chosen: Needle[] = [];
  while (owners.size > 0) {
    let best = -1;
    let bestWorth = -1;
    for (const [key, own] of owners) {
      const worth = own.size / (costs.get(key) as number);
      if (worth > bestWorth) [best, bestWorth] = [key, worth];
    }
    const own = owners.get(best) as ReadonlySet<Buffer>;
    owners.delete(best);
    for (const needle of own) {
      let depth = -1;
      for (let at = 0; at + KEY_LENGTH <= needle.length; at += 1) {
        const key = keyAt(needle, at);
        if (key === best && depth < 0) depth = at;
        const others = owners.get(key);
        others?.delete(needle);
        if (others?.size === 0) owners.delete(key);
      }
      chosen.push({ bytes: needle, key: depth });
    }
  }
  return chosen;
}

/** Which halves of bytes a bucket takes for its own, by position, as bits. */
interface Bucket {
  readonly lows: readonly number[];
  readonly highs: readonly number[];
}

const EMPTY: Bucket = { lows: [0, 0, 0], highs: [0, 0, 0] };

/**
 * Puts keys into buckets so that few other bytes look like them: a bucket takes for its own whatever combines the halves of its members'
 * bytes, so members should be alike.
 */
function fillBuckets(keys: readonly number[], sample: Buffer): Bucket[] {
  const usual = new Float64Array(256).fill(UNSEEN);
  for (const byte of sample) usual[byte] = (usual[byte] as number) + 1 / sample.length;
  const breadth = ({ lows, highs }: Bucket): number => {
    let product = 1;
    for (let position = 0; position < KEY_LENGTH; position += 1) {
      const [low, high] = [lows[position] as number, highs[position] as number];
      let sum = 0;
      for (let byte = 0; byte < 256; byte += 1)
        if ((low >> (byte & 0x0f)) & 1 && (high >> (byte >> 4)) & 1) sum += usual[byte] as number;
      product *= sum;
    }
    return product;
  };
  const buckets: Bucket[] = Array.from({ length: BUCKETS }, () => EMPTY);
  const breadths = buckets.map(() => 0);
  for (const key of keys) {
    let best = 0;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let index = 0; index < BUCKETS; index += 1) {
      const cost = breadth(withKey(buckets[index] as Bucket, key)) - (breadths[index] as number);
      if (cost < bestCost) [best, bestCost] = [index, cost];
    }
    buckets[best] = withKey(buckets[best] as Bucket, key);
    breadths[best] = (breadths[best] as number) + bestCost;
  }
  return buckets;
}

function withKey({ lows, highs }: Bucket, key: number): Bucket {
  const bytes = bytesOfKey(key);
  return {
    lows: bytes.map((byte, position) => (lows[position] as number) | (1 << (byte & 0x0f))),
    highs: bytes.map((byte, position) => {
      // A letter and its capital differ in the high half only
      const capital = byte >= 0x61 && byte <= 0x7a ? byte & ~0x20 : byte;
      return (highs[position] as number) | (1 << (byte >> 4)) | (1 << (capital >> 4));
    }),
  };
}
