/**
 * Times as loggers write them.
 *
 * Each format is one pattern and one function from its groups to a time. `parseTime` reads a whole field, `readLeadingTime` the time a
 * line begins with. A time without a zone is read in the zone of the clock that is passed in; `zoned` says whether the text had its own,
 * so that a better-informed outer time (a container runtime's) may correct it.
 */
import type { Instant } from "../../model/index.ts";
import type { Zone } from "./zone.ts";

/** What a text does not say about its time: the zone, and (for formats without a year) an instant near which it was written. */
export interface Clock {
  readonly zone: Zone;
  /** Milliseconds since the epoch; a time without a year lies at most a day after it, one without a day within half a day. */
  nearMs: number;
}

/** A time that was read, and what its text said of it. */
export interface TimeRead {
  readonly at: Instant;
  /** True if the text named the zone. */
  readonly zoned: boolean;
  /** How coarse the text is: 1000 without a fraction of a second, 60,000 without seconds, else 1. */
  readonly stepMs: number;
  /** True if the text has a day and a year. */
  readonly dated: boolean;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const CLOCK = "(\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9})\\d*)?";
const OFFSET = "(Z\\b|\\s?[+-]\\d\\d:?\\d\\d(?![\\d:])|\\s(?:UTC|GMT)\\b)?";

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly fraction: string | undefined;
  readonly offset: string | undefined;
}

function offsetMs(text: string): number {
  const parts = /([+-])(\d\d):?(\d\d)/.exec(text);
  if (parts === null) return 0;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return (parts[1] === "-" ? -minutes : minutes) * 60_000;
}

function fromWall(wall: Wall, clock: Clock): TimeRead | null {
  const hour = Number(wall.hour);
  const minute = Number(wall.minute);
  const second = Number(wall.second ?? 0);
  if (wall.month < 1 || wall.month > 12 || wall.day < 1 || wall.day > 31 || hour > 24 || minute > 59 || second > 60)
    return null;
  const wallMs = Date.UTC(wall.year, wall.month - 1, wall.day, hour, minute, second);
  const zoned = wall.offset !== undefined;
  const ms = wallMs - (wall.offset === undefined ? clock.zone(wallMs) : offsetMs(wall.offset));
  const nanos = wall.fraction === undefined ? 0 : Number(wall.fraction.padEnd(9, "0"));
  const stepMs = wall.second === undefined ? 60_000 : wall.fraction === undefined ? 1_000 : 1;
  return { at: BigInt(ms) * 1_000_000n + BigInt(nanos), zoned, stepMs, dated: true };
}

function fromYearless(wall: Omit<Wall, "year" | "offset">, clock: Clock): TimeRead | null {
  const year = new Date(clock.nearMs).getUTCFullYear();
  const latest = BigInt(Math.trunc(clock.nearMs) + 86_400_000) * 1_000_000n;
  const thisYear = fromWall({ ...wall, year, offset: undefined }, clock);
  const read =
    thisYear === null || thisYear.at <= latest
      ? thisYear
      : fromWall({ ...wall, year: year - 1, offset: undefined }, clock);
  return read === null ? null : { ...read, dated: false };
}

const DAY_MS = 86_400_000;

/** A time of day: on the day that brings it nearest to the clock's instant. */
function fromTimeOfDay(wall: Pick<Wall, "hour" | "minute" | "second" | "fraction">, clock: Clock): TimeRead | null {
  const near = new Date(clock.nearMs);
  const day = { year: near.getUTCFullYear(), month: near.getUTCMonth() + 1, day: near.getUTCDate() };
  const read = fromWall({ ...day, ...wall, offset: undefined }, clock);
  if (read === null) return null;
  const days = Math.round((clock.nearMs - Number(read.at / 1_000_000n)) / DAY_MS);
  return { ...read, at: read.at + BigInt(days * DAY_MS) * 1_000_000n, dated: false };
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? "").toLowerCase()) + 1;
}

type Groups = readonly (string | undefined)[];

interface Format {
  readonly pattern: RegExp;
  readonly read: (groups: Groups, clock: Clock) => TimeRead | null;
}

