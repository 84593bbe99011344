/**
 * Which lines are alike: they differ in figures, times and ids only. A log says the same few things over and over, so what one line turned
 * out to be its likes need not be read for.
 */

/** What a byte is to a line's likeness. */
const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
/** Joins two digits to one figure: a time, an address, a version. */
const JOINT = 3;

const CLASSES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (/[0-9]/.test(char)) return DIGIT;
  if (/[A-Za-z_]/.test(char) || byte >= 0x80) return LETTER;
  return /[.:/]/.test(char) ? JOINT : OTHER;
});

/** A word with so many digits, and at least every fourth of its characters one, is an id. */
const ID_DIGITS = 3;
/** So is a word of hex digits that is as long as this, one of them a figure. */
const HEX_LENGTH = 4;
/** Figures of more digits never make a difference. */
const MAX_TOLD_DIGITS = 3;
const UNTOLD = -1;
const FIGURE = 0x23;
const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b | 0;

/** What of a word makes a difference. */
const NOTHING = 0;
const LETTERS = 1;
const ALL = 2;

/** Tells which lines are alike. */
export class Likeness {
  readonly #told: Uint8Array;

  /** `figures`: whole numbers below 1000 that make a difference. */
  constructor(figures: readonly number[]) {
    this.#told = new Uint8Array(1000);
    for (const figure of figures) if (figure >= 0 && figure < 1000) this.#told[figure] = 1;
  }

  /** A number that the line shares with its likes, and with others by an accident of one in 2 to the 53rd. */
  of(bytes: Uint8Array, from: number, to: number): number {
    let one = SEED;
    let two = SEED;
    for (let at = from; at < to; ) {
      // A word: letters and digits, and digits that a joint holds together. Most have no digit, so all of it is taken until one is met
      let oneOfAll = one;
      let twoOfAll = two;
      let end = at;
      let digits = 0;
      let letters = 0;
      let value = 0;
      for (; end < to; end += 1) {
        const char = bytes[end] as number;
        const kind = CLASSES[char] as number;
        if (kind === LETTER) letters += 1;
        else if (kind === DIGIT) {
          digits += 1;
          value = digits > MAX_TOLD_DIGITS ? UNTOLD : value * 10 + char - 0x30;
        } else if (end > at && kind === JOINT && joins(bytes, end, at, to)) digits = MAX_TOLD_DIGITS;
        else break;
        oneOfAll = Math.imul(oneOfAll ^ char, PRIME);
        twoOfAll = Math.imul(twoOfAll ^ char, OTHER_PRIME) ^ (twoOfAll >>> 15);
      }
      if (end === at) {
        const char = bytes[at] as number;
        one = Math.imul(one ^ char, PRIME);
        two = Math.imul(two ^ char, OTHER_PRIME) ^ (two >>> 15);
        at += 1;
        continue;
      }
      const matters = digits === 0 ? ALL : this.#matters(bytes, at, end, digits, letters, value);
      if (matters === ALL) {
        one = oneOfAll;
        two = twoOfAll;
        at = end;
      } else if (matters === NOTHING) {
        one = Math.imul(one ^ FIGURE, PRIME);
        two = Math.imul(two ^ FIGURE, OTHER_PRIME) ^ (two >>> 15);
        at = end;
      }
      for (; at < end; at += 1) {
        const char = bytes[at] as number;
        const said = (CLASSES[char] as number) === DIGIT ? FIGURE : char;
        one = Math.imul(one ^ said, PRIME);
        two = Math.imul(two ^ said, OTHER_PRIME) ^ (two >>> 15);
      }
    }
    return (one >>> 0) * 2 ** 21 + ((two >>> 0) & 0x1fffff);
  }

  /** What of a word with digits makes a difference; `value`: as a whole number. */
  #matters(bytes: Uint8Array, from: number, to: number, digits: number, letters: number, value: number): number {
    const isTold = value !== UNTOLD && this.#told[value] === 1;
    if (letters === 0) return isTold ? ALL : NOTHING;
    // Of a word with a figure, as `15s` or `http2`, the letters count
    const length = to - from;
    const isId = (digits >= ID_DIGITS && digits * 4 >= length) || (length >= HEX_LENGTH && isHex(bytes, from, to));
    return isId ? NOTHING : isTold ? ALL : LETTERS;
  }

  /** A number for the longest word of an id; 0 where it has none with a digit. */
  longestWord(id: Uint8Array): number {
    let longest = 0;
    let found = 0;
    forEachWord(id, 0, id.length, (hash, length) => {
      if (length <= longest) return false;
      longest = length;
      found = hash;
      return false;
    });
    return found;
  }

  /** True where a word with a digit is one of these, see {@link longestWord}. */
  holds(bytes: Uint8Array, from: number, to: number, words: ReadonlySet<number>): boolean {
    return forEachWord(bytes, from, to, (hash) => words.has(hash));
  }
}

/** Hashes of the words that have a digit, until somebody says true. */
function forEachWord(
  bytes: Uint8Array,
  from: number,
  to: number,
  take: (hash: number, length: number) => boolean,
): boolean {
  let hash = SEED;
  let begin = from;
  let digits = 0;
  for (let at = from; at <= to; at += 1) {
    const char = at < to ? (bytes[at] as number) : 0;
    const kind = at < to ? (CLASSES[char] as number) : OTHER;
    if (kind === LETTER || kind === DIGIT) {
      hash = Math.imul(hash ^ char, PRIME);
      if (kind === DIGIT) digits += 1;
      continue;
    }
    if (digits > 0 && take(hash >>> 0, at - begin)) return true;
    hash = SEED;
    begin = at + 1;
    digits = 0;
  }
  return false;
}

/** True where all letters of a word are hex digits. */
function isHex(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const char = bytes[at] as number;
    if (CLASSES[char] === LETTER && ((char | 0x20) < 0x61 || (char | 0x20) > 0x66)) return false;
  }
  return true;
}

/** True for a joint between two digits. */
function joins(bytes: Uint8Array, at: number, from: number, to: number): boolean {
  return (
    at > from && at + 1 < to && CLASSES[bytes[at - 1] as number] === DIGIT && CLASSES[bytes[at + 1] as number] === DIGIT
  );
}
