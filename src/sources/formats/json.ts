/**
 * JSON -> records in the making: one of a line, or those inside of what a log store answered.
 *
 * A shipper's wrapper (`{"log":"…"}`, a journal's `MESSAGE`) is opened: when the wrapped text is itself a line of a log, that line says
 * when and who, and the wrapper only what the line leaves out.
 */
import type { Draft, ShapeContext } from "./draft.ts";
import { wrapDraft } from "./draft.ts";
import { hasMessage, isAboutRecord, messageRank, openEnvelopes } from "./envelope.ts";
import { FieldReader } from "./fields.ts";
import { parseEmbedded } from "./json-text.ts";
import { bytesAsText, isJsonObject, type JsonObject } from "./json-values.ts";
import { isLogLine } from "./log-line.ts";
import { type InnerLog, logsInJson } from "./logs-in-json.ts";
import { addObject } from "./object-fields.ts";
import { unwrapLine } from "./wrapper.ts";

/** Reads a text that the application wrote by itself: given by `event.ts`, which also knows plain lines. */
export type InnerReader = (text: string) => Draft;

/** Reads what JSON holds: the records inside where it is an answer or an envelope, else itself as one. */
export function readJsonRecords(value: object, context: ShapeContext, readInner: InnerReader): readonly Draft[] {
  const envelopes = openEnvelopes(value);
  if (envelopes === null) {
    const logs = holdsRecord(value) ? null : logsInJson(value);
    if (logs !== null) return logs.flatMap((log) => readLog(log, context, readInner));
    const objects = Array.isArray(value) ? value.filter(isJsonObject) : [value as JsonObject];
    return objects.flatMap((object) => readJsonRecord(object, context, readInner));
  }
  const outers = new Map<JsonObject, Draft>();
  const outerOf = (object: JsonObject): Draft => {
    let draft = outers.get(object);
    if (draft === undefined) {
      const reader = new FieldReader(context);
      addObject(reader, object);
      // What a query says is no line of the log
      draft = { ...reader.finish(), texts: [] };
      outers.set(object, draft);
    }
    return { ...draft, fields: new Map(draft.fields) };
  };
  return envelopes.flatMap(({ record, around }) =>
    readJsonRecord(record, context, readInner).map((draft) =>
      around.reduceRight((inner, object) => wrapDraft(outerOf(object), inner), draft),
    ),
  );
}

/** A record with a message of its own may quote the lines of others: it is no file of them. */
function holdsRecord(value: object): boolean {
  return Array.isArray(value)
    ? value.some((each) => isJsonObject(each) && hasMessage(each))
    : hasMessage(value as JsonObject);
}

/** Reads a log that stands in a document as it is. */
function readLog({ text, around }: InnerLog, context: ShapeContext, readInner: InnerReader): readonly Draft[] {
  const reader = new FieldReader(context);
  addObject(reader, around);
  const outer = reader.finish();
  if (text === null) return outer.texts.length > 0 ? [outer] : [];
  return eventsOf(text).map((event) => wrapDraft({ ...aroundSeveral(outer), texts: [] }, readInner(event)));
}

/** Where a field stands that holds a line of a log or an object of JSON, and what it holds. */
interface Wrapped {
  readonly path: readonly string[];
  readonly inner: string | JsonObject;
}

/** The strongest field of an object that holds the application's line. */
function wrappedIn(object: JsonObject): Wrapped | null {
  let best: Wrapped | null = null;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const name of Object.keys(object)) {
    const value = object[name];
    const rank = messageRank(name);
    if (rank === null || rank >= bestRank) continue;
    const inner = lineOf(value) ?? (isJsonObject(value) && /^jsonPayload$/i.test(name) ? value : null);
    if (inner === null) continue;
    best = { path: [name], inner };
    bestRank = rank;
  }
  return best !== null && typeof best.inner === "string" && saysMore(object, best.inner, bestRank) ? null : best;
}