/** Most usual first. Every pattern is sticky: it is tried at one position only. */
const FORMATS: readonly Format[] = [
  {
    // RFC 3339, Go's log and Kitex's (slashes), Python (comma), Java, Go's time.String(), GIN (` - `)
    pattern: new RegExp(`(\\d{4})[-/](\\d\\d)[-/](\\d\\d)(?:[T ,_]{1,2}| - )${CLOCK}${OFFSET}`, "y"),
    read: ([, year, month, day, hour, minute, second, fraction, offset], clock) =>
      fromWall(
        { year: Number(year), month: Number(month), day: Number(day), hour, minute, second, fraction, offset },
        clock,
      ),
  },
  {
    // Go's klog and glog: E1123 06:57:00.783910
    pattern: new RegExp(`[IWEFD](\\d\\d)(\\d\\d) ${CLOCK}`, "y"),
    read: ([, month, day, hour, minute, second, fraction], clock) =>
      fromYearless({ month: Number(month), day: Number(day), hour, minute, second, fraction }, clock),
  },
  {
    // Unix date and ANSI C: Mon Nov 23 06:57:00 UTC 2026
    pattern: new RegExp(
      `(?:[A-Z][a-z]{2} )?${MONTH} {1,2}(\\d{1,2}) ${CLOCK}(?: (UTC|GMT|[+-]\\d{4}))? (\\d{4})\\b`,
      "y",
    ),
    read: ([, month, day, hour, minute, second, fraction, offset, year], clock) =>
      fromWall(
        { year: Number(year), month: monthOf(month), day: Number(day), hour, minute, second, fraction, offset },
        clock,
      ),
  },
  {
    // syslog (RFC 3164): Nov 23 06:57:00
    pattern: new RegExp(`${MONTH} {1,2}(\\d{1,2}) ${CLOCK}`, "y"),
    read: ([, month, day, hour, minute, second, fraction], clock) =>
      fromYearless({ month: monthOf(month), day: Number(day), hour, minute, second, fraction }, clock),
  },
  {
    // common log format: 23/Nov/2026:06:57:00 +0000
    pattern: new RegExp(`(\\d{1,2})/${MONTH}/(\\d{4})[: ]${CLOCK}${OFFSET}`, "y"),
    read: ([, day, month, year, hour, minute, second, fraction, offset], clock) =>
      fromWall(
        { year: Number(year), month: monthOf(month), day: Number(day), hour, minute, second, fraction, offset },
        clock,
      ),
  },
  {
    // RFC 1123: Mon, 23 Nov 2026 06:57:00 GMT
    pattern: new RegExp(`(?:[A-Z][a-z]{2}, )?(\\d{1,2})[ -]${MONTH}[ -](\\d{4}) ${CLOCK}${OFFSET}`, "y"),
    read: ([, day, month, year, hour, minute, second, fraction, offset], clock) =>
      fromWall(
        { year: Number(year), month: monthOf(month), day: Number(day), hour, minute, second, fraction, offset },
        clock,
      ),
  },
  {
    // ISO 8601 basic: 20261123T065700.783Z
    pattern: /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d)?(?!\d)/y,
    read: ([, year, month, day, hour, minute, second, fraction, offset], clock) =>
      fromWall(
        { year: Number(year), month: Number(month), day: Number(day), hour, minute, second, fraction, offset },
        clock,
      ),
  },
];

/** Formats that say less than a day; they are believed only where a line begins, or behind its level. */
const SHORT_FORMATS: readonly Format[] = [
  {
    // zerolog's console: 6:51AM
    pattern: /(\d{1,2}):(\d\d)([AP])M(?=\s)/y,
    read: ([, hour, minute, half], clock) =>
      fromTimeOfDay(
        {
          hour: String((Number(hour) % 12) + (half === "P" ? 12 : 0)),
          minute,
          second: undefined,
          fraction: undefined,
        },
        clock,
      ),
  },
  {
    // vLLM: 09-10 16:59:53
    pattern: new RegExp(`(\\d\\d)-(\\d\\d) ${CLOCK}(?=\\s)`, "y"),
    read: ([, month, day, hour, minute, second, fraction], clock) =>
      fromYearless({ month: Number(month), day: Number(day), hour, minute, second, fraction }, clock),
  },
  {
    // logback's default and others: 06:58:22.352
    pattern: new RegExp(`${CLOCK}(?=[\\s\\]])`, "y"),
    read: ([, hour, minute, second, fraction], clock) => fromTimeOfDay({ hour, minute, second, fraction }, clock),
  },
];

/** Reads a time at one position of a text and says where it ends; null where no known format stands there. */
function readTimeAt(text: string, from: number, clock: Clock): (TimeRead & { readonly end: number }) | null {
  return readAt(FORMATS, text, from, clock);
}

