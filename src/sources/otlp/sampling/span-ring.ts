/**
 * Spans of traces in which nothing was cancelled, so far: small rows in a ring, found by their trace when it turns out to matter.
 *
 * A row is fourteen words in one array. Rows whose trace ids fall into one bucket are chained from the newest to the oldest; a row that
 * the ring has let go of ends its chain, since everything behind it is older still. So nothing is ever taken out of a chain.
 */

import { SPAN_WORDS } from "../protobuf/span-words.ts";

const SHAPE = SPAN_WORDS;
const NEXT = SPAN_WORDS + 1;
const STRIDE = SPAN_WORDS + 2;
const TAKEN = 0xffffffff;
/** Rows that are still in the processor's caches, more or less: older ones cost more than they are worth. */
const RECENT = 1 << 16;

/** How many rows, and for how long. */
export interface RingLimits {
  /** A power of two. */
  readonly rows: number;
  readonly keepMs: number;
}

/** The ring. */
export class SpanRing {
  readonly #keepMs: number;
  readonly #onGone: (shape: number) => void;
  readonly #capacity: number;
  /** The system gives the memory when it is first written to, so all of it may be asked for at once. */
  readonly #rows: Uint32Array<ArrayBuffer>;
  readonly #buckets: Uint32Array<ArrayBuffer>;
  /** Number of the next row; rows are counted without end, modulo 2^32. 0 in a bucket or chain means none, so counting begins at 1. */
  #next = 1;
  #held = 0;
  /** When rows came: the number of the first row of each second. */
  #seconds: { readonly second: number; readonly first: number }[] = [];
  #counts = { expired: 0, evicted: 0 };

  /** `onGone` is told the shape of every row that leaves. */
  constructor({ rows, keepMs }: RingLimits, onGone: (shape: number) => void) {
    this.#capacity = rows;
    this.#rows = new Uint32Array(rows * STRIDE);
    this.#buckets = new Uint32Array(rows);
    this.#keepMs = keepMs;
    this.#onGone = onGone;
  }

  /** Rows held now. */
  get held(): number {
    return this.#held;
  }

  /** Rows that left because their time was over, and such that had to make room before it was. */
  get counts(): { readonly expired: number; readonly evicted: number } {
    return this.#counts;
  }

  /** Lets go of what is too old. Call it once a request, before its rows. */
  advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const oldest = second - Math.ceil(this.#keepMs / 1000);
    while (this.#seconds.length > 0 && (this.#seconds[0] as { second: number }).second < oldest) {
      this.#seconds.shift();
      const until = this.#seconds[0]?.first ?? this.#next;
      while (this.#held > 0 && (this.#next - this.#held) >>> 0 !== until) this.#drop("expired");
    }
    if (this.#seconds.at(-1)?.second !== second) this.#seconds.push({ second, first: this.#next });
  }

  /** Adds a row. */
  add(span: Uint32Array, shape: number): void {
    if (this.#held === this.#capacity) this.#drop("evicted");
    const row = this.#next;
    const at = (row & (this.#capacity - 1)) * STRIDE;
    const rows = this.#rows;
    for (let i = 0; i < SPAN_WORDS; i += 1) rows[at + i] = span[i] as number;
    rows[at + SHAPE] = shape;
    const bucket = bucketOf(span, 0) & (this.#buckets.length - 1);
    rows[at + NEXT] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = row;
    this.#held += 1;
    this.#next = (row + 1) >>> 0 || 1;
  }

  /** Takes all rows of a trace out, newest first. The words are only good during the call. */
  takeTrace(trace: Uint32Array, onRow: (span: Uint32Array, shape: number) => void): void {
    this.#someOf(trace, this.#held, (rows, at, shape) => {
      onRow(rows.subarray(at, at + SPAN_WORDS), shape);
      rows[at + SHAPE] = TAKEN;
      this.#onGone(shape);
      return false;
    });
  }

  /** True where one of a trace's rows fits; only those among the last {@link RECENT} rows are looked at. The words of each begin at `at`. */
  someOfTrace(trace: Uint32Array, fits: (rows: Uint32Array, at: number, shape: number) => boolean): boolean {
    return this.#someOf(trace, RECENT, fits);
  }

  #someOf(
    trace: Uint32Array,
    newest: number,
    fits: (rows: Uint32Array, at: number, shape: number) => boolean,
  ): boolean {
    const rows = this.#rows;
    let row = this.#buckets[bucketOf(trace, 0) & (this.#buckets.length - 1)] as number;
    let age = 0;
    while (row !== 0) {
      const rowAge = (this.#next - row) >>> 0;
      // Older than the ring, or a number from before the count began anew
      if (rowAge > this.#held || rowAge > newest || rowAge <= age) return false;
      age = rowAge;
      const at = (row & (this.#capacity - 1)) * STRIDE;
      row = rows[at + NEXT] as number;
      const shape = rows[at + SHAPE] as number;
      if (shape === TAKEN) continue;
      if (rows[at] !== trace[0] || rows[at + 1] !== trace[1] || rows[at + 2] !== trace[2] || rows[at + 3] !== trace[3])
        continue;
      if (fits(rows, at, shape)) return true;
    }
    return false;
  }

  #drop(why: "expired" | "evicted"): void {
    const at = (((this.#next - this.#held) >>> 0) & (this.#capacity - 1)) * STRIDE;
    const shape = this.#rows[at + SHAPE] as number;
    this.#held -= 1;
    if (shape === TAKEN) return;
    this.#counts[why] += 1;
    this.#onGone(shape);
  }
}

function bucketOf(words: Uint32Array, at: number): number {
  // Ids of 64 bits have a half of zeros, ids made by hand a pattern: stir all four words
  const mixed =
    Math.imul((words[at] as number) ^ (words[at + 2] as number), 0x9e3779b1) ^
    Math.imul((words[at + 1] as number) ^ (words[at + 3] as number), 0x85ebca77);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
