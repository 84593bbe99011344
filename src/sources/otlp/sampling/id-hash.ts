/**
 * One number for ids. Ids of SDKs are random, those of other makers are counters or have halves of zeros: every bit of every word has to
 * count.
 */

/** 53 bits for the first `count` words and one number more; never 0. */
export function hashWords(words: Uint32Array, count: number, more: number): number {
  let low = more | 0;
  let high = ~more;
  for (let i = 0; i < count; i += 1) {
    const word = words[i] as number;
    low = Math.imul(low ^ word, 0x9e3779b1);
    low ^= low >>> 15;
    high = Math.imul(high ^ word, 0x85ebca6b);
    high ^= high >>> 13;
  }
  low = Math.imul(low, 0xc2b2ae35);
  high = Math.imul(high, 0x27d4eb2f);
  return (((high ^ (high >>> 16)) & 0x1fffff) | 0x100000) * 0x1_0000_0000 + ((low ^ (low >>> 16)) >>> 0);
}
