/**
 * Patterns by what a text begins with: most of many patterns cannot fit what stands there, and a look at its first signs tells which.
 *
 * Of digits their number and the sign behind them decide, of anything else its first sign. A beginning is written as a sample of it: `0000-`
 * for a year and a dash, `N` for a capital N; all signs beyond ASCII are one.
 */

const SIGNS = 128;
/** What stands for every sign beyond ASCII, and for the end of the text. */
const OTHER = 0x7f;
/** More digits than any pattern begins with are like these. */
const MOST_DIGITS = 11;

/** What is known of each beginning, found out when a text first begins so. */
export class Beginnings<Known> {
  readonly #find: (sample: string) => Known;
  readonly #known: (Known | undefined)[] = [];

  /** `find`: what is to be known of a beginning, by its sample. */
  constructor(find: (sample: string) => Known) {
    this.#find = find;
  }

  /** What is known of the beginning that stands at a position. */
  at(text: string, from: number): Known {
    let digits = 0;
    while (digits < MOST_DIGITS && isDigit(text.charCodeAt(from + digits))) digits += 1;
    const code = text.charCodeAt(from + digits);
    const sign = code < OTHER ? code : OTHER;
    const place = digits * SIGNS + sign;
    let known = this.#known[place];
    if (known === undefined) {
      known = this.#find("0".repeat(digits) + String.fromCharCode(sign));
      this.#known[place] = known;
    }
    return known;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
