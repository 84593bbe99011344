/**
 * Texts that brokers and queues deliver in base64, packed with gzip or not, as the texts themselves. Which field it is makes no difference: what
 * decodes to a text in which the prefilter finds something is one.
 */
import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import type { ShapeContext } from "./draft.ts";
import { messageRank } from "./envelope.ts";

/** How a string of JSON begins that may be such; ids are shorter. */
const BEGIN = /"[A-Za-z0-9+/_-]{40}/g;
const SIGN = /[A-Za-z0-9+/_-]/;
/** The name before a value. */
const NAME = /"([^"\\]{1,128})"\s*:\s*$/;
const MAX_NAME = 140;
const MAX_TEXT: number = 8 * 1024 * 1024;

function textOf(encoded: string): string | null {
  let bytes: Buffer = Buffer.from(encoded, "base64");
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: MAX_TEXT });
    } catch {
      return null;
    }
  }
  return isUtf8(bytes) ? bytes.toString("utf8") : null;
}

/** Where the string that begins at a quote ends, if nothing but base64 is in it; else -1. A pattern would need a stack for each sign. */
function endOfString(json: string, quote: number): number {
  let at = quote + 1;
  while (SIGN.test(json.charAt(at))) at += 1;
  for (let signs = 0; signs < 2 && json[at] === "="; signs += 1) at += 1;
  return json[at] === '"' ? at : -1;
}

/** JSON with such texts in the place of what encodes them: as the message of the object, if they have no other such name. */
export function decodeBase64(json: string, { isHit }: ShapeContext): string {
  let decoded = "";
  let done = 0;
  BEGIN.lastIndex = 0;
  for (let begin = BEGIN.exec(json); begin !== null; begin = BEGIN.exec(json)) {
    const end = endOfString(json, begin.index);
    const text = end < 0 ? null : textOf(json.slice(begin.index + 1, end));
    if (end > 0) BEGIN.lastIndex = end + 1;
    if (text === null || !isHit(text)) continue;
    const name = NAME.exec(json.slice(Math.max(done, begin.index - MAX_NAME), begin.index));
    const from = name === null ? begin.index : begin.index - name[0].length;
    const field = name === null ? "" : `"${messageRank(name[1] ?? "") === null ? "message" : name[1]}":`;
    decoded += `${json.slice(done, from)}${field}${JSON.stringify(text)}`;
    done = end + 1;
  }
  return done === 0 ? json : decoded + json.slice(done);
}
