/**
 * The lines of one event -> a record in the making: wrappers off, then the first shape that fits.
 */
import { stripAnsi } from "./ansi.ts";
import { decodeBase64 } from "./base64.ts";
import type { Draft, ShapeContext } from "./draft.ts";
import { wrapDraft } from "./draft.ts";
import { readDump } from "./dump.ts";
import { undoEntitiesOfLine } from "./entities.ts";
import { undoEscapes } from "./escapes.ts";
import { FieldReader } from "./fields.ts";
import { readFlatObject } from "./flat-object.ts";
import { eventsOf, readJsonRecords } from "./json.ts";
import { parseJson, withoutBreaks } from "./json-text.ts";
import { splitValues } from "./json-values-in-line.ts";
import { isLogLine } from "./log-line.ts";
import { isLogfmt, readLogfmt } from "./logfmt.ts";
import { isLtsv, readLtsv } from "./ltsv.ts";
import { readPlain } from "./plain.ts";
import { plainSpaces } from "./spaces.ts";
import type { Unwrapped } from "./unwrapped.ts";
import { unwrapText } from "./wrapped-lines.ts";
import { unwrapLine } from "./wrapper.ts";

/** A shipper around a runtime around an application: more layers than that are no log. */
const MAX_LAYERS = 4;

function readBare(text: string, context: ShapeContext, layers: number): readonly Draft[] {
  const lines = stripAnsi(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const clean = lines.includes("\n") ? unwrapText(lines, context.wrapped) : lines;
  if (/^\s*[{[]/.test(clean)) {
    const drafts = readJson(clean, context, layers);
    if (drafts !== null) return drafts;
  } else {
    const dumped = readDump(clean);
    if (dumped !== null) return readRecords(dumped, context, layers);
  }
  return (
    readQuoted(clean, context, layers) ?? readSeveral(clean, context, layers) ?? [readText(clean, context, layers)]
  );
}

/** Reads a text of JSON that holds several lines of a log; null for any other. */
function readQuoted(text: string, context: ShapeContext, layers: number): readonly Draft[] | null {
  if (text.charCodeAt(0) !== 0x22 || !text.includes("\\n") || layers >= MAX_LAYERS) return null;
  try {
    const log: unknown = JSON.parse(text.replace(/,\s*$/, ""));
    const events = typeof log === "string" ? eventsOf(log) : [];
    return events.some(isLogLine) ? events.flatMap((event) => readLayered(event, context, layers + 1)) : null;
  } catch {
    return null;
  }
}

/** Reads several values of JSON in one line, and what is left behind them; null where there are not several. */
function readSeveral(text: string, context: ShapeContext, layers: number): readonly Draft[] | null {
  if (!/^\s*(?:\{\s*"|\[\s*["{[])/.test(text)) return null;
  const parts = splitValues(text, isLogLine);
  const first = parts === null ? null : readJson(parts[0] as string, context, layers);
  if (parts === null || first === null) return null;
  return [
    ...first,
    ...parts.slice(1).flatMap((part) => readJson(part, context, layers) ?? [readText(part, context, layers)]),
  ];
}

function readJson(text: string, context: ShapeContext, layers: number): readonly Draft[] | null {
  const json = decodeBase64(text, context);
  const whole = parseJson(json) ?? parseTidied(json);
  const value = whole ?? readDump(json);
  if (value === null) return null;
  const drafts = readRecords(value, context, layers);
  if (whole === null && isTorn(json)) for (const draft of drafts) draft.torn = true;
  return drafts.length > 0 ? drafts : null;
}

/** Reads JSON with a comma behind it, as one of a list has, or with strings that go on in the next line; null where it has neither. */
function parseTidied(json: string): object | null {
  const tidy = withoutBreaks(json.replace(/,\s*$/, ""));
  return tidy === json ? null : parseJson(tidy);
}

/** True for an object of JSON that ends in the middle. */
function isTorn(text: string): boolean {
  return /^\s*\{\s*"/.test(text) && !/[}\],]\s*$/.test(text);
}

function readRecords(value: object, context: ShapeContext, layers: number): readonly Draft[] {
  return readJsonRecords(value, context, (inner) => firstOf(readLayered(inner, context, layers + 1)));
}

function readText(clean: string, context: ShapeContext, layers: number): Draft {
  if (/^\s*\{/.test(clean)) {
    // cut or broken JSON: still a text, readable after its escapes are undone
    const draft = readPlain(clean, context);
    draft.texts = draft.texts.map(undoEscapes);
    draft.torn = isTorn(clean);
    return draft;
  }
  if (isLogfmt(clean)) return readLogfmt(clean, context);
  if (!isLtsv(clean)) return readPlain(clean, context);
  return readLtsv(clean, context, (line) => firstOf(readLayered(line, context, layers + 1)));
}

/** An entry as `journalctl -o verbose` prints it: a time and a cursor, then a field on each line. */
const JOURNAL_ENTRY = /^([A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^[\n]*) \[s=[^\n]*\]\n(?=\s+[_A-Z])/;
const JOURNAL_FIELD = /^\s+([_A-Z][_A-Z0-9]*)=(.*)$/;

function readJournalEntry(text: string, context: ShapeContext, layers: number): Draft | null {
  const head = JOURNAL_ENTRY.exec(text);
  if (head === null) return null;
  const fields = new Map<string, string>([["time", head[1] ?? ""]]);
  let last = "";
  for (const line of text.slice(head[0].length).split("\n")) {
    const [, name, value] = JOURNAL_FIELD.exec(line) ?? [];
    if (name === undefined) fields.set(last, `${fields.get(last) ?? ""}\n${line.trim()}`);
    else {
      last = name;
      fields.set(name, value ?? "");
    }
  }
  const message = fields.get("MESSAGE") ?? "";
  fields.delete("MESSAGE");
  const outer = new FieldReader(context);
  for (const [name, value] of fields) outer.add(name, value, 0);
  return wrapDraft(outer.finish(), firstOf(readLayered(message, context, layers + 1)));
}

function firstOf(drafts: readonly Draft[]): Draft {
  return drafts[0] as Draft;
}

/** Whether a line was cut where the next begins; how that begins has been asked when both became one event. */
function goesOn(line: Unwrapped, next: Unwrapped | null): boolean {
  return line.partial && (line.short === undefined || next?.partial !== true || next.short === line.short);
}

/** A margin of signs alone, as a mail quotes lines. */
const QUOTING = /^[ \t]*[>|│┃]{1,3}[ \t]*$/;

/** What stands before the lines below a prefix where they have no prefix of their own: the same signs, or blanks up to its bar; null for nothing. */
function leadBelow(prefix: string): string | null {
  if (QUOTING.test(prefix)) return prefix;
  const blanks = prefix.replace(/[^\s|│┃]/g, " ");
  return /\S/.test(blanks) ? blanks : null;
}

/** The text of an event without the prefix of its first line, and without that of the lines below it. */
function withoutPrefix(text: string, first: Unwrapped, lineEnd: number, context: ShapeContext): string {
  const lead = leadBelow(text.slice(0, lineEnd - first.text.length));
  let inner = first.text;
  let last = first;
  let bare = true;
  for (const line of text.slice(lineEnd + 1).split("\n")) {
    const led = lead !== null && line.startsWith(lead);
    const next = led ? null : unwrapLine(line);
    bare &&= !led && next === null;
    inner += `${goesOn(last, next) ? "" : "\n"}${next?.text ?? (led ? line.slice(lead.length) : line)}`;
    last = next ?? { ...first, partial: false };
  }
  if (!bare) return inner;
  // A screen wraps all that stands on a line, its prefix too
  const whole = unwrapText(text, context.wrapped);
  return whole === text ? inner : whole.slice(lineEnd - first.text.length);
}

function readLayered(text: string, context: ShapeContext, layers: number): readonly Draft[] {
  const flat = layers > 0 ? readFlatObject(text, context) : null;
  if (flat !== null) return [flat];
  const entry = readJournalEntry(text, context, layers);
  if (entry !== null) return [entry];
  const lineEnd = text.indexOf("\n");
  const first = layers < MAX_LAYERS ? unwrapLine(lineEnd < 0 ? text : text.slice(0, lineEnd)) : null;
  if (first === null) return readBare(text, context, layers);
  const inner = lineEnd < 0 ? first.text : withoutPrefix(text, first, lineEnd, context);
  return readLayered(inner, context, layers + 1).map((draft) => {
    const outer = new FieldReader(context);
    if (first.time !== null) outer.add("time", first.time, 0);
    for (const [name, value] of first.fields) outer.add(name, value, 0);
    const around = outer.finish();
    around.fields.delete("time");
    return wrapDraft(around, draft);
  });
}

/** Stands before each text of a JSON sequence, RFC 7464. */
const RECORD_SEPARATOR = 0x1e;

/**
 * Reads one event: its lines joined by LF, without the last line's end. At least one record; more where it is an answer or an envelope that
 * holds several.
 */
export function readEvents(text: string, context: ShapeContext): readonly Draft[] {
  const bare = text.charCodeAt(0) === RECORD_SEPARATOR ? text.slice(1) : text;
  const clean = undoEntitiesOfLine(plainSpaces(stripAnsi(bare)));
  return readLayered(clean.includes("\r") ? clean.replace(/\r(?=\n|$)/g, "") : clean, context, 0);
}

/** Reads one event as one record: the first of those in it. */
export function readEvent(text: string, context: ShapeContext): Draft {
  return firstOf(readEvents(text, context));
}
