/**
 * The deadline of one outgoing call: its own timeout or the one it inherits, whichever is nearer.
 *
 * Only an own deadline has a timer that ends the call. An inherited one ends it through the scope.
 */
import { type DeadlineOwner, deadlineNanos, deadlinePassed } from "../cancel/deadline.ts";
import type { Clock, Timer } from "../clock.ts";
import type { OwnReason } from "../errors/reason.ts";
import { fitPath } from "../wire/index.ts";

/** What a deadline is made from. */
export interface DeadlineTerms {
  readonly clock: Clock;
  /** The name of the caller. */
  readonly self: string;
  /** The call's own timeout; undefined without one, and Infinity is none. */
  readonly timeoutMs: number | undefined;
  /** The deadline of the call it belongs to: monotonic milliseconds, and whose it is. */
  readonly inherited: { readonly at: number | null; readonly owner: DeadlineOwner | null };
}

/** A longer timeout is none: the Header has ten digits for it, some 115 days. */
const MAX_TIMEOUT_MS = 9_999_999_999;

/** Ends the call for the reason of its own deadline. */
export type DeadlineListener = (own: OwnReason) => void;

/** Measures one call. */
export class CallDeadline {
  readonly #terms: DeadlineTerms;
  readonly #own: boolean;
  /** Monotonic milliseconds; null where the call has all the time. */
  readonly #at: number | null;
  #owner: DeadlineOwner | null = null;
  #timer: Timer | null = null;

  constructor(terms: DeadlineTerms) {
    this.#terms = terms;
    const { clock, timeoutMs, inherited } = terms;
    const own = timeoutMs === undefined || timeoutMs > MAX_TIMEOUT_MS ? null : clock.now() + timeoutMs;
    this.#own = own !== null && (inherited.at === null || own < inherited.at);
    this.#at = this.#own ? own : inherited.at;
  }

  /** Whose deadline travels with the call; null before {@link start} and without one. */
  get owner(): DeadlineOwner | null {
    return this.#owner;
  }

  /** Milliseconds that are left; null where the call has all the time. */
  get leftMs(): number | null {
    return this.#at === null ? null : this.#at - this.#terms.clock.now();
  }

  /** Starts the timer of an own deadline. */
  start(ended: DeadlineListener): void {
    const { clock, self, inherited } = this.#terms;
    const left = this.leftMs;
    if (left === null) return;
    if (this.#own) {
      const nanos = deadlineNanos(left);
      this.#owner = { nanos, path: [self] };
      this.#timer = clock.timer(left, () => ended(deadlinePassed(nanos)));
      return;
    }
    const above = inherited.owner;
    this.#owner = above && { nanos: above.nanos, path: fitPath([...above.path, self]) };
  }

  /** The call has ended. */
  stop(): void {
    this.#timer?.cancel();
  }
}
