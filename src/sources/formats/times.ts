/**
 * Times as loggers write them.
 *
 * The patterns stand in `time-formats.ts`. `parseTime` reads a whole field, `readLeadingTime` the time a
 * line begins with. A time without a zone is read in the zone of the clock that is passed in; `zoned` says whether the text had its own,
 * so that a better-informed outer time (a container runtime's) may correct it.
 */
import type { Instant } from "../../model/index.ts";
import { halfBehind, offsetMs, REFUSED, type ZoneBehind, zoneBehind } from "./behind-time.ts";
import { dayOf, MINUTE_MS, readIsoTime } from "./iso-time.ts";
import { FORMATS, monthOf, SHORT_FORMATS } from "./time-formats.ts";
import type { Zone } from "./zone.ts";
import { minutesOfZone } from "./zone-names.ts";

/** What a text does not say about its time: the zone, and (for formats without a year) an instant near which it was written. */
export interface Clock {
  readonly zone: Zone;
  /** Whether days stand before months where both are numbers; unknown until a line with a day above twelve tells. */
  dayFirst?: boolean;
  /** Milliseconds since the epoch; a time without a year lies at most a day after it, one without a day in the day that {@link aheadMs} ends. */
  nearMs: number;
  /** When the input was last written to, as far as that is known: no line is from a later day. */
  readonly writtenMs?: number;
  /** How far after {@link nearMs} a time without a day may be; half a day where this is left out. */
  aheadMs?: number;
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

/** A day and time as they stand on the wall. */
interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The parts of a time as a pattern found them. */
interface Parts extends Readonly<Partial<Record<PartName, string>>> {
  /** The zone that stands behind all of it. */
  readonly behind?: ZoneBehind;
}

type PartName =
  | ("year" | "shortYear" | "month" | "month2" | "name" | "day" | "day2" | "first" | "other" | "sign")
  | ("week" | "weekday" | "ordinal" | "ordinal2" | "before" | "minutes")
  | ("hour" | "minute" | "second" | "fraction" | "half" | "offset");

/** How far a zone is ahead of UTC, in milliseconds; null for a name that means several zones. `here` is the reader's own. */
function offsetOf(text: string, here: number): number | null {
  const name = text.trim();
  if (/\d/.test(name)) return offsetMs(name.replace(/\s[A-Z]{3,4}$/, ""));
  const minutes = name.toUpperCase() === "Z" ? 0 : minutesOfZone(name, here / MINUTE_MS);
  return minutes === null ? null : minutes * MINUTE_MS;
}

/** What `AM` or `PM` adds to an hour: twelve in the morning is midnight. */
function hoursOfHalf(hour: number, half: string | undefined): number {
  if (half === undefined) return 0;
  const isAfternoon = /^(?:p|下午|午後|오후)/i.test(half);
  if (isAfternoon) return hour === 12 ? 0 : 12;
  return hour === 12 ? -12 : 0;
}

/** A time in a zone that nobody can tell: no other format may read it without. */
const NOBODYS = "nobody's";

type FromParts = TimeRead | typeof NOBODYS | null;

function fromWall({ year, month, day }: Wall, parts: Parts, clock: Clock): FromParts {
  const { minute: minuteText, second: secondText, fraction, offset: zone } = parts;
  const bareHour = Number(parts.hour);
  const hour = bareHour + hoursOfHalf(bareHour, parts.half ?? parts.before);
  const minute = Number(minuteText);
  const second = Number(secondText ?? 0);
  const dayMs = dayOf(year, month, day);
  if (dayMs < 0 || hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return null;
  const wallMs = dayMs + (hour * 60 + minute) * MINUTE_MS + second * 1000;
  const here = clock.zone(wallMs);
  const behind = parts.behind;
  const offset =
    parts.minutes !== undefined
      ? Number(parts.minutes) * MINUTE_MS
      : zone !== undefined
        ? offsetOf(zone, here)
        : behind === undefined
          ? here
          : offsetBehind(behind, wallMs);
  if (offset === null) return NOBODYS;
  const nanos = fraction === undefined ? 0 : Number(fraction.padEnd(9, "0"));
  const stepMs = secondText === undefined ? 60_000 : fraction === undefined ? 1_000 : 1;
  const zoned = zone !== undefined || behind !== undefined || parts.minutes !== undefined;
  return { at: instantOf(wallMs - offset, nanos), zoned, stepMs, dated: true };
}

function offsetBehind({ zone }: ZoneBehind, wallMs: number): number | null {
  return zone === REFUSED ? null : zone(wallMs);
}

/** The two halves of an instant, which holds 64 bits until the year 2262. */
const words = new DataView(new ArrayBuffer(8));
const WORD = 2 ** 32;
const HALF_MS = 2 ** 22;
const NANOS_PER_MS = 1_000_000;
const MOST_MS = 9_000_000_000_000;

/** The instant of whole milliseconds since the epoch and the nanoseconds behind them. Put together of halves: arithmetic of bigints costs more. */
function instantOf(ms: number, nanos: number): Instant {
  if (ms > MOST_MS || ms < -MOST_MS) return BigInt(ms) * 1_000_000n + BigInt(nanos);
  const high = Math.floor(ms / HALF_MS) * NANOS_PER_MS;
  const low = (ms - Math.floor(ms / HALF_MS) * HALF_MS) * NANOS_PER_MS + nanos;
  const carried = Math.floor(high / 1024);
  const rest = (high - carried * 1024) * HALF_MS + low;
  words.setUint32(4, rest % WORD);
  words.setInt32(0, carried + Math.floor(rest / WORD));
  return words.getBigInt64(0);
}

function fromYearless(wall: Omit<Wall, "year">, parts: Parts, clock: Clock): FromParts {
  const year = new Date(clock.nearMs).getUTCFullYear();
  const latest = BigInt(Math.trunc(clock.nearMs) + DAY_MS) * 1_000_000n;
  const thisYear = fromWall({ ...wall, year }, parts, clock);
  if (thisYear === NOBODYS) return thisYear;
  // The 29th of February may be last year's only
  const isLastYears = thisYear === null || thisYear.at > latest;
  const read = isLastYears ? fromWall({ ...wall, year: year - 1 }, parts, clock) : thisYear;
  return read === null || read === NOBODYS ? read : { ...read, dated: false };
}

const DAY_MS = 86_400_000;

/** A time of day: on the last day that does not bring it further after the clock's instant than is possible. */
function fromTimeOfDay(parts: Parts, clock: Clock): FromParts {
  const near = new Date(clock.nearMs);
  const today = { year: near.getUTCFullYear(), month: near.getUTCMonth() + 1, day: near.getUTCDate() };
  const read = fromWall(today, parts, clock);
  if (read === null || read === NOBODYS) return read;
  const latestMs = clock.nearMs + (clock.aheadMs ?? DAY_MS / 2);
  const days = Math.floor((latestMs - Number(read.at / 1_000_000n)) / DAY_MS);
  return { ...read, at: read.at + BigInt(days * DAY_MS) * 1_000_000n, dated: false };
}

function fullYear(text: string): number {
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

/**
 * Two numbers of which one is the day. A line with a day above twelve tells for all of its file; before any did, the order that brings the time
 * near to what is known of the log is believed, and else the usual one, unless that is a time to come.
 */
function fromEitherOrder(first: number, other: number, year: string, parts: Parts, clock: Clock): FromParts {
  // 26/11/23: a year of two digits stands first where it is the year of the log
  const nearYear = new Date(clock.nearMs).getUTCFullYear() % 100;
  if (
    year.length === 2 &&
    (first > 12 || other > 12 || first === nearYear) &&
    first >= nearYear - 1 &&
    first <= nearYear + 1
  )
    return fromWall({ year: 2000 + first, month: other, day: Number(year) }, parts, clock);
  if (first > 12) clock.dayFirst = true;
  else if (other > 12) clock.dayFirst = false;
  const read = (dayFirst: boolean): FromParts => {
    const [day, month] = dayFirst ? [first, other] : [other, first];
    return fromWall({ year: fullYear(year), month, day }, parts, clock);
  };
  if (clock.dayFirst !== undefined) return read(clock.dayFirst);
  // A half of the day is written by those who write the month first
  const usually = parts.half === undefined && parts.sign === "-";
  return likelier(read(usually), read(!usually), clock);
}

/** Both orders of one day are four weeks apart at least: one of them is near, or none. */
const NEAR_MS = 14 * DAY_MS;

function likelier(usual: FromParts, other: FromParts, { nearMs, writtenMs }: Clock): FromParts {
  if (usual === null || usual === NOBODYS || other === null || other === NOBODYS) return usual;
  const [ms, otherMs] = [usual, other].map(({ at }) => Number(at / 1_000_000n)) as [number, number];
  const latestMs = (writtenMs ?? Number.POSITIVE_INFINITY) + DAY_MS;
  if (ms > latestMs !== otherMs > latestMs) return ms > latestMs ? other : usual;
  return Math.abs(ms - nearMs) > NEAR_MS && Math.abs(otherMs - nearMs) <= NEAR_MS ? other : usual;
}

function fromParts(parts: Parts, clock: Clock): FromParts {
  const { year, name, first, other, shortYear, week, weekday } = parts;
  if (first !== undefined) return fromEitherOrder(Number(first), Number(other), year ?? "", parts, clock);
  const ordinal = parts.ordinal ?? parts.ordinal2;
  if (ordinal !== undefined) return fromWall(wallOfDay(Number(year), Number(ordinal)), parts, clock);
  if (week !== undefined) return fromWall(wallOfWeek(Number(year), Number(week), Number(weekday)), parts, clock);
  const month = parts.month ?? parts.month2;
  const day = parts.day ?? parts.day2;
  // Six digits that are no day of these years are something else
  if (shortYear !== undefined && !isYearOfLog(2000 + Number(shortYear), clock)) return null;
  if (day === undefined) return fromTimeOfDay(parts, clock);
  const wall = { month: name === undefined ? Number(month) : monthOf(name), day: Number(day) };
  const written = year ?? shortYear;
  return written === undefined
    ? fromYearless(wall, parts, clock)
    : fromWall({ ...wall, year: fullYear(written) }, parts, clock);
}

function isYearOfLog(year: number, { nearMs }: Clock): boolean {
  const near = new Date(nearMs).getUTCFullYear();
  return year === near || year === near - 1;
}

const NO_WALL: Wall = { year: 0, month: 0, day: 0 };

function wallOf(ms: number): Wall {
  const day = new Date(ms);
  return { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
}

/** The day of a year by its number. */
function wallOfDay(year: number, number: number): Wall {
  const wall = wallOf(Date.UTC(year, 0, number));
  return number > 0 && wall.year === year ? wall : NO_WALL;
}

/** The day of a week of ISO 8601, which begins on Monday; the first one has the 4th of January. */
function wallOfWeek(year: number, week: number, weekday: number): Wall {
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
  const day = monday + ((week - 1) * 7 + weekday - 1) * DAY_MS;
  // The Thursday of a week says whose year it is in
  const isWeek = week > 0 && new Date(monday + ((week - 1) * 7 + 3) * DAY_MS).getUTCFullYear() === year;
  return isWeek ? wallOf(day) : NO_WALL;
}

/** Reads a time at one position of a text and says where it ends; null where no known format stands there. */
function readTimeAt(text: string, from: number, clock: Clock): (TimeRead & { readonly end: number }) | null {
  return readUsual(text, from, clock) ?? readAt(FORMATS, text, from, clock);
}

/** The first of the formats in its usual forms. */
function readUsual(text: string, from: number, clock: Clock): (TimeRead & { readonly end: number }) | null {
  const iso = readIsoTime(text, from);
  if (iso === null) return null;
  const { wallMs, nanos, fine, offsetMs: written, end } = iso;
  const offset = written ?? clock.zone(wallMs);
  if (written === null && zoneBehind(text, end, offset / MINUTE_MS) !== null) return null;
  return { at: instantOf(wallMs - offset, nanos), zoned: written !== null, stepMs: fine ? 1 : 1_000, dated: true, end };
}

function endingAt({ at, zoned, stepMs, dated }: TimeRead, end: number): TimeRead & { readonly end: number } {
  return { at, zoned, stepMs, dated, end };
}

function readAt(
  formats: typeof FORMATS,
  text: string,
  from: number,
  clock: Clock,
): (TimeRead & { readonly end: number }) | null {
  for (const pattern of formats.at(text, from)) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (match?.groups === undefined) continue;
    const [parts, end] = withBehind(match.groups, text, from + match[0].length, clock);
    const time = fromParts(parts, clock);
    if (time === NOBODYS) return null;
    if (time !== null) return endingAt(time, end);
  }
  return null;
}

/** The parts of a time with those that stand behind what the pattern read, and where the last of them ends. */
function withBehind(found: Parts, text: string, from: number, clock: Clock): readonly [Parts, number] {
  let parts = found;
  let end = from;
  const hour = Number(parts.hour);
  const half = parts.half === undefined && hour > 0 && hour <= 12 ? halfBehind(text, end) : null;
  if (half !== null) {
    parts = { ...parts, half: half.half };
    ({ end } = half);
  }
  const here = parts.offset === undefined ? clock.zone(clock.nearMs) / MINUTE_MS : 0;
  const zone = parts.offset === undefined ? zoneBehind(text, end, here) : null;
  return zone === null ? [parts, end] : [{ ...parts, behind: zone }, zone.end];
}

/**
 * Reads a count since 1970 in seconds, milliseconds, microseconds or nanoseconds; its size tells which. Decimals and exponents are
 * allowed and kept exact, because a double would round nanoseconds.
 */
function parseEpoch(text: string, clock: Clock): Instant | null {
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
  if (whole.length === 17 || whole.length === 18) return inReach(fromTicks(BigInt(whole)), clock);
  // 2001 to 2286 in seconds has 10 digits, in milliseconds 13, in microseconds 16, in nanoseconds 19; 9 digits are the seconds before 2001
  const scale = whole.length <= 11 ? 9 : whole.length <= 14 ? 6 : whole.length === 19 ? 0 : 3;
  return inReach(BigInt(whole + decimals.slice(0, scale).padEnd(scale, "0")), clock);
}

/** Steps of 100 ns: since 1970 where they are 17 digits, else since 1601 (FILETIME of Windows) or since the year 1 (ticks of .NET). */
function fromTicks(count: bigint): Instant {
  const from = count < 10n ** 17n ? 0n : count < 4n * 10n ** 17n ? FILETIME_OF_1970 : TICKS_OF_1970;
  return (count - from) * 100n;
}

const FILETIME_OF_1970 = 116_444_736_000_000_000n;
const TICKS_OF_1970 = 621_355_968_000_000_000n;

function inReach(at: Instant, clock: Clock): Instant | null {
  const ahead = Number(at / 1_000_000n) - clock.nearMs;
  return ahead > MOST_AHEAD_MS || ahead < -MOST_BEHIND_MS ? null : at;
}

/** A number that is a time so far from when a log was written counts something else. */
const [MOST_AHEAD_MS, MOST_BEHIND_MS] = [5 * 365 * DAY_MS, 40 * 365 * DAY_MS];

/** A day and a time as digits alone, to the minute or finer. No count since 1970 of a time in this century has so many. */
const DIGITS =
  /^(?<year>(?:19|20)\d\d)(?<month>0[1-9]|1[0-2])(?<day>0[1-9]|[12]\d|3[01])(?<hour>[01]\d|2[0-3])(?<minute>[0-5]\d)(?:(?<second>[0-5]\d)(?<fraction>\d{3}|\d{6})?)?$/;
/** The same with two digits of the year, which is the log's. */
const SHORT_DIGITS =
  /^(?<year>\d\d)(?<month>0[1-9]|1[0-2])(?<day>0[1-9]|[12]\d|3[01])(?<hour>[01]\d|2[0-3])(?<minute>[0-5]\d)(?<second>[0-5]\d)$/;

function parseDigits(text: string, clock: Clock): TimeRead | null {
  const parts = (DIGITS.exec(text) ?? SHORT_DIGITS.exec(text))?.groups;
  const read = parts === undefined ? null : fromParts(parts, clock);
  if (read === null || read === NOBODYS) return null;
  return Math.abs(Number(read.at / 1_000_000n) - clock.nearMs) > MOST_BEHIND_MS ? null : read;
}

/** .NET's old serializers: `/Date(1795417020783+0100)/`; the zone is the writer's and changes nothing. */
const DATE_OF_NET = /^\/Date\((\d{12,13})(?:[+-]\d{4})?\)\/$/;

/** Reads a whole text as a time in any of the known formats, epoch counts included. Null where it is none. */
export function parseTime(text: string, clock: Clock): TimeRead | null {
  const trimmed = text.trim();
  const digits = /^\d{12,20}$/.test(trimmed) ? parseDigits(trimmed, clock) : null;
  if (digits !== null) return digits;
  const epoch = parseEpoch(DATE_OF_NET.exec(trimmed)?.[1] ?? trimmed, clock);
  if (epoch !== null) return { at: epoch, zoned: true, stepMs: stepOfEpoch(trimmed), dated: true };
  const open = trimmed.startsWith("[") ? 1 : 0;
  const short = (): TimeRead | null => readAt(SHORT_FORMATS, trimmed, open, clock);
  return readTai(trimmed) ?? readTimeAt(trimmed, open, clock) ?? short();
}

const TAI = /^@(4[0-9a-f]{15})([0-9a-f]{8})?(?:[0-9a-f]{8})?\b/;
/** What the labels of TAI64 begin with, and the ten seconds that its writers add. */
const TAI_EPOCH = (1n << 62n) + 10n;

/** daemontools, runit, s6: @40000000 and so on. */
function readTai(text: string): (TimeRead & { readonly end: number }) | null {
  const label = text.charCodeAt(0) === 0x40 ? TAI.exec(text) : null;
  if (label === null) return null;
  const nanos = label[2] === undefined ? 0n : BigInt(`0x${label[2]}`);
  const at = (BigInt(`0x${label[1]}`) - TAI_EPOCH) * 1_000_000_000n + nanos;
  return { at, zoned: true, stepMs: label[2] === undefined ? 1_000 : 1, dated: true, end: label[0].length };
}

/** Reads the time a line begins with, bare or in brackets, and says where the rest of the line begins. */
export function readLeadingTime(text: string, clock: Clock): (TimeRead & { readonly end: number }) | null {
  // logrus writes the time behind its level: ERRO[2026-11-23T06:57:00Z]
  const level = LEVEL_BEFORE.exec(text)?.[0].length ?? 0;
  const open = text.charCodeAt(level) === 0x5b ? level + 1 : level;
  const read =
    readTimeAt(text, open, clock) ??
    readClockFirst(text, open, clock) ??
    readLeadingEpoch(text, open, clock) ??
    readTai(text);
  if (read === null) return null;
  let { end } = read;
  if (open > 0) {
    if (text[end] === "]") end += 1;
    else if (!LEVEL_INSIDE.test(text.slice(end, end + 12))) return null;
  }
  for (let sign = text.charCodeAt(end); sign === 0x20 || sign === 0x09; sign = text.charCodeAt(end)) end += 1;
  return endingAt(read, end);
}

/**
 * A time of day. Where a day stands right behind it (another time with its date, or one in a form that is not known) the line was written
 * then, and not today: the first may be how long a build had run. Null then; whoever looks for a time inside of the line finds the other.
 */
function readClockFirst(text: string, open: number, clock: Clock): (TimeRead & { readonly end: number }) | null {
  const read = readAt(SHORT_FORMATS, text, open, clock);
  if (read === null || read.dated) return read;
  return DAY_BEHIND.test(text.slice(read.end, read.end + NEAR_BEHIND)) ? null : read;
}

/** Serilog's console writes the level into the brackets of its time: [06:57:00 ERR] */
const LEVEL_INSIDE = /^ [A-Z]{3,9}\]/;

const NEAR_BEHIND = 48;
/** Bars, a level or a letter for a stream, a step in brackets, then what looks like a day. */
const DAY_BEHIND =
  /^(?:\[[^\][]{1,24}\]|\p{Lu}{1,8}\b|[\s\]|:>,-]){0,24}\[?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?![\d.])|\d{1,2}[ /-]\p{Lu}\p{Ll}{2}[ /-]\d{4}|(?:\p{Lu}\p{Ll}{2,8},? )?\p{Lu}\p{Ll}{2,8} \d{1,2}(?: \d\d:|(?:st|nd|rd|th)?,? \d{4})|\d{4}年|(?:19|20)\d{6}[ T_-]\d\d)/u;

