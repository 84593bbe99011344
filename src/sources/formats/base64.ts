/**
 * Texts that brokers and queues deliver in base64, packed with gzip or not, as the texts themselves. Which field it is makes no difference: what
 * decodes to a text in which the prefilter finds something is one.
 */
import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import type { ShapeContext } from "./draft.ts";
import { messageRank } from "./envelope.ts";

/** A string of JSON that may be such, and maybe the name before it. Ids are shorter. */
const ENCODED = /(?:"([^"\\]{1,128})"\s*:\s*)?"([A-Za-z0-9+/_-]{40,}={0,2})"/g;
const ANY_ENCODED = /"[A-Za-z0-9+/_-]{40,}={0,2}"/;
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

/** JSON with such texts in the place of what encodes them: as the message of the object, if they have no other such name. */
export function decodeBase64(json: string, { isHit }: ShapeContext): string {
  if (!ANY_ENCODED.test(json)) return json;
  return json.replace(ENCODED, (all: string, name: string | undefined, encoded: string) => {
    const text = textOf(encoded);
    if (text === null || !isHit(text)) return all;
    const value = JSON.stringify(text);
    if (name === undefined) return value;
    return `"${messageRank(name) === null ? "message" : name}":${value}`;
  });
}
