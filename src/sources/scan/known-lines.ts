/** Lines of which is known what they say: nothing. They are counted, not read. */
import { smallLetter } from "../formats/patterns.ts";
import type { LineBudget } from "./every-line.ts";
import type { Likeness } from "./likeness.ts";
import { matchesAt } from "./needle-table.ts";
import type { EventBytes } from "./scan.ts";

/** Kinds of lines that are remembered, and the places for them: most that are looked for are found at their first one. */
const MAX_KINDS = 100_000;
const PLACES: number = 2 ** 18;

/** What threads that look at lines have in common. */
export interface SharedKnowledge {
  /** What a line contains that differs from others by more than words; such lines are always read. */
  readonly needles: readonly string[];
  /** Whole numbers below 1000 that make a difference, see {@link Likeness}. */
  readonly figures: readonly number[];
  /** Kinds that say nothing; less than zero where somebody should look at them all the same. One thread writes, and takes none away. */
  readonly kinds: SharedArrayBuffer;
}

/** Knowledge of nothing yet. */
export function createKnowledge(needles: readonly string[], figures: readonly number[]): SharedKnowledge {
  return { needles, figures, kinds: new SharedArrayBuffer(PLACES * 8) };
}

/** Remembers kinds of lines that said nothing. */
export class KnownLines {
  readonly knowledge: SharedKnowledge;
  readonly #likeness: Likeness;
  /** By the first byte of what it stands for, the needles. */
  readonly #needles: readonly (readonly Buffer[])[];
  readonly #kinds: Float64Array;
  readonly #budget: LineBudget;
  #size = 0;
  #counted = 0;

  /** `budget`: as long as it lasts every line is read. */
  constructor(likeness: Likeness, budget: LineBudget, knowledge: SharedKnowledge) {
    this.knowledge = knowledge;
    this.#likeness = likeness;
    this.#budget = budget;
    this.#kinds = new Float64Array(knowledge.kinds);
    const small = knowledge.needles.map((needle) => Buffer.from(needle.toLowerCase(), "latin1"));
    this.#needles = Array.from({ length: 256 }, (_, byte) => small.filter(([first]) => first === smallLetter(byte)));
  }

  /** The likeness of an event; NaN where a needle is what was found in it, and where every line is read. */
  likenessOf(bytes: Buffer, { from, to, hit }: EventBytes): number {
    if (this.#budget.left > 0) return Number.NaN;
    for (const needle of this.#needles[bytes[hit] as number] as readonly Buffer[])
      if (matchesAt(bytes, hit, needle)) return Number.NaN;
    return this.#likeness.of(bytes, from, to);
  }

  /** Says that lines of this kind say nothing; `counted`: that each of them is to be counted all the same. */
  learn(kind: number, counted: boolean): void {
    const place = this.#placeOf(kind);
    if (this.#kinds[place] === 0) {
      if (this.#size >= MAX_KINDS) return;
      this.#size += 1;
    }
    this.#kinds[place] = counted ? -kind : kind;
  }

  /** What is known of a kind; null: nothing. */
  says(kind: number): "silent" | "counted" | null {
    const known = this.#kinds[this.#placeOf(kind)] as number;
    return known === 0 ? null : known < 0 ? "counted" : "silent";
  }

  /** True for a line that need not be read; it is counted. */
  passesOver(kind: number): boolean {
    const says = this.says(kind);
    if (says === "counted") this.#counted += 1;
    return says !== null;
  }

  /** Counts lines that another thread has passed over. */
  addCounted(lines: number): void {
    this.#counted += lines;
  }

  /** How many lines were passed over that are to be counted. */
  get counted(): number {
    return this.#counted;
  }

  /** Where a kind stands, or the empty place where it would. */
  #placeOf(kind: number): number {
    let place = kind & (PLACES - 1);
    for (;;) {
      const known = this.#kinds[place] as number;
      if (known === 0 || known === kind || known === -kind) return place;
      place = (place + 1) & (PLACES - 1);
    }
  }
}