const LEVEL_BEFORE = /^(?:TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)(?=\[\d{4}-)/;
const LEADING_EPOCH = /(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19}|\d\.\d{7,18}e\+(?:09|12|15|18))(?=[\s\]])/y;

function readLeadingEpoch(text: string, from: number, clock: Clock): (TimeRead & { readonly end: number }) | null {
  LEADING_EPOCH.lastIndex = from;
  const groups = LEADING_EPOCH.exec(text);
  const at = groups?.[1] === undefined ? null : parseEpoch(groups[1], clock);
  if (groups === null || at === null) return null;
  return { at, zoned: true, stepMs: stepOfEpoch(groups[0]), dated: true, end: from + groups[0].length };
}

function stepOfEpoch(text: string): number {
  return /^\d{9,11}$/.test(text) ? 1_000 : 1;
}

/**
 * Where a time may begin inside a line: behind white space, a bracket, a quote or a bar, behind a level and its colon, or where the line
 * begins.
 */
const INSIDE =
  /(?:^|[\s[("|<>{;,*]|^[A-Z]{4,8}:)(?=(?:\d{1,4}[-/.年]|\d\d \p{Lu}\p{L}{2} (?:\d{4} |\d\d:)|\p{Lu}\p{L}{2,8}\.?[ ,]|\d{8}[ T_-]\d|\d{6} {1,2}\d{1,2}:\d\d:))/gu;
/** Words before a time that is another one than that of the line. */
const ANOTHERS =
  /(?:^|[\s([])(?:from|since|until|till|after|before|between|due|deadline|expires|expired)[\s:=]{1,2}["'(]?$/i;
const AFTER_LEVEL = /\b(?:TRACE|DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL) +(?=\d\d-\d\d \d\d:)/;
/** How far into a line a time is looked for. */
const HEAD_LENGTH = 120;

/** The first time with a date in the head of a line that does not begin with one, as access logs write it. Null where there is none. */
export function findTime(text: string, clock: Clock): TimeRead | null {
  const head = text.slice(0, HEAD_LENGTH + 40);
  INSIDE.lastIndex = 0;
  for (let match = INSIDE.exec(head); match !== null && match.index < HEAD_LENGTH; match = INSIDE.exec(head)) {
    const at = match.index + match[0].length;
    const read = ANOTHERS.test(head.slice(0, at)) ? null : readTimeAt(head, at, clock);
    if (read !== null) return read;
    if (match[0] === "") INSIDE.lastIndex += 1;
  }
  const level = AFTER_LEVEL.exec(head);
  return level === null ? null : readAt(SHORT_FORMATS, head, level.index + level[0].length, clock);
}
