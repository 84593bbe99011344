/**
 * Go's duration texts (`299.972198ms`, `1m30s`, `1.5µs`, `0s`), exact to the nanosecond.
 * Source: the documentation of Go's time.Duration.String and time.ParseDuration.
 */

const NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const TERM = /(\d{1,18})(?:\.(\d{1,18}))?(ns|us|µs|μs|ms|s|m|h)/y;

/** Nanoseconds of a Go duration text; null where the text is none. Digits below a nanosecond are cut, as Go does. */
export function parseDuration(text: string): bigint | null {
  const negative = text.startsWith("-");
  const body = negative || text.startsWith("+") ? text.slice(1) : text;
  if (body === "0") return 0n;
  if (body === "") return null;
  let total = 0n;
  TERM.lastIndex = 0;
  for (let at = 0; at < body.length; at = TERM.lastIndex) {
    const match = TERM.exec(body);
    if (match === null) return null;
    const [, whole = "", fraction = "", unit = ""] = match;
    const nanos = NANOS[unit] as bigint;
    total += BigInt(whole) * nanos;
    if (fraction !== "") total += (BigInt(fraction) * nanos) / 10n ** BigInt(fraction.length);
  }
  return negative ? -total : total;
}

/** Writes nanoseconds as Go does: `1.5s`, `299.972198ms`, `1h0m0.5s`, `0s`. */
export function formatDuration(nanos: bigint): string {
  if (nanos === 0n) return "0s";
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const minute = NANOS["m"] as bigint;
  const minutes = size / minute;
  const seconds = decimal(size % minute, 9);
  if (minutes === 0n) return `${sign}${seconds}s`;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}s`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}s`;
}

function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = (value % scale).toString().padStart(digits, "0").replace(/0+$/, "");
  return fraction === "" ? `${value / scale}` : `${value / scale}.${fraction}`;
}
