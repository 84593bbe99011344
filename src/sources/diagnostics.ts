import type { Diagnostic, Place } from "../model/index.ts";

/** Facts about bad input, counted without end and kept up to a bound. */
export class Diagnostics {
  readonly #most: number;
  readonly #kept: Diagnostic[] = [];
  readonly #counts = new Map<string, number>();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes one. `once` names what is told only once (for example one kind of damage in one file); repetitions are counted. */
  add(place: Place, message: string, once?: string): void {
    this.#count += 1;
    if (once !== undefined) {
      const count = this.#counts.get(once) ?? 0;
      if (this.#counts.size < 10_000 || count > 0) this.#counts.set(once, count + 1);
      if (count > 0) return;
    }
    if (this.#kept.length < this.#most) this.#kept.push({ place, message });
  }

  /** The kept ones, oldest first. */
  get kept(): readonly Diagnostic[] {
    return this.#kept;
  }

  /** All of them, the repeated and the unkept included. */
  get count(): number {
    return this.#count;
  }
}
