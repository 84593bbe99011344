/** Random numbers that a seed repeats, and bytes that are nearly right. */

/** A generator of numbers (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 up to but not including `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  /** One of these. */
  one<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }
}

/** Bytes that parsers stumble over: signs, lengths, stops. */
const EDGES: readonly number[] = [0x00, 0x01, 0x02, 0x0b, 0x0c, 0x0d, 0x0f, 0x10, 0x7f, 0x80, 0xff];

/** A copy of the bytes with one to four changes: flipped, overwritten, cut, repeated, grown. */
export function mutated(random: Random, bytes: Buffer): Buffer {
  let out = Buffer.from(bytes);
  for (let changes = 1 + random.below(4); changes > 0 && out.length > 0; changes -= 1) {
    const at = random.below(out.length);
    const kind = random.below(6);
    if (kind === 0) out[at] = (out[at] as number) ^ (1 << random.below(8));
    else if (kind === 1) out[at] = random.one(EDGES);
    else if (kind === 2) out[at] = random.below(256);
    else if (kind === 3) out = out.subarray(0, at);
    else if (kind === 4) out = Buffer.concat([out.subarray(0, at), out.subarray(random.below(at + 1))]);
    else out = Buffer.concat([out.subarray(0, at), Buffer.from([random.one(EDGES)]), out.subarray(at)]);
  }
  return out;
}
