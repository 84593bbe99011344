/** Writes a delay so that hops of microseconds and of seconds can both be read. */
export function shownDelay(delayMs: number): string {
  const sign = delayMs < 0 ? "-" : "+";
  const size = Math.abs(delayMs);
  if (size < 10) return `${sign}${size.toFixed(2)} ms`;
  if (size < 1000) return `${sign}${size.toFixed(0)} ms`;
  return `${sign}${(size / 1000).toFixed(2)} s`;
}

/** Less than that is shown as no delay at all. */
const LEAST_MS = 0.005;

/** ` within 12 ms`, or ` at once` where the delay is too short to be told. */
export function withinWords(delayMs: number): string {
  return delayMs < LEAST_MS ? " at once" : ` within ${shownDelay(delayMs).slice(1)}`;
}

/** By how much a clock that shows a delay below zero is early, `0.24 ms`; null where that is too little to be told. */
export function earlyBy(delayMs: number): string | null {
  return delayMs > -LEAST_MS ? null : shownDelay(-delayMs).slice(1);
}
