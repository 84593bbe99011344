/**
 * How loggers write times: patterns with named groups for the parts. Every pattern is sticky: it is tried at one position only.
 */
import { Beginnings } from "./beginnings.ts";
import { ZONE_NAMES } from "./zone-names.ts";

/** Months as they are written, shortened too: English, and others by their first letters. */
const MONTHS: readonly (readonly string[])[] = [
  ["jan", "ene", "gen", "jän", "янв"],
  ["feb", "fév", "fev", "фев"],
  ["mar", "mär", "mrz", "maa", "мар"],
  ["apr", "avr", "abr", "апр"],
  ["may", "mai", "mag", "mei", "май", "мая"],
  ["jun", "juin", "giu", "июн"],
  ["jul", "juil", "lug", "июл"],
  ["aug", "aoû", "aou", "ago", "авг"],
  ["sep", "set", "сен"],
  ["oct", "okt", "ott", "out", "окт"],
  ["nov", "ноя"],
  ["dec", "dez", "déc", "dic", "дек"],
];
const MONTH = `(?<name>(?:${MONTHS.flat()
  .sort((a, b) => b.length - a.length)
  .map((name) => `[${(name[0] as string).toUpperCase()}${name[0]}]${name.slice(1)}|${name.toUpperCase()}`)
  .join("|")})\\p{L}{0,7}\\.?)`;
const FRACTION = String.raw`(?:[.,:](?<fraction>\d{1,9})\d*)?`;
const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)${FRACTION}`;
const HALF = String.raw`\s?(?<half>[AaPp])\.?[Mm]\b\.?`;
/** An hour of one or two digits, and maybe a half of the day behind it. */
const FREE_CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)${FRACTION})?(?:${HALF})?`;
/** What may stand between a day and a time, besides a space or a T: signs of columns, brackets, the day of the week, a word. */
const BETWEEN = String.raw`(?:[Tt ,_;|:/\t]{1,2}| - |\] ?\[| \(?[A-Z][a-z]{2}\)? | at | um )`;
/** A minus may be U+2212; Go writes the zone's name behind its offset. */
const OFFSET = [
  String.raw`(?<offset>[Zz]\b`,
  String.raw`\s?[+\u2212-]\d\d(?::?\d\d)?(?![\d:.h])(?:\s[A-Z]{3,4}\b)?`,
  String.raw`\s(?:UTC|GMT)\s?[+\u2212-]\d{1,2}(?::?\d\d)?(?![\d:])`,
  String.raw`\s(?:${ZONE_NAMES})\b(?!\s?[+\u2212-]\s?\d))?`,
].join("|");
const WEEKDAY = String.raw`(?:\p{Lu}\p{L}{1,9}\.?,? )?`;
const DATE = String.raw`(?<year>\d{4})[-/](?<month>\d\d)[-/](?<day>\d\d)`;

/** The number of a month, from 1; 0 where no month is called so. */
export function monthOf(name: string): number {
  const small = name.toLowerCase();
  return MONTHS.findIndex((names) => names.some((each) => small.startsWith(each))) + 1;
}

/** A format: what a time in it begins with, as a sample of it (see {@link Beginnings}), and all of it. */
interface Format {
  readonly begins: RegExp;
  readonly pattern: RegExp;
}

function sticky(begins: RegExp, pattern: string): Format {
  return { begins, pattern: new RegExp(pattern, "yu") };
}

/** No digit: the name of a month or of a day. */
const NAME = /^[^0]/;

