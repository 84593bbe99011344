/**
 * Which lines begin an event and which go on with the one before.
 *
 * A stack trace follows its message on lines of their own. A line is judged by its head alone, after the wrapper of a container runtime
 * is taken off.
 */
import { stripAnsi } from "../formats/ansi.ts";
import { isHeading } from "../formats/headings.ts";
import { hasUnreadTime } from "../formats/unread-time.ts";
import { unwrapLine } from "../formats/wrapper.ts";

/**
 * - `start`: begins with a time, a level or a logger's prefix: an event begins here
 * - `json`: begins an object, or is a request in an access log: such an event is one line
 * - `indented`: begins with white space (or is empty): goes on
 * - `open`: a brace alone: an object printed over several lines begins here
 * - `close`: such an object ends here
 * - `loose`: none of these: goes on after a `start`, stands alone otherwise
 */
export type LineKind = "start" | "json" | "open" | "close" | "indented" | "loose";

/** What the joining of lines needs to know of one. */
export interface LineFacts {
  readonly kind: LineKind;
  /** The next physical line is a piece of this one. */
  readonly partial: boolean;
  /** It is so only if what follows looks like its end, see {@link isCut}. */
  readonly short?: number;
  /** It may be the second half of the line above, if that one is `partial`. */
  readonly second?: true;
  /** A container runtime or a shipper wrote something around it. */
  readonly wrapped: boolean;
  /** An object begins behind a prefix, or as Python writes it, which may go on in the lines below where it does not end on its own. */
  readonly opensObject?: true;
}

const START = new RegExp(
  [
    "^(?:\\[?\\d{4}[-/]\\d\\d[-/]\\d\\d[T ,_]\\d\\d:",
    // The same with other signs, words or brackets between; days of the year, weeks
    "[[<{(]?\\d{4}[-/.](?:\\d{1,2}|[A-Z][a-z]{2})[-/.]\\d{1,2}(?:[Tt ,_;|:/\\t-]{1,2}| - |\\] ?\\[| \\(?[A-Z][a-z]{2}\\)? | at | um )[^\\x00-\\x7f]{0,6} ?\\d{1,2}[:.-]",
    "\\[?\\d{4}(?:[-/.]\\d{3}[T ]|\\d{3}T|-?W\\d\\d-?\\d[T ])\\d\\d:?\\d\\d",
    "[IWEF]?\\d{6} {1,2}\\d{1,2}:\\d\\d:\\d\\d[. ]",
    "[IWEFD]\\d{4}(?:\\d{4})? \\d\\d:\\d\\d:",
    "[A-Z][a-z]{2} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:",
    "\\[?\\d\\d?/[A-Z][a-z]{2}/\\d{4}[: ]",
    "<\\d{1,3}>",
    "(?:[A-Z][a-z]{2},? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \\d]\\d \\d\\d:\\d\\d:",
    "\\[?\\d{8}[T _-]\\d\\d:?\\d\\d",
    "\\[?\\d{1,2}([-/.])\\d{1,2}\\1(?:\\d{4}|\\d\\d),?[ T]\\d{1,2}:\\d\\d",
    // The year's sign, also as the bytes of its UTF-8: heads of lines are looked at as such
    "\\[?\\d{4}(?:\u5e74|\u00e5\u00b9\u00b4)\\d{1,2}",
    "(?:[A-Z][a-z]{2,8},? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \\d{1,2}(?:st|nd|rd|th)?,? \\d{4},? ",
    "(?:[A-Z][a-z]{2,8}, )?\\d{1,2}[- ](?:[A-Z][a-z]{2,8}|[A-Z]{3})[- ]\\d{2,4}(?:,? |::|:)\\d{1,2}:\\d\\d",
    "=[A-Z]+ REPORT==== ",
    "####<",
    "@4[0-9a-f]{15}",
    "\\[ *\\d+\\.\\d{3,6}\\] ",
    "\\d+\\.\\d\\d\\.\\d{3}\\.\\d{3} [A-Z] ",
    "\\[?\\d\\d:\\d\\d:\\d\\d[.,\\] ]",
    "\\[?(?:\\d{10}(?:\\.\\d+)?|\\d{13}|\\d{16}|\\d{19})[\\]\\s]",
    "(?:time|ts|level|lvl|msg|t|timestamp|event|severity)=",
    "[[(<]?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|PANIC|CRITICAL|TRAC|DEBU|ERRO|FATA|PANI)[\\])>]?[\\s:|[]",
    // zerolog's console; logrus on a terminal; a process named before the level, as vLLM does
    "\\d{1,2}:\\d\\d(?::\\d\\d)? ?[AP]M ",
    "(?:TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\\[\\d",
    "\\([\\w .=-]{1,40}\\) (?:DEBUG|INFO|WARNING|ERROR)\\b",
    // Tornado
    "\\[[DIWEC] \\d{6} \\d\\d:\\d\\d:\\d\\d ",
    // NestJS
    "\\[Nest\\] \\d+ +- ",
    // Redis; a transaction of Varnish
    "\\d+:[CMSX] \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:",
    "\\*{1,4} +<< [A-Za-z]+ +>> \\d)",
  ].join("|"),
);

