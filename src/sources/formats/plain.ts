/**
 * Lines for people -> a record in the making: a time, a level, a place in the code, and the message.
 *
 * Read by their parts, in the order in which every such logger writes them; what is not understood stays in the text.
 */

import { createDraft, type Draft, type ShapeContext } from "./draft.ts";
import { FieldReader } from "./fields.ts";
import { parseEmbedded } from "./json-text.ts";
import { takeTrailingPairs } from "./logfmt.ts";
import { addObject } from "./object-fields.ts";
import { parseSpanId, parseTraceId } from "./roles.ts";
import { type Clock, findTime, parseTime, readLeadingTime, type TimeRead } from "./times.ts";

const LEVEL_NAMES = "trace|debug|info|notice|warn|warning|error|err|fatal|panic|dpanic|critical|severe|dbg|inf|wrn|ftl";
const AFTER_LEVEL = "(?=[\\s:|[(-]|$):?[\\s|]*(?:-\\s+)?";
/** logrus without colours on a terminal, with the seconds since the start: `ERRO[0000] `. */
const LOGRUS_LEVEL = /^(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[\d+\]\s+/;
const BRACKETED_LEVEL = new RegExp(`^[[(<|]\\s*(${LEVEL_NAMES})\\s*[\\])>|]${AFTER_LEVEL}`, "i");
/** A level behind a time in the same brackets. */
const CLOSED_LEVEL = new RegExp(`^(${LEVEL_NAMES.toUpperCase()}|VRB)\\]\\s?`);
/** A bare word in capitals is a level; `panic: …` and `Error: …` in small letters begin what the program itself says. */
const BARE_LEVEL = new RegExp(`^(${LEVEL_NAMES.toUpperCase()})${AFTER_LEVEL}`);
const BARE_LEVEL_AFTER_TIME = new RegExp(`^((?!panic|fatal)(?:${LEVEL_NAMES}))${AFTER_LEVEL}`, "i");
const CALLER =
  /^\[?([\w./@()*$-]+\.(?:go|py|js|mjs|cjs|ts|java|kt|rs|cc|cpp|c|h|cs|rb|php|scala|ex):\d+)(?:\]|:)?(?:\]|:)?[\s|]+(?:-\s+)?/;
const KLOG_REST = /^\s*(\d+)\s+([\w./-]+:\d+)\]\s?/;
/** java.util.logging: the method, and the level on the next line. */
const JUL_REST = /^([\w.$]+(?: [\w$<>]+)?)\r?\n(SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): /;
/** A transaction as varnishlog groups it, and the instants in it. */
const VARNISH_TRANSACTION = /^\*{1,4} +<< \w+ +>> \d/;
const VARNISH_TIMESTAMP = /^-{1,4} +Timestamp +\w+: (\d{10}\.\d{1,9}) /gm;
const KLOG_LEVELS: Readonly<Record<string, string>> = { I: "Info", W: "Warning", E: "Error", F: "Fatal", D: "Debug" };

