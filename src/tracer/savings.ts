/**
 * How many messages a cancel saved: an estimate. What a method's streams send when nobody cancels them is learned as it happens; a
 * cancelled stream saved what is missing to that. A method none of whose streams has ended well yet saves nothing.
 */
const MAX_METHODS = 1000;

/** So many of the last streams make the mean. */
const MEMORY = 32;

/** Learns and estimates. */
export class Savings {
  readonly #means = new Map<string, { mean: number; streams: number }>();

  /** A stream of the method ended well, having sent so many messages. */
  learn(method: string, sent: number): void {
    const known = this.#means.get(method);
    if (known === undefined) {
      if (this.#means.size < MAX_METHODS) this.#means.set(method, { mean: sent, streams: 1 });
      return;
    }
    known.streams = Math.min(known.streams + 1, MEMORY);
    known.mean += (sent - known.mean) / known.streams;
  }

  /** What cancelling a stream saved that had sent so many messages. */
  estimate(method: string, sent: number): number {
    return Math.max(0, Math.round((this.#means.get(method)?.mean ?? 0) - sent));
  }
}
