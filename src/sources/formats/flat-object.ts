/**
 * Lines as most loggers write them: one object of JSON with plain values, and no escapes in it.
 *
 * What else a line may be (a wrapper, an answer of a store, spans, base64, a number that a double cannot hold, a name that is repeated) such an
 * object shows at a glance, so that a line costs a third of what it does to ask for all of it in its text. What is not plain at a glance is
 * read as any other line.
 */
import type { Draft, ShapeContext } from "./draft.ts";
import { messageRank } from "./envelope.ts";
import { FieldReader } from "./fields.ts";
import { lineOf } from "./json.ts";
import { parseEmbedded } from "./json-text.ts";
import type { JsonObject } from "./json-values.ts";
import { ODD_SPACES } from "./spaces.ts";

const [QUOTE, BRACE, CLOSE_BRACE, BRACKET] = [0x22, 0x7b, 0x7d, 0x5b];

/** Docker's wrapper. */
const DOCKER = '{"log":"';
/** More is an unkind log's. */
const MOST_NAMES = 256;
/** From here on a number may have lost digits. */
const LARGE = 1e15;
/** A text of base64 is at least so long. */
const BASE64_LENGTH = 40;
/** Signs that are undone, or parted, before a line is read. Looking for them one by one is three times as fast as for a class of them. */
const SPECIAL: readonly string[] = ["\\", "\n", "\r", ...ODD_SPACES];

/** Reads a line that is such an object and says what happened; null for any other. */
export function readFlatObject(text: string, context: ShapeContext): Draft | null {
  if (text.charCodeAt(0) !== BRACE || text.charCodeAt(1) !== QUOTE) return null;
  if (text.charCodeAt(text.length - 1) !== CLOSE_BRACE || text.includes("{", 1) || text.startsWith(DOCKER)) return null;
  for (const sign of SPECIAL) if (text.includes(sign)) return null;
  const object = parsePlain(text);
  if (object === null) return null;
  const names = Object.keys(object);
  return isFlat(text, object, names) && isMessage(object, names) ? readFields(object, names, context) : null;
}

function parsePlain(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}

/** True where every value is plain and all that the text says is in the object. */
function isFlat(text: string, object: JsonObject, names: readonly string[]): boolean {
  if (names.length > MOST_NAMES) return false;
  // As long as it would be written without spaces
  let length = 1;
  let strings = 0;
  for (const name of names) {
    const value = object[name];
    length += name.length + 4;
    if (typeof value === "string") {
      if (value.length >= BASE64_LENGTH && maybeBase64(value)) return false;
      strings += 1;
      length += value.length + 2;
    } else if (typeof value === "number") {
      if (value > LARGE || value < -LARGE) return false;
      length += String(value).length;
    } else if (typeof value === "object" && value !== null) return false;
    else length += value === false ? 5 : 4;
  }
  // A name that is repeated makes the text longer; with spaces between, its quotes tell
  return length === text.length || quotesIn(text) === 2 * (names.length + strings);
}

function quotesIn(text: string): number {
  let quotes = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === QUOTE) quotes += 1;
  return quotes;
}

function maybeBase64(value: string): boolean {
  for (let at = 0; at < BASE64_LENGTH; at += 1) {
    const code = value.charCodeAt(at);
    // No sign of it is below `+`, and of most texts an early one is a space
    if (code < 0x2b) return false;
  }
  return true;
}

/** True where a field says what happened, and none holds a line of a log. */
function isMessage(object: JsonObject, names: readonly string[]): boolean {
  let says = false;
  for (const name of names) {
    const value = object[name];
    if (typeof value !== "string" || messageRank(name) === null) continue;
    if (lineOf(value) !== null) return false;
    says ||= value !== "";
  }
  return says;
}

function readFields(object: JsonObject, names: readonly string[], context: ShapeContext): Draft | null {
  const reader = new FieldReader(context);
  for (const name of names) {
    const value = object[name];
    if (typeof value !== "string") {
      if (value !== null) reader.add(name, String(value), 0);
      continue;
    }
    const first = value.charCodeAt(0);
    if ((first === BRACKET || first <= 0x20) && parseEmbedded(value) !== null) return null;
    reader.add(name, value, 0);
  }
  return reader.finish();
}