function readAt(
  formats: readonly Format[],
  text: string,
  from: number,
  clock: Clock,
): (TimeRead & { readonly end: number }) | null {
  for (const { pattern, read } of formats) {
    pattern.lastIndex = from;
    const groups = pattern.exec(text);
    if (groups === null) continue;
    const time = read(groups, clock);
    if (time !== null) return { ...time, end: from + groups[0].length };
  }
  return null;
}

/**
 * Reads a count since 1970 in seconds, milliseconds, microseconds or nanoseconds; its size tells which. Decimals and exponents are
 * allowed and kept exact, because a double would round nanoseconds.
 */
function parseEpoch(text: string): Instant | null {
  const parts = /^(\d{1,19})(?:\.(\d+))?(?:[eE]\+?(\d{1,2}))?$/.exec(text);
  if (parts === null) return null;
  let whole = parts[1] ?? "";
  let decimals = parts[2] ?? "";
  const exponent = Number(parts[3] ?? 0);
  if (exponent > 0) {
    const digits = decimals.padEnd(exponent, "0");
    whole += digits.slice(0, exponent);
    decimals = digits.slice(exponent);
  }
  if (whole.length < 9 || whole.length > 19) return null;
  // 2001 to 2286 in seconds has 10 digits, in milliseconds 13, in microseconds 16, in nanoseconds 19; 9 digits are the seconds before 2001
  const scale = whole.length <= 11 ? 9 : whole.length <= 14 ? 6 : whole.length <= 17 ? 3 : 0;
  return BigInt(whole + decimals.slice(0, scale).padEnd(scale, "0"));
}

/** Reads a whole text as a time in any of the known formats, epoch counts included. Null where it is none. */
export function parseTime(text: string, clock: Clock): TimeRead | null {
  const trimmed = text.trim();
  const epoch = parseEpoch(trimmed);
  if (epoch !== null) return { at: epoch, zoned: true, stepMs: stepOfEpoch(trimmed), dated: true };
  return readTimeAt(trimmed, trimmed.startsWith("[") ? 1 : 0, clock);
}

/** Reads the time a line begins with, bare or in brackets, and says where the rest of the line begins. */
export function readLeadingTime(text: string, clock: Clock): (TimeRead & { readonly end: number }) | null {
  const open = text.charCodeAt(0) === 0x5b ? 1 : 0;
  const read =
    readTimeAt(text, open, clock) ?? readAt(SHORT_FORMATS, text, open, clock) ?? readLeadingEpoch(text, open);
  if (read === null) return null;
  let end = read.end;
  if (open === 1) {
    if (text[end] !== "]") return null;
    end += 1;
  }
  while (text[end] === " " || text[end] === "\t") end += 1;
  return { ...read, end };
}

const LEADING_EPOCH = /(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})(?=[\s\]])/y;

function readLeadingEpoch(text: string, from: number): (TimeRead & { readonly end: number }) | null {
  LEADING_EPOCH.lastIndex = from;
  const groups = LEADING_EPOCH.exec(text);
  const at = groups?.[1] === undefined ? null : parseEpoch(groups[1]);
  if (groups === null || at === null) return null;
  return { at, zoned: true, stepMs: stepOfEpoch(groups[0]), dated: true, end: from + groups[0].length };
}

function stepOfEpoch(text: string): number {
  return /^\d{9,11}$/.test(text) ? 1_000 : 1;
}

/** Where a time may begin inside a line: behind white space, a bracket, a quote or a bar, or where the line begins. */
const INSIDE = /(?:^|[\s[("|])(?=(?:\d{1,4}[-/]|[A-Z][a-z]{2}[ ,]))/g;
const AFTER_LEVEL = /\b(?:TRACE|DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL) +(?=\d\d-\d\d \d\d:)/;
/** How far into a line a time is looked for. */
const HEAD_LENGTH = 120;

/** The first time with a date in the head of a line that does not begin with one, as access logs write it. Null where there is none. */
export function findTime(text: string, clock: Clock): TimeRead | null {
  const head = text.slice(0, HEAD_LENGTH + 40);
  INSIDE.lastIndex = 0;
  for (let match = INSIDE.exec(head); match !== null && match.index < HEAD_LENGTH; match = INSIDE.exec(head)) {
    const read = readTimeAt(head, match.index + match[0].length, clock);
    if (read !== null) return read;
    if (match[0] === "") INSIDE.lastIndex += 1;
  }
  const level = AFTER_LEVEL.exec(head);
  return level === null ? null : readAt(SHORT_FORMATS, head, level.index + level[0].length, clock);
}
