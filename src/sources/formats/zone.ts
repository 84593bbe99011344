/**
 * Time zones.
 *
 * Many logs write wall-clock time without a zone. A zone turns such a time into an instant: the zone of this machine, a fixed offset, or
 * an IANA name. Offsets are looked up once a quarter of an hour of wall time, the finest step at which any zone of this century changes.
 */

/** Says how far ahead of UTC the wall clock is, in milliseconds, when it shows a time (given as if it were UTC). */
export type Zone = (wallMs: number) => number;

/** Farther from UTC no zone has ever been. */
export const MAX_OFFSET_MINUTES: number = 16 * 60;

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
/** A log may claim any time: years before our era have no numbers of their own, and a Date holds no more than that (ECMA-262, 21.4.1.1). */
const FIRST_MS = Date.UTC(1000, 0, 1);
const LAST_MS = 8.64e15 - 3 * DAY_MS;

function remembering(lookUp: Zone): Zone {
  const known = new Map<number, number>();
  let last = { slot: Number.NaN, offset: 0 };
  return (wallMs) => {
    if (wallMs < FIRST_MS || wallMs > LAST_MS) return 0;
    const slot = Math.floor(wallMs / QUARTER_MS);
    if (slot === last.slot) return last.offset;
    let offset = known.get(slot);
    if (offset === undefined) {
      if (known.size > 10_000) known.clear();
      offset = lookUp(slot * QUARTER_MS);
      known.set(slot, offset);
    }
    last = { slot, offset };
    return offset;
  };
}

/** The zone of this machine (the variable TZ, where it is set). */
export function localZone(): Zone {
  return remembering((wallMs) => {
    const wall = new Date(wallMs);
    const there = new Date(
      wall.getUTCFullYear(),
      wall.getUTCMonth(),
      wall.getUTCDate(),
      wall.getUTCHours(),
      wall.getUTCMinutes(),
    );
    return wallMs - there.getTime();
  });
}

function ianaZone(name: string): Zone | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  } catch {
    return null;
  }
  const offsetAt = (utcMs: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utcMs)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute) - utcMs;
  };
  // Around a change of the clocks the offset of the day before holds as long as it leads back to itself: an hour that the clocks show twice is
  // the first of the two, one that they skip is told by the offset before, as JavaScript's own Date does it.
  return remembering((wallMs) => {
    const before = offsetAt(wallMs - DAY_MS);
    const after = offsetAt(wallMs + DAY_MS);
    const isBefore = offsetAt(wallMs - before) === before;
    return isBefore || offsetAt(wallMs - after) !== after ? before : after;
  });
}

/** Reads a zone: `local`, `UTC`, `Z`, `+02:00`, `-0530`, `+9`, or an IANA name such as `Asia/Shanghai`. Null where it is none of these. */
export function parseZone(text: string): Zone | null {
  if (text === "local") return localZone();
  if (/^(?:utc|gmt|z)$/i.test(text)) return () => 0;
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?$/.exec(text);
  if (fixed === null) return ianaZone(text);
  const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
  if (minutes > 18 * 60) return null;
  const offset = (fixed[1] === "-" ? -minutes : minutes) * 60_000;
  return () => offset;
}
