/**
 * Which spans have been handed on already: a sender that got no answer sends again. Remembers the last half a million at least, in
 * memory of a fixed size.
 */

import { hashWords } from "./id-hash.ts";

const SLOTS = 1 << 20;
const MAX_KEYS = SLOTS / 2;

/** A set of spans that forgets the oldest. */
export class SeenSpans {
  #young: Float64Array = new Float64Array(0);
  #old: Float64Array = new Float64Array(0);
  #count = 0;

  /** Notes a span; false where it had been noted. `words` begin with the trace id and the span id. */
  add(words: Uint32Array, kind: number): boolean {
    // The memory is touched only when there is something to remember
    if (this.#young.length === 0) this.#young = new Float64Array(SLOTS);
    // Never 0, which means a free slot
    const key = hashWords(words, 6, kind);
    if (has(this.#young, key) || has(this.#old, key)) return false;
    if (this.#count >= MAX_KEYS) {
      this.#old = this.#young;
      this.#young = new Float64Array(SLOTS);
      this.#count = 0;
    }
    const slot = slotOf(this.#young, key);
    this.#young[slot] = key;
    this.#count += 1;
    return true;
  }
}

function slotOf(table: Float64Array, key: number): number {
  // The low half of the key: a remainder of a number above 2^32 costs more than all else here
  let slot = (key >>> 0) & (SLOTS - 1);
  while (table[slot] !== 0 && table[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}

function has(table: Float64Array, key: number): boolean {
  return table.length > 0 && table[slotOf(table, key)] === key;
}
