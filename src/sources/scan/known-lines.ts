/** Lines of which is known what they say: nothing. They are counted, not read. */
import { smallLetter } from "../formats/patterns.ts";
import type { LineBudget } from "./every-line.ts";
import type { Likeness } from "./likeness.ts";
import { matchesAt } from "./needle-table.ts";
import type { EventBytes } from "./scan.ts";

/** Kinds of lines that are remembered. */
const MAX_KINDS = 100_000;
/** Kinds that were asked for last, which are most of all. */
const RECENT = 1024;

/** What is known of a kind: nothing, that its lines say nothing, that somebody should look at them all the same. */
const UNKNOWN = 0;
const SILENT = 1;
const COUNTED = 2;

/** Remembers kinds of lines that said nothing. */
export class KnownLines {
  readonly #likeness: Likeness;
  /** By the first byte of what it stands for, the needles. */
  readonly #needles: readonly (readonly Buffer[])[];
  readonly #kinds = new Map<number, typeof SILENT | typeof COUNTED>();
  /** Kinds, each at a place of its own, and what is known of them: asking the map makes an object of each number. */
  readonly #recent = new Float64Array(RECENT).fill(Number.NaN);
  readonly #recentSays = new Uint8Array(RECENT);
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

  /** The likeness of an event; NaN where a needle is what was found in it, and where every line is read. */
  likenessOf(bytes: Buffer, { from, to, hit }: EventBytes): number {
    if (this.#budget.left > 0) return Number.NaN;
    for (const needle of this.#needles[bytes[hit] as number] as readonly Buffer[])
      if (matchesAt(bytes, hit, needle)) return Number.NaN;
    return this.#likeness.of(bytes, from, to);
  }

  /** Says that lines of this kind say nothing; `counted`: that each of them is to be counted all the same. */
  learn(kind: number, counted: boolean): void {
    if (this.#kinds.size >= MAX_KINDS) return;
    this.#kinds.set(kind, counted ? COUNTED : SILENT);
    this.#recent[kind % RECENT] = Number.NaN;
  }

  /** True for a line that need not be read; it is counted. */
  passesOver(kind: number): boolean {
    const place = kind % RECENT;
    if (this.#recent[place] !== kind) {
      this.#recentSays[place] = this.#kinds.get(kind) ?? UNKNOWN;
      this.#recent[place] = kind;
    }
    const says = this.#recentSays[place];
    if (says === COUNTED) this.#counted += 1;
    return says !== UNKNOWN;
  }

  /** How many lines were passed over that are to be counted. */
  get counted(): number {
    return this.#counted;
  }
}