/** Most usual first. */
const DATED: readonly Format[] = [
  // RFC 3339, Go's log and Kitex's (slashes), Python (comma), Java, Go's time.String(), GIN (` - `), PostgreSQL (`+08`, `CET`)
  sticky(/^0{4}[-/]/, `${DATE}${BETWEEN}${CLOCK}(?:${HALF})?${OFFSET}`),
  // Months, days and hours of one digit, no seconds, points, the half of the day before: 2026/11/3 6:57:00, 2026.11.23 06:57, 2026. 11. 23. 오전 6:57:00
  sticky(
    /^0{4}[-/.]/,
    String.raw`(?<year>\d{4})(?:(?<sign>[-/.])(?<month>\d{1,2})\k<sign>(?<day>\d{1,2})|\. (?<month2>\d{1,2})\. (?<day2>\d{1,2})\.)` +
      String.raw`[T ,]{1,2}(?<before>(?:上午|下午|午前|午後|오전|오후)\s?)?${FREE_CLOCK}(?![:\d]|\.\d)${OFFSET}`,
  ),
  // DB2, also with its minutes ahead of UTC, and file names: 2026-11-23-06.57.00.783910+060, 2026.11.23-06.57.00:783, 2026-11-23_06-57-00
  sticky(
    /^0{4}[-.]/,
    String.raw`(?<year>\d{4})(?<sign>[-.])(?<month>\d\d)\k<sign>(?<day>\d\d)[-_ T](?<hour>\d\d)(?<dot>[-.])(?<minute>\d\d)\k<dot>(?<second>\d\d)` +
      String.raw`${FRACTION}(?:(?<minutes>[+-]\d{3})(?!\d)|${OFFSET})`,
  ),
  // 2026-Nov-23 06:57:00
  sticky(/^0{4}[- /]/, String.raw`(?<year>\d{4})(?<sign>[- /])${MONTH}\k<sign>(?<day>\d{1,2})[T :]${CLOCK}${OFFSET}`),
  // ISO 8601 by weeks and by days of the year: 2026-W48-1T06:57:00Z, 2026-327T06:57:00Z, 2026327T065700Z
  sticky(
    /^0{4}[-W]/,
    String.raw`(?<year>\d{4})-?W(?<week>\d\d)-?(?<weekday>[1-7])[T ](?<hour>\d\d):?(?<minute>\d\d):?(?<second>\d\d)${FRACTION}${OFFSET}`,
  ),
  sticky(
    /^(?:0{4}[-/.]|0{7}T)/,
    String.raw`(?<year>\d{4})(?:[-/.](?<ordinal>\d{3})[T ]|(?<ordinal2>\d{3})T)(?<hour>\d\d):?(?<minute>\d\d):?(?<second>\d\d)${FRACTION}${OFFSET}`,
  ),
  // MySQL 5 and CockroachDB, with the two digits of the log's year: 261123  6:57:00, E261123 06:57:00.783910
  sticky(
    /^(?:0{6} |[IWEF])/,
    String.raw`[IWEF]?(?<shortYear>\d\d)(?<month>\d\d)(?<day>\d\d) {1,2}(?<hour>\d{1,2}):(?<minute>\d\d):(?<second>\d\d)${FRACTION}(?=[\s\]]|$)`,
  ),
  // Go's klog and glog, also with the year: E1123 06:57:00.783910, E20261123 06:57:00.783910
  sticky(/^[IWEFD]/, String.raw`[IWEFD](?<year>\d{4})?(?<month>\d\d)(?<day>\d\d) ${CLOCK}`),
  // Tornado, with the place in the code that stands in the same brackets: [E 261123 06:57:00 web:2591]
  sticky(/^[DIWEC]/, String.raw`[DIWEC] (?<year>\d\d)(?<month>\d\d)(?<day>\d\d) ${CLOCK} [\w.<>-]+:\d+(?=\])`),
  // Unix date and ANSI C: Mon Nov 23 06:57:00 UTC 2026
  sticky(NAME, String.raw`${WEEKDAY}${MONTH} {1,2}(?<day>\d{1,2}) ${CLOCK}(?:${HALF})?${OFFSET} (?<year>\d{4})\b`),
  // Cisco, java.util.logging, Kibana: Nov 23, 2026 6:57:00 AM, Nov 23, 2026 @ 06:57:00.783
  sticky(
    NAME,
    String.raw`${WEEKDAY}${MONTH} {1,2}(?<day>\d{1,2})(?:st|nd|rd|th)?,? (?<year>\d{4}),?(?: @| at)? ${FREE_CLOCK}${OFFSET}`,
  ),
  // syslog (RFC 3164): Nov 23 06:57:00
  sticky(NAME, String.raw`${WEEKDAY}${MONTH} {1,2}(?<day>\d{1,2}) ${CLOCK}`),
  // Redis 2: 23 Nov 06:57:00.783
  sticky(/^0{1,2} /, String.raw`(?<day>\d{1,2}) ${MONTH} ${CLOCK}(?=\s|$)`),
  // common log format: 23/Nov/2026:06:57:00 +0000
  sticky(/^0{1,2}\//, String.raw`(?<day>\d{1,2})/${MONTH}/(?<year>\d{4})[: ]${CLOCK}(?:${HALF})?${OFFSET}`),
  // RFC 1123 and 850, and other languages: Mon, 23 Nov 2026 06:57:00 GMT, Monday, 23-Nov-26 06:57:00 GMT, 23. November 2026 06:57:00
  sticky(
    /^(?:[^0]|0{1,2}[. -])/,
    String.raw`${WEEKDAY}(?<day>\d{1,2})(?:\. ?|[ -])(?:de )?${MONTH}(?: de)?[ -](?<year>\d{4}|\d\d)(?:,? |::|:)${FREE_CLOCK}${OFFSET}`,
  ),
  // ISO 8601 basic, and without its T: 20261123T065700.783Z, 20261123 06:57:00.783, 20261123-065700
  sticky(
    /^0{8}[T _-]/,
    String.raw`(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)[T _-](?<hour>\d\d):?(?<minute>\d\d):?(?<second>\d\d)${FRACTION}(?!\d)${OFFSET}`,
  ),
  // 23.11.2026 06:57:00,783
  sticky(
    /^0{1,2}\./,
    String.raw`(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4}|\d\d)(?:,?[ T]| um | at )${FREE_CLOCK}${OFFSET}`,
  ),
  // Days and months that may be either: 11/23/2026 06:57:00 AM, 23/11/2026, 23-11-2026; years of two digits: 26/11/23, 11/23/26; Signale's two brackets
  sticky(
    /^0{1,2}[/-]/,
    String.raw`(?<first>\d{1,2})(?<sign>[/-])(?<other>\d{1,2})\k<sign>(?<year>\d{4}|\d\d)(?:,?[ T]|\] \[)${FREE_CLOCK}${OFFSET}`,
  ),
  // 2026年11月23日 06:57:00, also with 时, 分 and 秒 and with the half of the day before
  sticky(
    /^0{4}[\s\u007f]/,
    String.raw`(?<year>\d{4})\s?[年년]\s?(?<month>\d{1,2})\s?[月월]\s?(?<day>\d{1,2})\s?[日일号]\s?(?:\p{L}{3}\s)?` +
      String.raw`(?<half>上午|下午|午前|午後|오전|오후)?\s?(?<hour>\d{1,2})[:时時点시]\s?(?<minute>\d{1,2})[:分분]\s?` +
      String.raw`(?<second>\d{1,2})[秒초]?${FRACTION}${OFFSET}`,
  ),
];

/** No clock follows: the one before the day is the day's. */
const NO_CLOCK = String.raw`(?![\d/.-])(?!,?[T _]\s?\d{1,2}[:.]\d\d)`;

/** Formats whose time stands before the day. */
const CLOCK_FIRST: readonly string[] = [
  DATE,
  String.raw`(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})`,
  String.raw`(?<first>\d{1,2})(?<sign>[/-])(?<other>\d{1,2})\k<sign>(?<year>\d{4})`,
  String.raw`${WEEKDAY}(?<day>\d{1,2})[ -]${MONTH}[ -](?<year>\d{4})`,
  String.raw`${WEEKDAY}${MONTH} (?<day>\d{1,2}),? (?<year>\d{4})`,
];

/** Formats that say less than a day and a time; they are believed only where a line begins, behind its level, or as a field of their own. */
const SHORT: readonly Format[] = [
  // zerolog's console: 6:51AM
  sticky(/^0{1,2}:/, String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)${FRACTION})?${HALF}(?=[\s\]]|$)`),
  // vLLM: 09-10 16:59:53
  sticky(/^00-/, String.raw`(?<month>\d\d)-(?<day>\d\d) ${CLOCK}(?=[\s\]]|$)`),
  // logback's default and others: 06:58:22.352
  sticky(/^00:/, String.raw`${CLOCK}(?=[\s\]]|$)`),
];

function thatMayBegin(formats: readonly Format[]): Beginnings<readonly RegExp[]> {
  return new Beginnings((sample) => formats.filter(({ begins }) => begins.test(sample)).map(({ pattern }) => pattern));
}

/** The patterns of times with a day that may stand where a text begins so. */
export const FORMATS: Beginnings<readonly RegExp[]> = thatMayBegin([
  ...DATED,
  ...CLOCK_FIRST.map((day) => sticky(/^00:/, `${CLOCK}(?:${HALF})?${OFFSET}(?:,?\\s{1,2}|\\] ?\\[)${day}${NO_CLOCK}`)),
]);

/** The patterns of those that say less. */
export const SHORT_FORMATS: Beginnings<readonly RegExp[]> = thatMayBegin(SHORT);
