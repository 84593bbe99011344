/**
 * One line of JSON -> a record in the making.
 *
 * A shipper's wrapper (`{"log":"…"}`, a journal's `MESSAGE`) is opened: when the wrapped text is itself a line of a log, that line says
 * when and who, and the wrapper only what the line leaves out.
 */
import type { Draft, ShapeContext } from "./draft.ts";
import { wrapDraft } from "./draft.ts";
import { addObject, FieldReader, parseEmbedded } from "./fields.ts";

/** Fields in which a shipper puts the application's line. */
const WRAPPERS = [
  "log",
  "message",
  "MESSAGE",
  "msg",
  "@message",
  "textPayload",
  "jsonPayload",
  "body",
  "line",
  "raw",
  "_raw",
];

/** Reads a text that the application wrote by itself: given by `text.ts`, which also knows plain lines. */
export type InnerReader = (text: string) => Draft;

/** Whole numbers of nanoseconds that a double cannot hold; quoted before parsing, so that they stay exact. */
const LONG_NUMBER = /([:[,]\s*)(\d{17,})(?=\s*[,}\]])/g;

/** Parses a line of JSON, keeping long numbers as text. Null where the line is not an object. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    let value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    LONG_NUMBER.lastIndex = 0;
    // Only then, because a number inside a string would be quoted too and spoil the line: in that case the first answer stays.
    if (LONG_NUMBER.test(text)) {
      try {
        value = JSON.parse(text.replace(LONG_NUMBER, '$1"$2"'));
      } catch {
        return value as Readonly<Record<string, unknown>>;
      }
    }
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}

/** Reads one JSON object as a log record. */
export function readJsonRecord(
  object: Readonly<Record<string, unknown>>,
  context: ShapeContext,
  readInner: InnerReader,
): Draft {
  const reader = new FieldReader(context);
  for (const name of WRAPPERS) {
    if (!Object.hasOwn(object, name)) continue;
    const value = object[name];
    const inner = typeof value === "string" ? parseEmbedded(value) : name === "jsonPayload" ? value : null;
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) {
      addObject(reader, { ...object, [name]: undefined });
      return wrapDraft(reader.finish(), readJsonRecord(inner as Readonly<Record<string, unknown>>, context, readInner));
    }
    if (typeof value === "string" && LOG_LINE.test(value)) {
      addObject(reader, { ...object, [name]: undefined });
      const draft = readInner(value.replace(/\r?\n$/, ""));
      return wrapDraft(reader.finish(), draft);
    }
  }
  addObject(reader, object);
  return reader.finish();
}

/** A text that begins as a line of a log does: with a time, a level letter of klog, a container runtime's prefix, or logfmt. */
const LOG_LINE = /^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ,]\d\d:|[IWEFD]\d{4} \d\d:|(?:time|ts|level|lvl|msg)=)/;
