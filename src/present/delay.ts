/** Writes a delay so that hops of microseconds and of seconds can both be read. */
export function shownDelay(delayMs: number): string {
  const sign = delayMs < 0 ? "-" : "+";
  const size = Math.abs(delayMs);
  if (size < 10) return `${sign}${size.toFixed(2)} ms`;
  if (size < 1000) return `${sign}${size.toFixed(0)} ms`;
  return `${sign}${(size / 1000).toFixed(2)} s`;
}
