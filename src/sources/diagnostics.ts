import type { Diagnostic, Place } from "../model/index.ts";

/** An input of which nothing was read, and why. */
export interface LeftOut {
  /** As the user named it, or the file that was found there. */
  readonly source: string;
  readonly reason: string;
}

/** Facts about bad input, counted without end and kept up to a bound. */
export class Diagnostics {
  readonly #maxKept: number;
  readonly #kept: Diagnostic[] = [];
  readonly #leftOut: LeftOut[] = [];
  readonly #counts = new Map<string, number>();
  #count = 0;
  #leftOutCount = 0;
  /** Inputs of which a part was read. */
  readonly #cut = new Set<string>();

  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  /** Takes one. `once` names what is told only once (for example one kind of damage in one file); repetitions are counted. */
  add(place: Place, message: string, once?: string): void {
    this.#count += 1;
    if (once !== undefined) {
      const count = this.#counts.get(once) ?? 0;
      if (this.#counts.size < 10_000 || count > 0) this.#counts.set(once, count + 1);
      if (count > 0) return;
    }
    if (this.#kept.length < this.#maxKept) this.#kept.push({ place, message });
  }

  /** Takes an input of which nothing is read: a diagnostic, and a fact of its own. */
  leaveOut(source: string, reason: string): void {
    this.add({ source }, reason);
    this.#leftOutCount += 1;
    this.#cut.delete(source);
    if (this.#leftOut.length < this.#maxKept) this.#leftOut.push({ source, reason });
  }

  /** Takes an input of which the rest, or something in the middle, cannot be read: a diagnostic, and a fact of its own. */
  cut(source: string, reason: string): void {
    this.add({ source }, reason);
    this.#cut.add(source);
  }

  /** How many inputs were not read to their end as a whole, those that were left out not included. */
  get cutCount(): number {
    return this.#cut.size;
  }

  /** The kept ones, oldest first. */
  get kept(): readonly Diagnostic[] {
    return this.#kept;
  }

  /** All of them, the repeated and the unkept included. */
  get count(): number {
    return this.#count;
  }

  /** The first inputs that were left out. */
  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  /** All inputs that were left out. */
  get leftOutCount(): number {
    return this.#leftOutCount;
  }
}
