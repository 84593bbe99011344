/** Where patterns stand in a window, in order of their beginnings. */

/** Takes where a pattern stands: its first byte, and the one behind its last. */
export type TakeMatch = (start: number, end: number) => void;

/** A list of them. They are put in nearly in order, and asked for from front to back. */
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

  /** The next question is asked from the front. */
  rewind(): void {
    this.#head = 0;
  }

  /** Puts one in. */
  readonly add: TakeMatch = (start, end) => {
    const starts = this.#starts;
    const ends = this.#ends;
    let at = starts.length;
    while (
      at > 0 &&
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

  /** The beginning of the first that begins at or after `from` and ends by `to`; -1 where none does. */
  next(from: number, to: number): number {
    while (this.#head < this.#starts.length && (this.#starts[this.#head] as number) < from) this.#head += 1;
    for (let at = this.#head; at < this.#starts.length; at += 1)
      if ((this.#ends[at] as number) <= to) return this.#starts[at] as number;
    return -1;
  }

  /** All of them. */
  forEach(take: TakeMatch): void {
    for (let at = 0; at < this.#starts.length; at += 1) take(this.#starts[at] as number, this.#ends[at] as number);
  }
}
