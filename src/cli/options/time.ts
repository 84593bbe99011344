/**
 * Moments on the command line: `--since 15m`, `--until 2026-11-23T06:57:00Z`.
 */
import type { Instant } from "../../model/index.ts";
import { localZone, parseZone, type Zone, type ZoneRule } from "../../sources/index.ts";
import { usageFailure } from "../failure.ts";

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
 * `zone`.
 *
 * @throws Failure where the text is neither
 */
export function parseMoment(text: string, option: string, nowMs: number, zone: Zone): Instant {
  const trimmed = text.trim();
  const durationMs = parseDurationMs(trimmed);
  if (durationMs !== null) return BigInt(Math.round(nowMs - durationMs)) * 1_000_000n;
  const match = TIME.exec(trimmed);
  if (match !== null) {
    const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", own] = match;
    const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    // Date.UTC carries over (the 31st of April is the 1st of May); a date that does not exist is a slip of the user.
    const shown = new Date(wallMs);
    if (shown.getUTCMonth() === Number(month) - 1 && shown.getUTCDate() === Number(day) && Number(minute) < 60) {
      const offsetMs = (own === undefined ? zone : (parseZone(own) ?? zone))(wallMs);
      return BigInt(wallMs - offsetMs) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
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
 * Reads a duration.
 *
 * @throws Failure where the text is none
 */
export function readDuration(text: string, option: string): number {
  const ms = parseDurationMs(text);
  if (ms === null) throw usageFailure(`${option} "${text}": write a duration such as 30s or 5m`);
  return ms;
}

/**
 * Reads the option --timezone.
 *
 * @throws Failure where the zone is not known
 */
export function readTimezone(text: string | undefined): Zone {
  const zone = text === undefined ? localZone() : parseZone(text);
  if (zone !== null) return zone;
  throw usageFailure(
    `--timezone "${text}" is not known: write a name such as Europe/Berlin, an offset such as +08:00, UTC or local`,
  );
}

/**
 * Reads every --timezone: `ZONE` for all times without one (the last counts), `NAME=ZONE` for the logs of one service.
 *
 * @throws Failure where a zone is not known, or a name is missing before the sign
 */
export function readTimezones(texts: readonly string[]): {
  readonly timezone: string | undefined;
  readonly zones: readonly ZoneRule[];
} {
  let timezone: string | undefined;
  const zones: ZoneRule[] = [];
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 0) {
      timezone = text;
      continue;
    }
    const [service, zone] = [text.slice(0, at), text.slice(at + 1)];
    readTimezone(zone);
    if (service === "") throw usageFailure(`--timezone "${text}": write NAME=ZONE, for example --timezone chat=+08:00`);
    zones.push({ service, zone });
  }
  return { timezone, zones };
}
