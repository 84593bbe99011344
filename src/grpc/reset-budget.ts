/**
 * How many calls a session may carry while each of them may end with a reset. Pure.
 *
 * Servers end the session of a client that resets too many streams, with all that is on it (CVE-2023-44487): Node.js one that has had
 * 1,000 beyond 33 a second (`streamResetBurst`, `streamResetRate` of http2.createServer), others have limits of their own.
 */

/** Resets that a server may take for an attack: a little less than Node's limit. */
const MOST = 900;

/** So many a second are forgotten. */
const PER_SECOND = 30;

/** Counts the calls and the resets of one session. */
export class ResetBudget {
  #open = 0;
  #resets = 0;
  #at = 0;

  /** Calls that have not ended. */
  get open(): number {
    return this.#open;
  }

  /** Resets that the server has not forgotten yet. */
  resets(now: number): number {
    this.#resets = Math.max(0, this.#resets - ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    return this.#resets;
  }

  /** True where one more call could be one reset too many, if all that run were reset. `now`: monotonic milliseconds. */
  isFull(now: number): boolean {
    return this.#open + this.resets(now) >= MOST;
  }

  /** A call begins. */
  opened(): void {
    this.#open += 1;
  }

  /** A call has ended. */
  ended(now: number, withReset: boolean): void {
    this.#open -= 1;
    this.#resets = this.resets(now) + (withReset ? 1 : 0);
  }
}
