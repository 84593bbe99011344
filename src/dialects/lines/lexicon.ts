/** Which wording a text has: stems are searched for first, and only what has one is asked. */
import { CATALOGUE, type Entry, ORDINARY_WORDS } from "../catalogue/index.ts";
import { StemIndex } from "./stem-index.ts";

/** Entries in the order in which they are tried. */
export class Lexicon {
  readonly #entries: readonly Entry[];
  readonly #stems: StemIndex<number>;
  readonly #own: ReadonlySet<Entry>;
  #last: Fitting | null = null;

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
    return this.#fitting(text).first;
  }

  /** Every wording that fits, in the order in which they are tried. */
  entriesOf(text: string): readonly Entry[] {
    return this.#fitting(text).all;
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

  /** The wordings of a text; several questions are asked of a line, one after another. */
  #fitting(text: string): Fitting {
    if (this.#last?.text !== text) this.#last = new Fitting(text, this.#entries, this.#stems);
    return this.#last;
  }
}

/** The wordings of one text, found as far as they were asked for. */
class Fitting {
  readonly text: string;
  readonly #words: string;
  readonly #entries: readonly Entry[];
  /** Which entries have a stem in the text, in the order in which they are tried. */
  readonly #orders: readonly number[];
  readonly #found: Entry[] = [];
  #tried = 0;
  #toldWords: string | null = null;

  constructor(text: string, entries: readonly Entry[], stems: StemIndex<number>) {
    this.text = text;
    this.#words = text.replace(HELP, "");
    this.#entries = entries;
    this.#orders = [...stems.in(this.#words.toLowerCase())].sort((a, b) => a - b);
  }

  get first(): Entry | null {
    while (this.#found.length === 0 && this.#tried < this.#orders.length) this.#tryNext();
    return this.#found[0] ?? null;
  }

  get all(): readonly Entry[] {
    while (this.#tried < this.#orders.length) this.#tryNext();
    return this.#found;
  }

  #tryNext(): void {
    const entry = this.#entries[this.#orders[this.#tried] as number] as Entry;
    this.#tried += 1;
    if (!ORDINARY_WORDS.has(entry)) {
      if (entry.pattern.test(this.#words)) this.#found.push(entry);
      return;
    }
    this.#toldWords ??= withoutNames(this.#words);
    if (entry.pattern.test(this.#toldWords)) this.#found.push(entry);
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
