/** The memory limit for requests that are being received, over all connections. */
export class ByteBudget {
  readonly #maxBytes: number;
  #used = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes so many bytes; false, and nothing is taken, where that is beyond the limit. */
  reserve(bytes: number): boolean {
    if (this.#used + bytes > this.#maxBytes) return false;
    this.#used += bytes;
    return true;
  }

  /** Gives bytes back. */
  release(bytes: number): void {
    this.#used -= bytes;
  }
}
