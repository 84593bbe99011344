/**
 * The time of a question in slices, oldest first: an answer about a slice is short enough to be put in order here, and a slice whose answer
 * would be too long is asked for in halves. Time is the only page that all stores have.
 */
import type { SourceRecord } from "../../model/index.ts";
import { StoreError } from "./store-error.ts";

/** Time in milliseconds since the epoch; `toMs` is not included. */
export interface TimeSlice {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An answer about a slice would be too long, or cost the store too much. */
export class TooMuch extends StoreError {}

/** How slices are asked for. */
export interface Slicing extends TimeSlice {
  /** What comes for a slice lies at most so far outside it. */
  readonly marginMs: number;
  /** Asks for one slice; what it throws ends all but {@link TooMuch}. Of a slice that is asked for again it gives again only what is new. */
  readonly read: (slice: TimeSlice) => AsyncIterable<readonly SourceRecord[]>;
  /** A slice is done: nothing before its end comes any more, but for the margin. */
  readonly done: (slice: TimeSlice) => void;
  /** A slice that cannot be made shorter is left out, or a part of it. */
  readonly cut: (slice: TimeSlice, error: TooMuch) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A slice, unless it is too much. */
const SLICE_MS = 60 * 60_000;
const SHORTEST_MS = 1_000;
/** So many slices may be cut; then the store is not able to answer at all. */
const MOST_CUT = 10;
/** Records handed on at a time. */
const BATCH = 1_000;

/**
 * The records of all slices, in the order of their times but for those that lie further outside their slice than the margin.
 *
 * @throws what reading a slice throws, but for {@link TooMuch}
 */
export async function* inSlices(slicing: Slicing): AsyncGenerator<readonly SourceRecord[]> {
  const { marginMs, signal } = slicing;
  const waiting: TimeSlice[] = [];
  let held: SourceRecord[] = [];
  let nextMs = slicing.fromMs;
  let cuts = 0;
  while (signal?.aborted !== true) {
    const slice = waiting.pop() ?? sliceAt(nextMs, slicing.toMs);
    if (slice === null) break;
    nextMs = Math.max(nextMs, slice.toMs);
    try {
      for await (const records of slicing.read(slice)) for (const record of records) held.push(record);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      const middleMs = Math.floor((slice.fromMs + slice.toMs) / 2);
      if (slice.toMs - slice.fromMs > SHORTEST_MS) {
        waiting.push({ fromMs: middleMs, toMs: slice.toMs }, { fromMs: slice.fromMs, toMs: middleMs });
        continue;
      }
      slicing.cut(slice, error);
      cuts += 1;
      if (cuts >= MOST_CUT) throw new StoreError(`even a second at a time it says: ${error.message}`, error.status);
    }
    slicing.done(slice);
    const ripe = splitOff(held, slice.toMs - marginMs);
    held = ripe.later;
    yield* inBatches(ripe.before);
  }
  yield* inBatches(splitOff(held, Number.POSITIVE_INFINITY).before);
}

function sliceAt(fromMs: number, endMs: number): TimeSlice | null {
  return fromMs < endMs ? { fromMs, toMs: Math.min(endMs, fromMs + SLICE_MS) } : null;
}

/** Parts records by their times, the earlier ones in order. */
function splitOff(records: readonly SourceRecord[], ms: number): { before: SourceRecord[]; later: SourceRecord[] } {
  const before: SourceRecord[] = [];
  const later: SourceRecord[] = [];
  for (const record of records) (msOf(record) < ms ? before : later).push(record);
  before.sort(({ at: a }, { at: b }) => (a === b ? 0 : (a ?? 0n) < (b ?? 0n) ? -1 : 1));
  return { before, later };
}

function msOf({ at }: SourceRecord): number {
  return at === null ? Number.NEGATIVE_INFINITY : Number(at / 1_000_000n);
}

function* inBatches(records: readonly SourceRecord[]): Generator<readonly SourceRecord[]> {
  for (let from = 0; from < records.length; from += BATCH) yield records.slice(from, from + BATCH);
}
