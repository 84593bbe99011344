import type { Clock, Timer } from "../clock.ts";

/** A call that may outlive its cancel. */
export interface HauntedCall {
  /** Monotonic milliseconds of the cancel; null while there is none. */
  readonly cancelledAt: number | null;
  /** Tells observers of work after the cancel. */
  reportGhost(stage: "running" | "ended"): void;
}

/** How long a handler may work on after a cancel before it is called a ghost. */
const GHOST_AFTER_MS = 1000;

/** Cancelled calls whose handlers run: told of once, with one timer for all. */
export class Ghosts {
  readonly #clock: Clock;
  /** The oldest cancel first. */
  readonly #calls = new Set<HauntedCall>();
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(call: HauntedCall): void {
    this.#calls.add(call);
    this.#timer ??= this.#clock.timer(GHOST_AFTER_MS, () => this.#look());
  }

  delete(call: HauntedCall): void {
    this.#calls.delete(call);
  }

  #look(): void {
    this.#timer = null;
    const due = this.#clock.now() - GHOST_AFTER_MS;
    for (const call of this.#calls) {
      const wait = (call.cancelledAt ?? 0) - due;
      if (wait > 0) {
        this.#timer = this.#clock.timer(wait, () => this.#look());
        return;
      }
      this.#calls.delete(call);
      call.reportGhost("running");
    }
  }
}
