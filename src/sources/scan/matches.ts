/** Where patterns were found that nobody has asked for yet, in order of their beginnings. */

/** A list of them. They are put in nearly in order, and taken from the front. */
export class Matches {
  #starts: number[] = [];
  #ends: number[] = [];
  #head = 0;

  /** Forgets all. */
  clear(): void {
    this.#starts = [];
    this.#ends = [];
    this.#head = 0;
  }

  /** Puts one in. */
  readonly add = (start: number, end: number): void => {
    const starts = this.#starts;
    const ends = this.#ends;
    let at = starts.length;
    while (
      at > this.#head &&
      ((starts[at - 1] as number) > start || (starts[at - 1] === start && (ends[at - 1] as number) > end))
    )
      at -= 1;
    if (at === starts.length) {
      starts.push(start);
      ends.push(end);
    } else {
      starts.splice(at, 0, start);
      ends.splice(at, 0, end);
    }
  };

  /** Forgets those that begin before a place; says where the next one begins, -1 where none does. */
  next(from: number): number {
    while (this.#head < this.#starts.length && (this.#starts[this.#head] as number) < from) this.#head += 1;
    if (this.#head < this.#starts.length) return this.#starts[this.#head] as number;
    if (this.#head > 0) this.clear();
    return -1;
  }
}
