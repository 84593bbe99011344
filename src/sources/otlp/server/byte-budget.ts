/** How many bytes of requests may be in memory at a time, over all connections. */
export class ByteBudget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** True where that much more has room; then it is taken. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#most) return false;
    this.#used += bytes;
    return true;
  }

  /** Gives room back. */
  give(bytes: number): void {
    this.#used -= bytes;
  }
}
