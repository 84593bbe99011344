/**
 * Instants.
 *
 * An instant is a count of nanoseconds since the Unix epoch, as a bigint: spans and Go's loggers write nanoseconds, and a double
 * cannot hold them (it steps by 256 ns in this century).
 */

/** Nanoseconds since 1970-01-01T00:00:00Z. */
export type Instant = bigint;

/**
 * Writes an instant as RFC 3339 in UTC with nine decimals, for example `2026-11-23T06:57:00.488557167Z`.
 * An instant outside the years 0 to 9999 is written as its plain count of nanoseconds.
 */
export function formatInstant(at: Instant): string {
  const nanosPerSecond = 1_000_000_000n;
  const rest = ((at % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  const seconds = (at - rest) / nanosPerSecond;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0) return at.toString();
  return `${date.toISOString().slice(0, 19)}.${rest.toString().padStart(9, "0")}Z`;
}

/** The milliseconds from one instant to another, as a double (exact to a nanosecond for differences below 100 days). */
export function millisBetween(from: Instant, to: Instant): number {
  return Number(to - from) / 1e6;
}
