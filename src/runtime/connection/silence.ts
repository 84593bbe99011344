/**
 * When a connection that says nothing has been given up by its peer.
 *
 * A connection without streams is closed when it stays so. One with streams may be silent for as long as it likes; but a peer of this
 * runtime is asked whether it is still there, and answers. Nobody else can be asked: the protocol has no ping.
 *
 * Pure.
 */

/** What is seen of a connection in one interval. */
export interface Interval {
  /** Bytes came. */
  readonly heard: boolean;
  /** No stream lived at its end, and none was opened in it. */
  readonly empty: boolean;
  /** The peer answers pings. */
  readonly answers: boolean;
}

/** After so many silent intervals a peer that was asked is taken for gone. */
const SILENT_INTERVALS = 3;

/** Counts intervals. */
export class Silence {
  readonly #idleIntervals: number;
  #silent = 0;
  #empty = 0;

  /** A connection without streams is idle after so many intervals; Infinity: never. */
  constructor(idleIntervals: number) {
    this.#idleIntervals = idleIntervals;
  }

  /** What to do at the end of an interval. */
  after({ heard, empty, answers }: Interval): "ping" | "gone" | "idle" | null {
    this.#empty = empty ? this.#empty + 1 : 0;
    if (this.#empty >= this.#idleIntervals) return "idle";
    this.#silent = heard || empty || !answers ? 0 : this.#silent + 1;
    if (this.#silent >= SILENT_INTERVALS) return "gone";
    return this.#silent > 0 ? "ping" : null;
  }
}