/** True where a stronger field says something that the line does not: the record tells of a line, and is no wrapper of it. */
function saysMore(object: JsonObject, line: string, lineRank: number): boolean {
  return Object.keys(object).some((name) => {
    const rank = messageRank(name);
    const value = object[name];
    if (rank === null || rank >= lineRank || typeof value !== "string") return false;
    return /[a-z]{4}/i.test(value) && !line.includes(value);
  });
}

/** What a value holds that is a line of a log, or an object of JSON; null where it holds neither. */
export function lineOf(given: unknown): string | JsonObject | null {
  const value = Array.isArray(given) ? bytesAsText(given) : given;
  if (typeof value !== "string" || value.length < 2) return null;
  const embedded = parseEmbedded(value);
  if (embedded !== null) return isJsonObject(embedded) ? embedded : null;
  return isLogLine(value) || unwrapLine(value) !== null ? value : null;
}

/** The same one level deeper, for an object that says nothing itself: `{"properties":{"Log":"…"}}`. */
function wrappedBelow(object: JsonObject): Wrapped | null {
  const found: Wrapped[] = [];
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (messageRank(name) !== null && typeof value === "string" && value !== "") return null;
    if (!isJsonObject(value) || isAboutRecord(name)) continue;
    const wrapped = wrappedIn(value);
    if (wrapped !== null) found.push({ path: [name, ...wrapped.path], inner: wrapped.inner });
  }
  return found.length === 1 ? (found[0] as Wrapped) : null;
}

function without(object: JsonObject, [name = "", ...rest]: readonly string[]): JsonObject {
  const child = object[name];
  return { ...object, [name]: rest.length > 0 && isJsonObject(child) ? without(child, rest) : undefined };
}

const DAY_MS = 86_400_000;

/** A text that begins as a line of a log does may be several of them: a whole log in one field. What goes on with one stays with it. */
export function eventsOf(text: string): readonly string[] {
  if (!text.includes("\n")) return [text];
  const events: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (events.length === 0 || isLogLine(line)) events.push(line);
    else events.push(`${events.pop()}\n${line}`);
  }
  return events.length > 1 ? events.map((event) => event.trimEnd()) : [text.replace(/\r?\n$/, "")];
}

/** What is said around several lines says to within which day and zone they were written, and no more. */
function aroundSeveral(draft: Draft): Draft {
  return { ...draft, fields: new Map(draft.fields), dated: false, stepMs: DAY_MS };
}

/** Reads the log that somebody pasted into a message; null where there is none, and where a program says that it wrote it: it quotes others. */
function readPasted(object: JsonObject, draft: Draft, readInner: InnerReader): readonly Draft[] | null {
  if (draft.names.length > 0) return null;
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (messageRank(name) === null || typeof value !== "string" || !value.includes("\n")) continue;
    const events = eventsOf(value);
    if (events.filter(isLogLine).length > 1)
      return events.map((event) => wrapDraft({ ...aroundSeveral(draft), texts: [] }, readInner(event)));
  }
  return null;
}

/** Reads one JSON object as a log record, or as several where a whole log stands in it. */
function readJsonRecord(object: JsonObject, context: ShapeContext, readInner: InnerReader): readonly Draft[] {
  const reader = new FieldReader(context);
  const wrapped = wrappedIn(object) ?? wrappedBelow(object);
  if (wrapped === null) {
    addObject(reader, object);
    const draft = reader.finish();
    return readPasted(object, draft, readInner) ?? [draft];
  }
  const { path, inner } = wrapped;
  addObject(reader, without(object, path));
  const outer = reader.finish();
  const drafts =
    typeof inner === "string" ? eventsOf(inner).map(readInner) : readJsonRecords(inner, context, readInner);
  const [only] = drafts;
  if (only !== undefined && drafts.length === 1) return [wrapDraft(outer, only)];
  return drafts.map((draft) => wrapDraft(aroundSeveral(outer), draft));
}
