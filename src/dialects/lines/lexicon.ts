/** Which wording a text has: stems are searched for first, and only what has one is asked. */
import { CATALOGUE, type Entry, ORDINARY_WORDS } from "../catalogue/index.ts";
import { StemIndex } from "./stem-index.ts";

/** Entries in the order in which they are tried. */
export class Lexicon {
  readonly #entries: readonly Entry[];
  readonly #stems: StemIndex<number>;
  readonly #own: ReadonlySet<Entry>;

  /** @param own what a user adds; they come before all others */
  constructor(own: readonly Entry[] = []) {
    this.#entries = [...own, ...CATALOGUE];
    this.#own = new Set(own);
    this.#stems = new StemIndex(
      this.#entries.flatMap((entry, order) => entry.stems.map((stem) => [stem, order] as const)),
    );
  }

  /** The first wording that fits. */
  entryOf(text: string): Entry | null {
    for (const entry of this.#fitting(text)) return entry;
    return null;
  }

  /** Every wording that fits, in the order in which they are tried. */
  entriesOf(text: string): Entry[] {
    return [...this.#fitting(text)];
  }

  /** True where a user added wordings. */
  get hasOwn(): boolean {
    return this.#own.size > 0;
  }

  /** True where the first wording that fits is one that a user added. */
  knowsItself(text: string): boolean {
    const entry = this.entryOf(text);
    return entry !== null && this.#own.has(entry);
  }

  *#fitting(text: string): Generator<Entry> {
    const words = text.replace(HELP, "");
    for (const order of [...this.#stems.in(words.toLowerCase())].sort((a, b) => a - b)) {
      const entry = this.#entries[order] as Entry;
      if (entry.pattern.test(ORDINARY_WORDS.has(entry) ? withoutNames(words) : words)) yield entry;
    }
  }
}

/** Names of pages and settings may be made of ordinary words. */
const NAMES = [/(?<![\w/])(?:\/[\w.-]+){2,}/g, /(?<![\w-])[\w.]+(?:-[\w.]+)+["']?[=:]/g];
/** What somebody asked, as it is quoted: a question reports nothing. */
const QUESTION = /["'“][^"'“”]{0,400}\?["'”]/g;

function withoutNames(words: string): string {
  const told = words.includes("?") ? words.replace(QUESTION, " ") : words;
  return /[/=:]/.test(told) ? NAMES.reduce((rest, name) => rest.replace(name, " "), told) : told;
}

/** The help of a flag, and a comment on a setting, tell what may happen. */
const HELP = /(?<!\S)--[a-z][\w-]* [{<[].*|; # .*/;

/** What is built in. */
export const BUILT_IN: Lexicon = new Lexicon();
