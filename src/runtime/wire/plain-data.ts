/** The one header that nearly all frames have. Reading it costs no map and no string. */
import { FRAME_TYPES } from "./frame.ts";
import { INT_KEYS } from "./keys.ts";

/** Protocol id of thrift structs, no transforms, an int block of two entries (its count's low byte is the last one). */
const BEGINNING = Buffer.from([0x10, 0, 0x10, 0, 2]);

/** Key 27 with the text "3". */
const DATA_TYPE = Buffer.from([0, INT_KEYS.frameType, 0, 1, 0x30 + FRAME_TYPES.data]);

/**
 * True for the header every ordinary Data frame has, in `bytes[at..end)`: one int block with the keys 9 and 27 in either order, the type
 * being Data, then padding.
 */
export function isPlainData(bytes: Buffer, at: number, end: number): boolean {
  if (!holds(bytes, at, BEGINNING)) return false;
  let cursor = at + BEGINNING.length;
  const typeFirst = holds(bytes, cursor, DATA_TYPE);
  if (typeFirst) cursor += DATA_TYPE.length;
  if (readU16(bytes, cursor) !== INT_KEYS.method) return false;
  cursor += 4 + readU16(bytes, cursor + 2);
  if (!typeFirst) {
    if (!holds(bytes, cursor, DATA_TYPE)) return false;
    cursor += DATA_TYPE.length;
  }
  if (cursor > end) return false;
  while (cursor < end) if (bytes[cursor++] !== 0) return false;
  return true;
}

function holds(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

function readU16(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
