/** Where patterns stand in a window, in order of their beginnings. */

/** Takes where a pattern stands: its first byte, and the one behind its last. */
export type TakeMatch = (start: number, end: number) => void;

/** Room for so many at first. */
const AT_FIRST = 1024;

/** A list of them. They are put in nearly in order, and asked for from front to back. */
export class Matches {
  #starts = new Int32Array(AT_FIRST);
  #ends = new Int32Array(AT_FIRST);
  #size = 0;
  #head = 0;

  /** Forgets all. */
  clear(): void {
    this.#size = 0;
    this.#head = 0;
  }

  /** The next question is asked from the front. */
  rewind(): void {
    this.#head = 0;
  }

  /** Puts one in. */
  readonly add: TakeMatch = (start, end) => {
    if (this.#size === this.#starts.length) this.#grow();
    const starts = this.#starts;
    const ends = this.#ends;
    let at = this.#size;
    while (
      at > 0 &&
      ((starts[at - 1] as number) > start || (starts[at - 1] === start && (ends[at - 1] as number) > end))
    )
      at -= 1;
    if (at < this.#size) {
      starts.copyWithin(at + 1, at, this.#size);
      ends.copyWithin(at + 1, at, this.#size);
    }
    starts[at] = start;
    ends[at] = end;
    this.#size += 1;
  };

  /** The beginning of the first that begins at or after `from` and ends by `to`; -1 where none does. */
  next(from: number, to: number): number {
    while (this.#head < this.#size && (this.#starts[this.#head] as number) < from) this.#head += 1;
    for (let at = this.#head; at < this.#size; at += 1)
      if ((this.#ends[at] as number) <= to) return this.#starts[at] as number;
    return -1;
  }

  /** All of them. */
  forEach(take: TakeMatch): void {
    for (let at = 0; at < this.#size; at += 1) take(this.#starts[at] as number, this.#ends[at] as number);
  }

  #grow(): void {
    const [starts, ends] = [this.#starts, this.#ends];
    this.#starts = new Int32Array(starts.length * 2);
    this.#ends = new Int32Array(ends.length * 2);
    this.#starts.set(starts);
    this.#ends.set(ends);
  }
}
