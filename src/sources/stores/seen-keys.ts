/** Which spans and lines have come already, as long as they may come again. */
export class SeenKeys {
  readonly #times = new Map<string, number>();

  /** True where it has not come before; without a key nobody knows, so it has not. `ms`: when it was, since the epoch. */
  add(key: string | null, ms: number): boolean {
    if (key === null) return true;
    if (this.#times.has(key)) return false;
    this.#times.set(key, ms);
    return true;
  }

  /** What is older than that does not come again. */
  forget(beforeMs: number): void {
    for (const [key, ms] of this.#times) if (ms < beforeMs) this.#times.delete(key);
  }
}