/** Lines that nothing goes on with: requests in access logs, traces of one event, llama.cpp's own lines. */
const ALONE = new RegExp(
  [
    "^(?:\\[GIN\\] ",
    '\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)? (?:\\S+ \\S+ \\[|- ")',
    "\\[pid: \\d",
    "[DIE] \\d{4}-\\d\\d-\\d\\dT",
    "(?:srv|slot|que|res) +\\w+:)",
  ].join("|"),
);

/** java.util.logging writes the time and the method on one line, the level and the message on the next. */
const JUL_HEAD =
  /^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d(?:(?:\s|[\u0080-\u00ff]{3})?[AP]M)? [\w.$]+(?: [\w$<>]+)?\s*$/;
const JUL_REST = /^(?:SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): /;

/** Rust's tracing with the time since the start, which is set to the right. */
const UPTIME = /^ {1,6}\d+\.\d{6,9}s +(?:ERROR|WARN|INFO|DEBUG|TRACE) /;

/** What belongs to a transaction of Varnish. */
const VARNISH_PART = /^-{1,4} +[A-Z]\w+ /;

/** Objects and lists that are printed nicely begin and end so, and nothing else does. */
const BRACE = /^(?:(?:[%&]?[A-Za-z_][\w.]{0,64} ?)?[{[(]|[}\])][,;)]?)\s*$/;

/** Lines with which an event begins, whatever stands above. */
export function begins({ kind }: LineFacts): boolean {
  return kind === "start" || kind === "json" || kind === "open";
}

/** Says whether a line goes on in the one below. */
export function isCut(line: LineFacts, below: LineFacts): boolean {
  // Pieces are of one length, but for the last
  return (
    line.partial && (line.short === undefined || (!begins(below) && (!below.partial || below.short === line.short)))
  );
}

/** Stands before each text of a JSON sequence, RFC 7464. */
const RECORD_SEPARATOR = 0x1e;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;

/** Judges a line by its head (some hundred characters are enough, see {@link LineFacts.partial} for the exception: Docker's pieces). */
export function parseLineHead(head: string): LineFacts {
  let text = stripAnsi(head);
  if (isHeading(text)) return { kind: "json", partial: false, wrapped: false };
  let partial = false;
  let short: number | undefined;
  let wrapped = false;
  for (let layers = 0; layers < 3; layers += 1) {
    const opened = unwrapLine(text);
    if (opened === null) break;
    text = opened.text;
    partial ||= opened.partial;
    short ??= opened.short;
    wrapped = true;
  }
  const facts = factsOf(text, partial, wrapped);
  return short === undefined ? facts : { ...facts, short };
}

/** Judges a line without its wrappers, which is no heading where it has none: that was asked before. */
function factsOf(text: string, partial: boolean, wrapped: boolean): LineFacts {
  const first = text.charCodeAt(0);
  if (BRACE.test(text)) return { kind: /[{[(]\s*$/.test(text) ? "open" : "close", partial, wrapped };
  if (first === 0x7b && !partial && (wrapped ? text.charCodeAt(1) === QUOTE : text.charCodeAt(1) === APOSTROPHE))
    return { kind: "json", partial, wrapped, opensObject: true };
  if (first === 0x7b || first === RECORD_SEPARATOR || ALONE.test(text) || (wrapped && isHeading(text)))
    return { kind: "json", partial, wrapped };
  if (Number.isNaN(first) || first === 0x20 || first === 0x09 || first === 0x0d)
    return { kind: UPTIME.test(text) ? "start" : "indented", partial, wrapped };
  if (VARNISH_PART.test(text)) return { kind: "indented", partial, wrapped };
  if (!START.test(text) && !hasUnreadTime(text)) return { kind: "loose", partial, wrapped };
  if (JUL_REST.test(text)) return { kind: "start", partial, wrapped, second: true };
  return { kind: "start", partial: partial || JUL_HEAD.test(text), wrapped };
}
