/** Whether it is time to say again that something gets lost: at once, and then once a minute, because what does not take one thing takes many not. */

const AGAIN_MS = 60_000;

/** Remembers what has been said of one way out. */
export class LossNews {
  #lost = 0;
  #againMs = Number.NEGATIVE_INFINITY;

  /** True where more has been lost than was said, and it is time; that counts as said. `nowMs` counts milliseconds. */
  isNew(lost: number, nowMs: number): boolean {
    if (lost <= this.#lost || nowMs < this.#againMs) return false;
    this.#lost = lost;
    this.#againMs = nowMs + AGAIN_MS;
    return true;
  }
}
