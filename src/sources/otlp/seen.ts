/**
 * Which spans have been handed on already: a sender that got no answer sends again. Remembers the last half a million at least, in
 * memory of a fixed size.
 */

const SLOTS = 1 << 20;
const MOST = SLOTS / 2;

/** A set of spans that forgets the oldest. */
export class SeenSpans {
  #young: Float64Array = new Float64Array(0);
  #old: Float64Array = new Float64Array(0);
  #count = 0;

  /** Notes a span; false where it had been noted. `words` begin with the trace id and the span id. */
  add(words: Uint32Array, kind: number): boolean {
    // The memory is touched only when there is something to remember
    if (this.#young.length === 0) this.#young = new Float64Array(SLOTS);
    const low =
      Math.imul((words[4] as number) ^ (words[0] as number), 0x9e3779b1) ^
      Math.imul((words[2] as number) + kind, 0x85ebca77);
    const high = (words[5] as number) ^ Math.imul((words[1] as number) ^ (words[3] as number), 0xc2b2ae3d);
    // Never 0, which means a free slot
    const key = ((high & 0x1fffff) | 0x100000) * 0x1_0000_0000 + (low >>> 0);
    if (has(this.#young, key, low) || has(this.#old, key, low)) return false;
    if (this.#count >= MOST) {
      this.#old = this.#young;
      this.#young = new Float64Array(SLOTS);
      this.#count = 0;
    }
    const slot = slotOf(this.#young, key, low);
    this.#young[slot] = key;
    this.#count += 1;
    return true;
  }
}

function slotOf(table: Float64Array, key: number, hash: number): number {
  let slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
  while (table[slot] !== 0 && table[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}

function has(table: Float64Array, key: number, hash: number): boolean {
  return table.length > 0 && table[slotOf(table, key, hash)] === key;
}
