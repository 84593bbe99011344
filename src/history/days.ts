/** Days and weeks of a clock on the wall, whose days may have 23 or 25 hours. All times in milliseconds. */
import type { Clock } from "../present/index.ts";

type Offset = Clock["offset"];

/** How a stretch of time is divided. */
export type Stretch = "day" | "week";

/** One day or week: from its first instant up to the first of the next. */
export interface Part {
  /** Its first day, `2026-11-23`; a week begins with its Monday (ISO 8601). */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;
/** 1970-01-05, the first Monday. */
const MONDAY_MS = 4 * DAY_MS;

/** The days or weeks that hold the time from one instant to another, oldest first; the last `most` of them. */
export function partsOf(from: number, to: number, stretch: Stretch, offset: Offset, most = 10_000): readonly Part[] {
  const length = stretch === "day" ? DAY_MS : 7 * DAY_MS;
  const parts: Part[] = [];
  // By the wall's clock, where every day is as long as the others
  const wall = to + offset(to);
  const base = stretch === "day" ? 0 : MONDAY_MS;
  let begin = Math.floor((wall - base) / length) * length + base;
  while (parts.length < most) {
    const part = { name: dayName(begin), from: utcOf(begin, offset), to: utcOf(begin + length, offset) };
    if (part.to <= from) break;
    parts.unshift(part);
    begin -= length;
  }
  return parts;
}

/** The day of a wall's clock, `2026-11-23`. */
function dayName(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

/** The instant at which the wall shows a time. Twice, because the offset is one of an instant; a time that a change skips is the one after it. */
function utcOf(wallMs: number, offset: Offset): number {
  const near = wallMs - offset(wallMs);
  return wallMs - offset(near);
}
