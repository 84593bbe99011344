/** Names of fields, found where they stand in a request: most are ruled out by one look. */

const LENGTHS = 64;
const LETTERS = 32;

/** A fixed list of names in ASCII. */
export class FieldNames {
  readonly #names: readonly Buffer[];
  /** For each length and first letter the names that could be meant. */
  readonly #candidates: readonly number[][] = Array.from({ length: LENGTHS * LETTERS }, () => []);

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => Buffer.from(name, "latin1"));
    for (const [index, name] of this.#names.entries()) this.#candidatesFor(name, 0, name.length).push(index);
  }

  /** The index of the name that stands in `[from, to)`; -1 where it is none of the list. */
  at(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    for (const index of this.#candidatesFor(bytes, from, length)) {
      const name = this.#names[index] as Buffer;
      let at = 0;
      while (at < name.length && bytes[from + at] === name[at]) at += 1;
      if (at === length && at === name.length) return index;
    }
    return -1;
  }

  #candidatesFor(bytes: Uint8Array, from: number, length: number): number[] {
    const slot = Math.min(length, LENGTHS - 1) * LETTERS + ((bytes[from] as number) & (LETTERS - 1));
    return this.#candidates[slot] as number[];
  }
}