const TRACE_IN_TEXT = /\b(?:trace[_.-]?id|traceID)["']?\s*[=:]\s*["']?([0-9a-fA-F]{32}|[0-9a-fA-F]{16})\b/i;
const SPAN_IN_TEXT = /(?<!parent[_.-]?)\bspan[_.-]?id["']?\s*[=:]\s*["']?([0-9a-fA-F]{16})\b/i;

/** zap's console encoder and others append the fields as one JSON object. */
function takeTrailingObject(
  text: string,
  context: ShapeContext,
): { readonly head: string; readonly draft: Draft | null } {
  // The lines of a stack may follow
  const lineEnd = text.indexOf("\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  if (!line.endsWith("}")) return { head: text, draft: null };
  const from = /(?:^|\s)\{"/.exec(line)?.index ?? -1;
  const object = from < 0 ? null : parseEmbedded(line.slice(from));
  if (object === null) return { head: text, draft: null };
  const reader = new FieldReader(context);
  addObject(reader, object);
  return { head: line.slice(0, from).trimEnd() + text.slice(line.length), draft: reader.finish() };
}

function takeLevelAndCaller(text: string, draft: Draft): string {
  let rest = text;
  // Kitex writes `chat.go:118: [Error] …`, most others the level first: two rounds read both orders
  for (let round = 0; round < 2; round += 1) {
    const caller = draft.fields.has("caller") ? null : CALLER.exec(rest);
    if (caller !== null) {
      draft.fields.set("caller", caller[1] ?? "");
      rest = rest.slice(caller[0].length);
    }
    const bare = draft.at === null ? BARE_LEVEL : BARE_LEVEL_AFTER_TIME;
    const level = draft.fields.has("level")
      ? null
      : (BRACKETED_LEVEL.exec(rest) ?? LOGRUS_LEVEL.exec(rest) ?? CLOSED_LEVEL.exec(rest) ?? bare.exec(rest));
    if (level !== null) {
      draft.fields.set("level", level[1] ?? "");
      rest = rest.slice(level[0].length);
    }
  }
  return rest;
}

/** Reads a plain event, of one line or several. */
export function readPlain(text: string, context: ShapeContext): Draft {
  const draft = createDraft();
  let rest = text;
  const time = readLeadingTime(text, context.clock);
  if (time !== null) {
    takeTime(draft, time);
    rest = text.slice(time.end);
    const klog = KLOG_LEVELS[text[0] ?? ""];
    const parts = klog === undefined ? null : KLOG_REST.exec(rest);
    if (klog !== undefined && parts !== null) {
      draft.fields.set("level", klog).set("caller", parts[2] ?? "");
      rest = rest.slice(parts[0].length);
    }
    const jul = JUL_REST.exec(rest);
    if (jul !== null) {
      draft.fields.set("level", jul[2] ?? "").set("caller", jul[1] ?? "");
      rest = rest.slice(jul[0].length);
    }
  } else {
    const inside = endOfTransaction(text, context.clock) ?? findTime(text, context.clock);
    if (inside !== null) takeTime(draft, inside);
  }
  rest = takeLevelAndCaller(rest, draft);
  const object = takeTrailingObject(rest, context);
  const { head, draft: trailing } = object.draft === null ? takeTrailingPairs(rest, context) : object;
  draft.texts.push(head);
  if (trailing !== null) {
    draft.texts.push(...trailing.texts);
    for (const [name, value] of trailing.fields) if (!draft.fields.has(name)) draft.fields.set(name, value);
    draft.names = trailing.names;
    if (trailing.at !== null && (draft.at === null || isFinerTime(trailing, draft)))
      takeTime(draft, { ...trailing, at: trailing.at });
    draft.traceId = trailing.traceId;
    draft.spanId = trailing.spanId;
  }
  draft.traceId ??= parseTraceId(TRACE_IN_TEXT.exec(rest)?.[1] ?? "");
  draft.spanId ??= parseSpanId(SPAN_IN_TEXT.exec(rest)?.[1] ?? "");
  return draft;
}

const QUARTER_MS = 900_000;

/** True for a time that is the same as one before it, told more finely: what a logger writes says better when it was than what a shipper put before. */
function isFinerTime(fine: Draft, coarse: Draft): boolean {
  if (fine.at === null || coarse.at === null || fine.stepMs >= coarse.stepMs) return false;
  const difference = Number(fine.at - coarse.at) / 1e6;
  // Where one has no zone they differ by whole quarters of an hour
  const rest = fine.zoned && coarse.zoned ? difference : difference - Math.round(difference / QUARTER_MS) * QUARTER_MS;
  return Math.abs(rest) <= 2 * coarse.stepMs;
}

/** The last instant of a transaction of Varnish: it is written as a whole when it is over. */
function endOfTransaction(text: string, clock: Clock): TimeRead | null {
  if (!VARNISH_TRANSACTION.test(text)) return null;
  const last = [...text.matchAll(VARNISH_TIMESTAMP)].at(-1)?.[1];
  return last === undefined ? null : parseTime(last, clock);
}

function takeTime(draft: Draft, { at, zoned, stepMs, dated }: TimeRead): void {
  draft.at = at;
  draft.zoned = zoned;
  draft.stepMs = stepMs;
  draft.dated = dated;
}
