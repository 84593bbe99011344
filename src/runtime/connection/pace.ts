/**
 * How fast a server reads from one connection. Nobody is refused: a peer that opens and resets calls as fast as it can is read more slowly,
 * so that the others are served meanwhile.
 *
 * Pure.
 */

/** After so many new calls in one chunk the other connections come first. */
const CALLS_IN_A_TURN = 32;

/** Calls that are reset while their handler runs cost work for nothing: so many at once, and so many a second, are read without delay. */
const RESETS_AT_ONCE = 20_000;
const RESETS_A_SECOND = 20_000;

/** The longest pause: what lies behind is everybody's. */
const MAX_PAUSE_MS = 50;

/** What a chunk was made of. */
export interface ChunkContent {
  /** Calls that it opened, and resets of calls that had not ended. */
  readonly opened: number;
  readonly reset: number;
}

/** The pace of one connection. */
export class Pace {
  #tokens = RESETS_AT_ONCE;
  #at: number;

  /** `now` in milliseconds, as in {@link after}. */
  constructor(now: number) {
    this.#at = now;
  }

  /** How long to read nothing more: null not at all, 0 until the others had their turn, else milliseconds. */
  after({ opened, reset }: ChunkContent, now: number): number | null {
    if (reset > 0) {
      const earned = ((now - this.#at) / 1000) * RESETS_A_SECOND;
      this.#tokens = Math.min(RESETS_AT_ONCE, this.#tokens + earned) - reset;
      this.#at = now;
      if (this.#tokens < 0) return Math.min(MAX_PAUSE_MS, (-this.#tokens / RESETS_A_SECOND) * 1000);
    }
    return opened >= CALLS_IN_A_TURN ? 0 : null;
  }
}
