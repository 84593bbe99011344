/**
 * The usual forms of RFC 3339 and of what looks like it (Go's log and Kitex's with slashes), read sign by sign: most times of most logs are
 * one, and a pattern with named groups costs more than the rest of such a line. What this leaves alone the patterns of `time-formats.ts` read;
 * what it reads they read alike.
 */

import { MAX_OFFSET_MINUTES } from "./zone.ts";

/** A time as it stands in a text. */
export interface IsoTime {
  /** Milliseconds since the epoch, as if the zone were UTC. */
  wallMs: number;
  /** What is behind the whole second. */
  nanos: number;
  /** Whether a fraction is written. */
  fine: boolean;
  /** How far the zone is ahead of UTC, in milliseconds; null where none is written. */
  offsetMs: number | null;
  /** Where it ends in the text. */
  end: number;
}

const [ZERO, NINE, COLON, DASH, SLASH, DOT, COMMA, PLUS, SPACE, CAPITAL_T, CAPITAL_Z] = [
  0x30, 0x39, 0x3a, 0x2d, 0x2f, 0x2e, 0x2c, 0x2b, 0x20, 0x54, 0x5a,
];
const MAX_DECIMALS = 9;
/** Go writes the year 1 for a time that was never set. */
const MIN_YEAR = 1970;
/** Other calendars count other years. */
const MAX_YEAR = 2200;
/** Milliseconds of a minute. */
export const MINUTE_MS = 60_000;
/** Closing signs and a bar: nothing of a time begins with one. */
const ENDS: ReadonlySet<number> = new Set([...'"])}|'].map((sign) => sign.charCodeAt(0)));

/** The time that was read last: whoever gets it takes what it needs at once. */
const found: IsoTime = { wallMs: 0, nanos: 0, fine: false, offsetMs: null, end: 0 };

/** The day that was read last, as eight digits, and when it began: lines of one day follow one another. */
let lastDay = -1;
let lastDayMs = 0;

/** Reads a time at one position; null where none stands there in one of the usual forms. What is returned holds until the next call. */
export function readIsoTime(text: string, from: number): IsoTime | null {
  const separator = text.charCodeAt(from + 4);
  if (separator !== DASH && separator !== SLASH) return null;
  const second = text.charCodeAt(from + 7);
  const between = text.charCodeAt(from + 10);
  if ((second !== DASH && second !== SLASH) || (between !== CAPITAL_T && between !== SPACE)) return null;
  if (text.charCodeAt(from + 13) !== COLON || text.charCodeAt(from + 16) !== COLON) return null;
  const year = twoDigits(text, from) * 100 + twoDigits(text, from + 2);
  const dayMs = dayOf(year, twoDigits(text, from + 5), twoDigits(text, from + 8));
  const hour = twoDigits(text, from + 11);
  const minute = twoDigits(text, from + 14);
  const seconds = twoDigits(text, from + 17);
  // Not a number where a sign is no digit
  if (!(hour < 24 && minute < 60 && seconds < 60 && dayMs >= 0)) return null;
  found.wallMs = dayMs + (hour * 60 + minute) * MINUTE_MS + seconds * 1000;
  return withFraction(text, from + 19) ? found : null;
}

function withFraction(text: string, from: number): boolean {
  const sign = text.charCodeAt(from);
  let at = from;
  let nanos = 0;
  found.fine = false;
  if (sign === DOT || sign === COMMA) {
    at += 1;
    let code = text.charCodeAt(at);
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(at)) {
      nanos = nanos * 10 + code - ZERO;
      at += 1;
    }
    const decimals = at - from - 1;
    if (decimals === 0 || decimals > MAX_DECIMALS) return false;
    for (let left = MAX_DECIMALS - decimals; left > 0; left -= 1) nanos *= 10;
    found.fine = true;
  }
  found.nanos = nanos;
  return withZone(text, at);
}

function withZone(text: string, at: number): boolean {
  const sign = text.charCodeAt(at);
  if (sign === CAPITAL_Z) {
    found.offsetMs = 0;
    found.end = at + 1;
  } else if (sign === PLUS || sign === DASH) {
    const minutesAt = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
    const minutes = twoDigits(text, at + 1) * 60 + twoDigits(text, minutesAt);
    if (!(minutes <= MAX_OFFSET_MINUTES)) return false;
    found.offsetMs = (sign === PLUS ? minutes : -minutes) * MINUTE_MS;
    found.end = minutesAt + 2;
  } else {
    found.offsetMs = null;
    found.end = at;
  }
  return isOver(text, found.end);
}

/** True where nothing that follows can belong to the time: half of a day, a zone, a zone's name. */
function isOver(text: string, at: number): boolean {
  const sign = text.charCodeAt(at);
  if (Number.isNaN(sign) || ENDS.has(sign)) return true;
  if (sign !== SPACE) return false;
  const next = text.charCodeAt(at + 1);
  // A small letter but a and p, a bracket, a quote, a bar
  return (next > 0x61 && next <= 0x7a && next !== 0x70) || next === 0x5b || next === 0x28 || ENDS.has(next);
}

/**
 * When a day began, in milliseconds since the epoch as if the zone were UTC; -1 where there is no such day (the 30th of February), or none of a
 * log's.
 */
export function dayOf(year: number, month: number, day: number): number {
  const key = (year * 100 + month) * 100 + day;
  if (key === lastDay) return lastDayMs;
  if (
    !(
      year >= MIN_YEAR &&
      year <= MAX_YEAR &&
      month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      day <= 28 + daysBeyond(year, month)
    )
  )
    return -1;
  lastDay = key;
  lastDayMs = Date.UTC(year, month - 1, day);
  return lastDayMs;
}

function daysBeyond(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate() - 28;
}

/** Two digits as a number; NaN where one is none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
