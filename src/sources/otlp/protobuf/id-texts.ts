/**
 * Ids in hex. The spans of a trace have its id in common, and a span's id is the parent's of those below it: a text that was made lately is
 * found again, which costs less than making it and is kept once only.
 */

const SLOTS = 4096;
const WORDS = 4;

/** Texts of ids of 8 or 16 bytes; of two that share a slot the later one stays. */
export class IdTexts {
  readonly #words = new Uint32Array(SLOTS * WORDS);
  readonly #texts: string[] = new Array<string>(SLOTS).fill("");

  /** The id that stands at `from`; null for one of zeros, which means none. */
  of(bytes: Buffer, view: DataView, from: number, length: 8 | 16): string | null {
    const a = view.getUint32(from, true);
    const b = view.getUint32(from + 4, true);
    const c = length === 16 ? view.getUint32(from + 8, true) : 0;
    const d = length === 16 ? view.getUint32(from + 12, true) : 0;
    if ((a | b | c | d) === 0) return null;
    const mixed = Math.imul(a ^ c, 0x9e3779b1) ^ Math.imul(b ^ d, 0x85ebca77);
    const slot = (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
    const words = this.#words;
    const at = slot * WORDS;
    const known = this.#texts[slot] as string;
    if (
      words[at] === a &&
      words[at + 1] === b &&
      words[at + 2] === c &&
      words[at + 3] === d &&
      known.length === length * 2
    )
      return known;
    const text = bytes.toString("hex", from, from + length);
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    this.#texts[slot] = text;
    return text;
  }
}
