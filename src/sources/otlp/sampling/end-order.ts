/**
 * The order of ends inside one service: a request that was sent for another one and outlives its response was cut off or forgotten. Judging
 * that is not for the sampler; it only finds traces that are worth it.
 */
import { SPAN_WORD } from "../protobuf/span-words.ts";

/** A request that had been under way for a shorter time was not what the response was for. */
const MIN_OVERLAP_MS = 100;
/** A response of which nobody is left ends 0.3 to 12 ms before the requests that were sent for it; what lies nearer is no order. */
const MIN_OUTLIVES_MS = 0.25;

/** True where a request that a service sent outlives the response that it was sent for; the words of each begin at its place. */
export function outlives(sent: Uint32Array, sentAt: number, served: Uint32Array, servedAt: number): boolean {
  const begins = millis(sent, sentAt + SPAN_WORD.startAt);
  const ended = millis(served, servedAt + SPAN_WORD.endAt);
  if (begins < millis(served, servedAt + SPAN_WORD.startAt) || ended - begins < MIN_OVERLAP_MS) return false;
  return millis(sent, sentAt + SPAN_WORD.endAt) - ended > MIN_OUTLIVES_MS;
}

/** An instant of two words, low one first, in nanoseconds; exact to 256 ns. */
function millis(words: Uint32Array, at: number): number {
  return ((words[at + 1] as number) * 0x1_0000_0000 + (words[at] as number)) / 1e6;
}
