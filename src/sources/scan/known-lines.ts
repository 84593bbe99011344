/** Lines of which is known what they say: nothing. They are counted, not read. */
import { smallLetter } from "../formats/patterns.ts";
import type { LineBudget } from "./every-line.ts";
import type { Likeness } from "./likeness.ts";
import { matchesAt } from "./needle-table.ts";
import type { EventBytes } from "./scan.ts";

/** Kinds of lines that are remembered. */
const MAX_KINDS = 100_000;

/** Remembers kinds of lines that said nothing. */
export class KnownLines {
  readonly #likeness: Likeness;
  /** By the first byte of what it stands for, the needles. */
  readonly #needles: readonly (readonly Buffer[])[];
  /** By kind, whether such a line is one that somebody should look at. */
  readonly #kinds = new Map<number, boolean>();
  readonly #budget: LineBudget;
  #counted = 0;

  /**
   * `needles`: what a line contains that differs from others by more than words; such lines are always read. `budget`: as long as it lasts
   * every line is.
   */
  constructor(likeness: Likeness, needles: readonly string[], budget: LineBudget) {
    this.#likeness = likeness;
    this.#budget = budget;
    const small = needles.map((needle) => Buffer.from(needle.toLowerCase(), "latin1"));
    this.#needles = Array.from({ length: 256 }, (_, byte) => small.filter(([first]) => first === smallLetter(byte)));
  }

  /** The likeness of an event; null where a needle is what was found in it, and where every line is read. */
  likenessOf(bytes: Buffer, { from, to, hit }: EventBytes): number | null {
    if (this.#budget.left > 0) return null;
    for (const needle of this.#needles[bytes[hit] as number] as readonly Buffer[])
      if (matchesAt(bytes, hit, needle)) return null;
    return this.#likeness.of(bytes, from, to);
  }

  /** Says that lines of this kind say nothing; `counted`: that each of them is to be counted all the same. */
  learn(kind: number, counted: boolean): void {
    if (this.#kinds.size < MAX_KINDS) this.#kinds.set(kind, counted);
  }

  /** True for a line that need not be read; it is counted. */
  passesOver(kind: number): boolean {
    const counted = this.#kinds.get(kind);
    if (counted === true) this.#counted += 1;
    return counted !== undefined;
  }

  /** How many lines were passed over that are to be counted. */
  get counted(): number {
    return this.#counted;
  }
}
