/**
 * Ranges of time in the filter language: `12:04..12:06`, `2026-11-27T12:04..`, `12:04` for that minute.
 */
import type { Instant } from "../model/index.ts";

/** How far ahead of UTC the wall clock is at an instant, in milliseconds; both in milliseconds. */
export type Offset = (utcMs: number) => number;

/** The wall clock of UTC. */
export const UTC_OFFSET: Offset = () => 0;

/** One end of a range: a time of any day, or of one; with how long it lasts as it is written (`12:04` lasts a minute). */
interface Moment {
  readonly ofDay: boolean;
  /** Milliseconds since midnight, or of the wall clock since 1970. */
  readonly wallMs: number;
  readonly lastsMs: number;
}

const DAY_MS = 86_400_000;
const MOMENT = /^(?:(\d{4})-(\d\d)-(\d\d)(?:[T ]|$))?(?:(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,3}))?)?)?(Z)?$/i;

/**
 * Reads a range and returns whether something from one instant to another lies in it; null where the text is no range. A time without a
 * day is one of every day.
 */
export function parseTimeRange(text: string, offset: Offset): ((from: Instant, to: Instant) => boolean) | null {
  const [first = "", second, ...more] = text.split("..");
  if (more.length > 0 || (first === "" && (second ?? "") === "")) return null;
  const start = first === "" ? null : readMoment(first);
  const end = second === undefined ? start : second === "" ? null : readMoment(second);
  if (start === undefined || end === undefined) return null;
  if (start !== null && end !== null && start.ofDay !== end.ofDay) return null;
  const low = start?.wallMs ?? 0;
  // A pair of moments is a range between points; a single one lasts as long as it is exact
  const high = end === null ? null : end.wallMs + (second === undefined ? end.lastsMs - 1 : 0);
  const ofDay = (start ?? end)?.ofDay === true;
  const wall = (at: Instant): number => {
    const ms = Number(at / 1_000_000n);
    return ms + offset(ms);
  };
  if (!ofDay) return (from, to) => wall(to) >= low && (high === null || wall(from) <= high);
  const upTo = high ?? DAY_MS;
  return (from) => {
    const ms = ((wall(from) % DAY_MS) + DAY_MS) % DAY_MS;
    // 23:50..00:10 goes over midnight
    return low <= upTo ? ms >= low && ms <= upTo : ms >= low || ms <= upTo;
  };
}

function readMoment(text: string): Moment | undefined {
  const match = MOMENT.exec(text.trim());
  if (match === null || text.trim() === "") return undefined;
  const [, year, month, day, hour, minute = "0", second, fraction] = match;
  const ofDay = year === undefined;
  if (ofDay && hour === undefined) return undefined;
  if (Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return undefined;
  const midnight = ofDay ? 0 : Date.UTC(Number(year), Number(month) - 1, Number(day));
  const wallMs =
    midnight +
    Number(hour ?? 0) * 3_600_000 +
    Number(minute) * 60_000 +
    Number(second ?? 0) * 1000 +
    Number((fraction ?? "0").padEnd(3, "0"));
  const lastsMs = hour === undefined ? DAY_MS : second === undefined ? 60_000 : fraction === undefined ? 1000 : 1;
  return { ofDay, wallMs, lastsMs };
}
