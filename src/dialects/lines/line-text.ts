/**
 * A record as one line of words: named values behind the message, without the frames of stacks, which only say on which end of a stream the
 * program stood.
 */
import type { SourceRecord } from "../../model/index.ts";

/** What is looked at in a line; no program needs more to say what happened. */
const MAX_LENGTH = 8_192;
const MAX_FRAMES_LENGTH = 16_384;

/** A record in words. */
export interface LineText {
  readonly words: string;
  /** Frames of stacks, joined; empty where there are none. */
  readonly frames: string;
}

/** Fields that say when, where and how loud, not what. */
const BESIDE =
  /^(?:time|ts|timestamp|@timestamp|datetime|level|lvl|severity|loglevel|pid|hostname|host|caller|file|line|lineno|source|logger|logger_name|thread|thread_name|v|name|stream|process|container|pod|program|version)$|(?:^|\.)(?:stack|stacktrace|stack_trace|backtrace|columnnumber|linenumber|internalrepr)$/i;
const STACK = /(?:^|\.)(?:stack|stacktrace|stack_trace|backtrace)$/i;

/** Frames of Node.js, Java and .NET, Python with its code lines, Go. */
const FRAME =
  /^(?:\s+at |\s*File "|\s+[~^]+\s*$|\s{4,}\S|\t\S+\.go:\d+|[\w./*()-]+\.[\w.*()-]+(?:\(.*\))?\s*$|\s+\.\.\. \d+ (?:more|common frames)|goroutine \d+|created by |Traceback \(most|The above exception|During handling of|for call at\s*$)/;
/** An exception that a traceback ends with looks like a function of Go. */
const EXCEPTION = /(?:Error|Exception|Timeout|Cancelled|Disconnect|Closed)\b/;

/** Says what a record says, in one line. */
export function lineTextOf(record: SourceRecord): LineText {
  let frames = "";
  let words = "";
  const say = (text: string, label: string): void => {
    if (words.length > MAX_LENGTH) return;
    const told = text.includes("\n") ? withoutFrames(text) : { words: text, frames: "" };
    if (frames.length < MAX_FRAMES_LENGTH) frames += told.frames;
    if (told.words === "") return;
    words += `${words === "" ? "" : " "}${label}${told.words}`;
  };
  const { fields, texts } = record;
  const stackHeads: string[] = [];
  // A plain line stands there as it was written; of named values each has its name
  const named = new Set(fields.values());
  for (const text of texts) if (!named.has(text)) say(text, "");
  for (const [name, value] of fields) {
    if (STACK.test(name)) {
      if (frames.length < MAX_FRAMES_LENGTH) frames += `\n${value}`;
      stackHeads.push(headOf(value));
      continue;
    }
    if (value === "" || BESIDE.test(name)) continue;
    say(value, /^(?:msg|message|event|text|body|log)$/i.test(name) ? "" : `${name}=`);
  }
  // An error's type often stands nowhere else, and its message alone may be one ordinary word
  for (const head of stackHeads) if (head !== "" && !words.includes(head)) say(head, "");
  return { words: words.slice(0, MAX_LENGTH), frames: frames.slice(0, MAX_FRAMES_LENGTH) };
}

/** An error's type and message, as they stand above the frames of its stack; empty where something else does. */
const STACK_HEAD = /^(?:[A-Za-z][\w.]*)?(?:Error|Exception)(?: \[\w+\])?(?:: [^\n]{0,400})?(?=\n\s+at )/;

function headOf(stack: string): string {
  return STACK_HEAD.exec(stack)?.[0] ?? "";
}

function withoutFrames(text: string): LineText {
  let frames = "";
  const kept: string[] = [];
  for (const line of text.slice(0, MAX_LENGTH * 4).split("\n")) {
    // The values of grpcio's errors stand indented below it; a line of code calls something
    const value = /^\s+\w+ = (?!await |[\w.]+\()/.test(line);
    if (!value && FRAME.test(line) && !(EXCEPTION.test(line) && !/^\s/.test(line))) frames += `\n${line}`;
    else if (line.trim() !== "") kept.push(line.trim());
  }
  return { words: kept.join(" "), frames };
}
