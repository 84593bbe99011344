/**
 * Texts that come again and again (names of attributes and spans, the sentences of errors) are made once: making them is most of the work
 * of decoding, and evidence lives long.
 */

const SLOTS = 4096;
const LONGEST = 1024;

interface Entry {
  readonly bytes: Buffer;
  readonly text: string;
}

/** Texts by their bytes; of two that share a slot the later one stays. */
export class Interned {
  readonly #entries: (Entry | undefined)[] = new Array<Entry | undefined>(SLOTS).fill(undefined);

  /** The text of the bytes in `[from, to)`. */
  text(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length === 0) return "";
    if (length > LONGEST) return bytes.toString("utf8", from, to);
    // A few signs from all over a long text tell it apart well enough: the bytes are compared in any case
    const step = (length >> 5) + 1;
    let hash = length;
    for (let at = from; at < to; at += step) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#entries[slot];
    if (known !== undefined && known.bytes.length === length && bytes.compare(known.bytes, 0, length, from, to) === 0)
      return known.text;
    const text = bytes.toString("utf8", from, to);
    this.#entries[slot] = { bytes: Buffer.from(bytes.subarray(from, to)), text };
    return text;
  }
}
