/** Which of many short words stand in a text: one pass over it, whatever their number. */

/** Shorter words stand in every text. */
export const MIN_STEM_LENGTH = 3;
const KEY_LENGTH = MIN_STEM_LENGTH;
const SLOTS = 1 << 14;

function slotOf(text: string, at: number): number {
  return (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) & (SLOTS - 1);
}

/** Words with what each of them stands for. */
export class StemIndex<Value> {
  /** Whether some word begins with the three characters that fall into a slot. */
  readonly #slots = new Uint8Array(SLOTS);
  readonly #byStart = new Map<string, { readonly stem: string; readonly value: Value }[]>();

  /**
   * @param stems in small letters, of three characters at least
   * @throws RangeError where one is shorter
   */
  constructor(stems: Iterable<readonly [stem: string, value: Value]>) {
    for (const [stem, value] of stems) {
      if (stem.length < KEY_LENGTH)
        throw new RangeError(`StemIndex: "${stem}" is shorter than ${KEY_LENGTH} characters`);
      const start = stem.slice(0, KEY_LENGTH);
      this.#slots[slotOf(stem, 0)] = 1;
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), { stem, value }]);
    }
  }

  /** What the words in a text stand for, each once. The text is in small letters. */
  in(text: string): Set<Value> {
    const found = new Set<Value>();
    for (let at = 0; at + KEY_LENGTH <= text.length; at += 1) {
      if (this.#slots[slotOf(text, at)] === 0) continue;
      for (const { stem, value } of this.#byStart.get(text.slice(at, at + KEY_LENGTH)) ?? [])
        if (text.startsWith(stem, at)) found.add(value);
    }
    return found;
  }
}
