/**
 * Lines of other programs that a program tells of in a line of its own: a collector that could not parse one, an alert with the last one, a
 * statement of SQL that stores one, a change of the code that makes one. Whoever tells of it did not write it.
 *
 * Words about lines, or about code, must stand before it, and it must begin as a line of a log does or stand in quotes: a logger's
 * `msg="recv failed: …"` has no such words, and a service that drops an event because a call failed tells of its own call.
 */
import type { SourceRecord } from "../model/index.ts";
import { LINE as LINE_FIELD, rolesIn, rolesOf } from "./field-roles.ts";
import { remember } from "./remember.ts";

/** How a whole line of a log begins, behind a sign that ends the words before: a time and then a level or a place in the code; an object. */
const LINE =
  /(?:[:=(>|] {0,2}["'`]?|["'`])(?:(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|[IWEF]\d{4} \d\d:\d\d:)(?=[^\n]{0,100}(?:\b(?:ERROR|ERR|WARN|WARNING|INFO|FATAL|DEBUG)\b|\[(?:[Ee]rror|[Ww]arn|[Ii]nfo)|\.(?:go|py|js|ts|java|rs|rb|cc|cpp|kt|cs):\d|\blevel=))|\{\s*\\?"(?:time|ts|timestamp|@timestamp|level|severity|log)\\?":)/;
/** What is done with lines of others. */
const HANDLING =
  /\b(?:pars(?:e|ed|ing|er)|decod(?:e|ed|ing)|unmarshal\w*|drop(?:ped|ping)?|discard(?:ed|ing)?|reject(?:ed|ing)?|skip(?:ped|ping)|ignor(?:ed|ing)|malformed|unknown format|forward(?:ed|ing)|shipp(?:ed|ing)|index(?:ed|ing)|ingest(?:ed|ing)?|insert(?:ed|ing)?|stor(?:e|ed|ing)|publish(?:ed|ing)|replay(?:ed|ing)?|match(?:ed|es|ing)|alerts?|alerting|firing|notif\w+|quarantin\w+|dead.?letter\w*|redact\w*|lines?|log entr(?:y|ies)|samples?|examples?)\b/i;
/** Words right before what they quote. */
const QUOTING: readonly RegExp[] = [
  // last line was: …, offending log line="…
  /\b(?:(?:log|last|raw|offending|bad|matching|matched|sample|example|unparsed|original) (?:log )?(?:lines?|entry|entries)|failed (?:line|log))(?: was| is| reads?|,? \w+ing)?\s?[:=]\s?["'`]?[^\n]{0,300}$/i,
  // A statement of SQL
  /\b(?:INSERT INTO|REPLACE INTO|UPDATE \S{1,64} SET|DELETE FROM|SELECT\b[^\n]{1,200}\bFROM)\b[^\n]{0,400}[\s(,=]'[^'\n]*$/i,
  // Source code, a test's expectation
  /\b(?:errors\.New|fmt\.Errorf|Errorf|Contains|MustCompile|assert\w*|expect)\([^"'`\n]{0,40}["'`][^"'`\n]{0,60}$/,
  /\b(?:var|const|let)\s+\w+\s*:?=\s?[^\n"'`]{0,40}["'`][^"'`\n]{0,60}$/,
  /\b(?:expected|want)\b[^\n"'`]{0,40}["'`][^"'`\n]{0,60}$/,
  // A metric and its labels
  /^[a-zA-Z_:][\w:]*\{\w+="[^\n]{0,500}$/,
];

/** What errors begin with, and the words of those that have no beginning. */
const ERROR = /\[ttstream error|rpc error: code|connection error: desc|biz error: /;
const WORD = /canceled|cancelled|deadline ?exceeded|rst_stream|timed out|connection reset|broken pipe/i;
const ERROR_OR_WORD = new RegExp(`${ERROR.source}|${WORD.source}`, "i");
/** Without one of them nothing is quoted. */
const SIGN = /["'`:=]/;
/** No words about lines are shorter. */
const SHORTEST = 8;
/** So much before an error is looked at. */
const BEFORE = 600;

/** True for a text that quotes a line of somebody else's, in which the error of the text stands. */
function quotes(text: string): boolean {
  return ERROR_OR_WORD.test(text) && quotesAround(text);
}

const quotesAround = remember((text): boolean => {
  const error = text.search(ERROR);
  const at = error < 0 ? text.search(WORD) : error;
  if (at < SHORTEST) return false;
  const before = text.slice(Math.max(0, at - BEFORE), at);
  if (!SIGN.test(before)) return false;
  const line = LINE.exec(before);
  if (line !== null && HANDLING.test(before.slice(0, line.index))) return true;
  return QUOTING.some((pattern) => pattern.test(before));
});

/** True where a field holds somebody's line, and the message beside it says what is done with that. */
function quotesInField({ texts, fields }: SourceRecord): boolean {
  // Fields in which such a program puts the line itself, beside its own message
  if ((rolesIn(fields) & LINE_FIELD) === 0) return false;
  for (const [name, value] of fields) {
    if ((rolesOf(name) & LINE_FIELD) === 0 || !(ERROR.test(value) || WORD.test(value))) continue;
    if (texts.some((text) => !value.includes(text) && !text.includes(value) && HANDLING.test(text))) return true;
  }
  return false;
}

/** True for a record that only tells of what another program wrote. */
export function quotesLine(record: SourceRecord): boolean {
  return record.span === undefined && (record.texts.some(quotes) || quotesInField(record));
}
