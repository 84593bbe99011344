/**
 * Texts that come again and again (names of attributes and spans, the sentences of errors) are made once: making them is most of the work
 * of decoding, and evidence lives long. So is what is known about them.
 */

const SLOTS = 4096;
const MAX_TEXT_BYTES = 1024;
/** Up to here a loop is faster than a call. */
const LOOP_BYTES = 48;

interface Entry<Known> {
  readonly bytes: Buffer;
  readonly known: Known;
}

/** What is known of texts, by their bytes; of two that share a slot the later one stays. */
export class Interned<Known> {
  readonly #entries: (Entry<Known> | undefined)[] = new Array<Entry<Known> | undefined>(SLOTS).fill(undefined);
  readonly #learn: (text: string) => Known;

  /** `learn` is asked about a text that is new. */
  constructor(learn: (text: string) => Known) {
    this.#learn = learn;
  }

  /** What is known of the text of the bytes in `[from, to)`; `view` is on the same bytes. */
  of(bytes: Buffer, view: DataView, from: number, to: number): Known {
    const length = to - from;
    if (length > MAX_TEXT_BYTES) return this.#learn(bytes.toString("utf8", from, to));
    const slot = slotOf(bytes, view, from, to);
    const entry = this.#entries[slot];
    if (entry !== undefined && entry.bytes.length === length && sameBytes(entry.bytes, bytes, from)) return entry.known;
    const known = this.#learn(bytes.toString("utf8", from, to));
    this.#entries[slot] = { bytes: Buffer.from(bytes.subarray(from, to)), known };
    return known;
  }
}

/** All bytes count: error texts differ in one letter of a service's name. */
function slotOf(bytes: Buffer, view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getUint32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x9e3779b1);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function sameBytes(one: Buffer, bytes: Buffer, from: number): boolean {
  const { length } = one;
  if (length > LOOP_BYTES) return bytes.compare(one, 0, length, from, from + length) === 0;
  for (let i = 0; i < length; i += 1) if (one[i] !== bytes[from + i]) return false;
  return true;
}
