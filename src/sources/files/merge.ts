/**
 * Merges sources by the time of their records.
 *
 * A source joins the merge when its first line's time comes up, so files that follow one another in time are open one after another. All are
 * read at the same pace in time, so that what is around a line can be asked for while streams still hold it.
 * Inside one source the order stays; a record without a time stands where its predecessor does. Unsorted sources only make the merge
 * less perfect.
 */
import type { Instant, SourceRecord } from "../../model/index.ts";

/** What the merge needs of a source. */
export interface Mergeable {
  /** The time of its first line that has one; null where none of the first ones has. */
  readonly startAt: Instant | null;
  /** A stream that comes to its end by itself once the reading is stopped; what it has gathered by then is still read. */
  readonly endsWhenStopped?: boolean;
  open(): MergedReader;
}

/** A source that is being read. */
export interface MergedReader {
  /** The records of the next turn, maybe none; null at the end. */
  read(): Promise<readonly SourceRecord[] | null>;
  close(): Promise<void>;
  /** How far in time a turn came that had none; null where that is not known. */
  readonly reachedAt?: Instant | null;
  /** True where the last turn found that nothing has come for a while, and may yet. */
  readonly resting?: boolean;
}

interface Lane {
  readonly source: Mergeable;
  readonly order: number;
  key: Instant;
  reader: MergedReader | null;
  queue: readonly SourceRecord[];
  next: number;
  /** So many turns in a row it had nothing, and had to be waited for. */
  silent: number;
}

const EARLIEST: Instant = -(1n << 80n);

/** A heap of lanes: the earliest first, of equals the one that was named first. */
class LaneHeap {
  readonly #lanes: Lane[] = [];

  get size(): number {
    return this.#lanes.length;
  }

  peek(): Lane | undefined {
    return this.#lanes[0];
  }

  push(lane: Lane): void {
    const lanes = this.#lanes;
    let at = lanes.push(lane) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(lane, lanes[parent] as Lane)) break;
      lanes[at] = lanes[parent] as Lane;
      at = parent;
    }
    lanes[at] = lane;
  }

  pop(): Lane | undefined {
    const lanes = this.#lanes;
    const top = lanes[0];
    const last = lanes.pop();
    if (top === undefined || last === undefined || lanes.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= lanes.length) break;
      if (child + 1 < lanes.length && isBefore(lanes[child + 1] as Lane, lanes[child] as Lane)) child += 1;
      if (!isBefore(lanes[child] as Lane, last)) break;
      lanes[at] = lanes[child] as Lane;
      at = child;
    }
    lanes[at] = last;
    return top;
  }

  get all(): readonly Lane[] {
    return this.#lanes;
  }
}

/** Lanes that have been silent for long: asked again when nobody else has anything, and now and then. */
class SilentLanes {
  readonly #lanes: Lane[] = [];
  #askAt = 0;

  get all(): readonly Lane[] {
    return this.#lanes;
  }

  /** Takes a lane after its turn; false where it is not silent, or not for long. */
  take(lane: Lane): boolean {
    lane.silent = lane.queue.length === 0 && lane.reader?.resting === true ? lane.silent + 1 : 0;
    if (lane.silent < PATIENCE) return false;
    this.#lanes.push(lane);
    this.#askAt = performance.now() + ASK_AGAIN_MS;
    return true;
  }

  giveBack(heap: LaneHeap): void {
    if (this.#lanes.length === 0 || (heap.size > 0 && performance.now() < this.#askAt)) return;
    for (const lane of this.#lanes.splice(0)) heap.push(lane);
  }
}

function isBefore(a: Lane, b: Lane): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}

/** Takes from a lane as long as it is the earliest. */
function takeEarliest(lane: Lane, rival: Lane | undefined, batch: SourceRecord[]): void {
  while (lane.next < lane.queue.length) {
    const record = lane.queue[lane.next] as SourceRecord;
    if (record.at !== null) lane.key = record.at;
    if (rival !== undefined && isBefore(rival, lane)) return;
    batch.push(record);
    lane.next += 1;
  }
}

const BATCH = 512;
/** So many turns one that says nothing is waited for (a quarter of a second each): a command behind a pipe takes its time to begin. */
const PATIENCE = 20;
/** How often one is asked again while others are read. */
const ASK_AGAIN_MS = 10_000;
const NOTHING: readonly SourceRecord[] = [];

/**
 * Reads all sources and yields their records in batches, in order of time. When `stopped` says so nothing more is read, what has been read
 * is yielded, and everything is let go of. A turn that only went on in time yields an empty batch; `progress` says which instant all sources have
 * come to.
 */
export async function* mergeByTime(
  sources: readonly Mergeable[],
  stopped: () => boolean,
  progress: { reachedAt: Instant | null } = { reachedAt: null },
): AsyncGenerator<readonly SourceRecord[]> {
  const heap = new LaneHeap();
  sources.forEach((source, order) => {
    heap.push({ source, order, key: source.startAt ?? EARLIEST, reader: null, queue: [], next: 0, silent: 0 });
  });
  let batch: SourceRecord[] = [];
  let current: Lane | undefined;
  const silent = new SilentLanes();
  try {
    for (;;) {
      silent.giveBack(heap);
      current = heap.pop();
      if (current === undefined) break;
      const lane = current;
      if (lane.key !== EARLIEST) progress.reachedAt = lane.key;
      takeEarliest(lane, heap.peek(), batch);
      if (lane.next < lane.queue.length) {
        heap.push(lane);
        if (batch.length >= BATCH) {
          yield batch;
          batch = [];
        }
        continue;
      }
      if (batch.length > 0) {
        yield batch;
        batch = [];
      }
      if (stopped() && lane.source.endsWhenStopped !== true) {
        await lane.reader?.close();
        continue;
      }
      lane.reader ??= lane.source.open();
      const more = await lane.reader.read();
      if (more === null) continue;
      // Who has nothing to tell for hours does not run ahead of the others
      const { reachedAt = null } = lane.reader;
      const moved = more.length === 0 && reachedAt !== null && reachedAt > lane.key;
      if (moved) lane.key = reachedAt;
      lane.queue = more;
      lane.next = 0;
      if (!silent.take(lane)) heap.push(lane);
      if (moved) yield NOTHING;
    }
    if (batch.length > 0) yield batch;
  } finally {
    for (const lane of [...heap.all, ...silent.all, ...(current === undefined ? [] : [current])])
      await lane.reader?.close();
  }
}
