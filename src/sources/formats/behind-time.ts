/**
 * What may stand behind a time that a pattern has read: the half of its day, and the zone it is in, in the many ways in which languages and
 * programs write them. What is a zone and cannot be told is an answer too: a time without its zone is another instant.
 */
import { MAX_OFFSET_MINUTES, parseZone, type Zone } from "./zone.ts";
import { isZoneName, minutesOfZone } from "./zone-names.ts";

/** No zone can be told from what stands there. */
export const REFUSED = "refused";

/** How far ahead of UTC a zone is when its clocks show a time, or why nobody knows; and where its text ends. */
export interface ZoneBehind {
  readonly zone: Zone | typeof REFUSED;
  readonly end: number;
}

const [SPACE, TAB, PLUS, DASH, MINUS, OPEN, BRACKET, SMALL_T, UPPER_A, UPPER_Z] = [
  0x20, 0x09, 0x2b, 0x2d, 0x2212, 0x28, 0x5b, 0x74, 0x41, 0x5a,
];

/** `+05:30`, `+5`, `(UTC+05:30)`, `[+05:30]`, `GMT +0530`, `tz=+05:30`, `+05h30`, `+05:30:00`. */
const OFFSET =
  /\s?(?<open>[([]\s?)?(?<tz>tz=|TZ=)?(?<utc>(?:UTC|GMT|UT)\s?)?(?<offset>[+\u2212-]\d{1,2}(?:[:.h]?\d\d)?(?::\d\d)?)(?![\d:])\s?(?<close>[)\]])?/uy;
/** `Europe/Berlin`, `[America/St_Johns]`, `PRC`, `EST5EDT`. */
const AREA =
  /\s?[([]?(?<name>(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)\/[\w+-]+(?:\/[\w+-]+)?|(?:EST5EDT|CST6CDT|MST7MDT|PST8PDT|PRC|ROC|ROK|Zulu|UCT|UT|Japan|Singapore|Hongkong|Turkey|Navajo|Universal)\b)[)\]]?/uy;
/** `IST`, `(CET)`; a letter of the military only right behind the time. */
const ABBREVIATION = /(?:\s[([]?(?<name>[A-Z]{2,5})[)\]]?|(?<letter>[A-IK-Z]))(?![\w/:-])/uy;

/** The zone that stands behind a time; null where none does. `here`: what the reader's own is ahead of UTC, in minutes: names of several zones are its. */
export function zoneBehind(text: string, at: number, here: number): ZoneBehind | null {
  let sign = text.charCodeAt(at);
  if (sign === SPACE || sign === TAB) sign = text.charCodeAt(at + 1);
  const isNumber = sign === PLUS || sign === DASH || sign === MINUS;
  const isName = sign >= UPPER_A && sign <= UPPER_Z;
  if (!isNumber && !isName && sign !== OPEN && sign !== BRACKET && sign !== SMALL_T) return null;
  return offsetBehind(text, at) ?? areaBehind(text, at) ?? nameBehind(text, at, here);
}

function offsetBehind(text: string, at: number): ZoneBehind | null {
  OFFSET.lastIndex = at;
  const groups = OFFSET.exec(text)?.groups;
  if (groups === undefined) return null;
  const { offset = "", open, close, utc, tz } = groups;
  const isMarked = (open !== undefined && close !== undefined) || utc !== undefined || tz !== undefined;
  // A bracket around the time is not the zone's
  const end = open === undefined && close !== undefined ? OFFSET.lastIndex - 1 : OFFSET.lastIndex;
  // `-5` may be anything
  const isWhole = offset.startsWith("+") || /^.\d\d:?\d\d$/.test(offset);
  if (!isMarked && !isWhole) return null;
  // `+5` behind a space may be anything too, and a zone
  if (!isMarked && offset.length === 2 && /\s/.test(text[at] ?? "") && end < text.length) return { zone: REFUSED, end };
  const ms = offsetMs(offset);
  return { zone: ms === null ? REFUSED : () => ms, end };
}

/** Milliseconds ahead of UTC of a written offset; null where no zone is so far off. */
export function offsetMs(text: string): number | null {
  const parts = /([+\u2212-])(\d{1,2})(?:[:.h]?(\d\d))?(?::(\d\d))?$/.exec(text);
  if (parts === null) return null;
  const [, sign, hours, minutes = "0", seconds = "0"] = parts;
  const all = Number(hours) * 60 + Number(minutes);
  if (all > MAX_OFFSET_MINUTES || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const ms = all * 60_000 + Number(seconds) * 1000;
  return sign === "+" ? ms : -ms;
}

/** Making one of these costs more than reading many lines, and what is no zone is asked for as often. */
const zones = new Map<string, Zone | null>();
const MOST_ZONES = 1_000;

function areaBehind(text: string, at: number): ZoneBehind | null {
  AREA.lastIndex = at;
  const name = AREA.exec(text)?.groups?.["name"];
  if (name === undefined) return null;
  const end = AREA.lastIndex;
  let zone = zones.get(name);
  if (zone === undefined) {
    if (zones.size >= MOST_ZONES) zones.clear();
    zone = name === "UT" || name === "UCT" || name === "Zulu" ? () => 0 : parseZone(name);
    zones.set(name, zone);
  }
  return { zone: zone ?? REFUSED, end };
}

function nameBehind(text: string, at: number, here: number): ZoneBehind | null {
  ABBREVIATION.lastIndex = at;
  const groups = ABBREVIATION.exec(text)?.groups;
  const { name, letter } = groups ?? {};
  const end = ABBREVIATION.lastIndex;
  if (letter !== undefined) return { zone: letter === "Z" ? () => 0 : REFUSED, end };
  if (name === undefined || !isZoneName(name)) return null;
  const known = minutesOfZone(name, here);
  if (known !== null) return { zone: () => known * 60_000, end };
  return { zone: REFUSED, end };
}

const HALF =
  /\s?(?:(?<latin>[AaPp])\.?\s?[Mm]\b\.?|(?<letter>[ap])(?![\p{L}\d])|(?<am>上午|午前|오전|π\.μ\.|ÖÖ|ص|पूर्वाह्न|SA(?=\s|$)|\.PD(?=\s|$)|vorm\.)|(?<pm>下午|午後|오후|μ\.μ\.|ÖS|م|अपराह्न|CH(?=\s|$)|\.MD(?=\s|$)|nachm\.))/uy;

/** The half of the day that stands behind a time, as `a` or `p`, and where its text ends; null where none does. */
export function halfBehind(text: string, at: number): { readonly half: "a" | "p"; readonly end: number } | null {
  const sign = text.charCodeAt(at);
  if (Number.isNaN(sign)) return null;
  HALF.lastIndex = at;
  const groups = HALF.exec(text)?.groups;
  if (groups === undefined) return null;
  const { latin, letter, am } = groups;
  // An article, or the beginning of a word
  if (letter !== undefined && sign === SPACE && text.length > HALF.lastIndex) return null;
  const half = latin ?? letter ?? (am === undefined ? "p" : "a");
  return { half: half.toLowerCase() as "a" | "p", end: HALF.lastIndex };
}
