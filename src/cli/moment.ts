/**
 * Moments on the command line: `--since 15m`, `--until 2026-11-23T06:57:00Z`.
 */
import type { Instant } from "../model/index.ts";
import { usageFailure } from "./failure.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads a moment: a duration before `nowMs` (`15m`, `1h30m`, `2d`), or a date with or without a time. A time without a zone is read in
 * `timezone`, else in the zone of this machine.
 *
 * @throws Failure where the text is neither, or the zone is not known
 */
export function parseMoment(text: string, option: string, nowMs: number, timezone?: string): Instant {
  const trimmed = text.trim();
  const durationMs = parseDurationMs(trimmed);
  if (durationMs !== null) return BigInt(Math.round(nowMs - durationMs)) * 1_000_000n;
  const match = TIME.exec(trimmed);
  if (match !== null) {
    const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
    const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    const date = new Date(wall);
    if (date.getUTCMonth() === Number(month) - 1 && Number(hour) < 25 && Number(minute) < 60) {
      const atMs = wall - zoneOffsetMs(wall, zone, timezone);
      return BigInt(atMs) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
    }
  }
  throw usageFailure(
    `${option} "${text}" is no time: write a duration such as 15m or 2h, or a time such as 2026-11-23T06:57:00Z or "2026-11-23 06:57"`,
  );
}

/** Milliseconds of `90s`, `1h30m`, `2d`; null where the text is no duration. */
export function parseDurationMs(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return null;
  let total = 0;
  for (const [, size, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(size) * (UNIT_MS[unit as string] as number);
  }
  return total;
}

/**
 * Checks the name of a time zone.
 *
 * @throws Failure where the zone is not known
 */
export function checkTimezone(timezone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return timezone;
  } catch {
    throw usageFailure(
      `--timezone "${timezone}" is not known: write a name such as Europe/Berlin or UTC, or an offset such as +08:00`,
    );
  }
}

function zoneOffsetMs(wallMs: number, zone: string | undefined, timezone: string | undefined): number {
  if (zone !== undefined) {
    if (zone.toUpperCase() === "Z") return 0;
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
    return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
  }
  // The offset at the wall time read as UTC may be off by one change of the clocks; the second look is right.
  const first = offsetAt(wallMs, timezone);
  return offsetAt(wallMs - first, timezone);
}

function offsetAt(atMs: number, timezone: string | undefined): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...(timezone === undefined ? {} : { timeZone: timezone }),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - Math.floor(atMs / 1000) * 1000;
}
