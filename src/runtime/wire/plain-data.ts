/** The one header that nearly all frames have. Reading it costs no map and no string. */
import { FRAME_TYPES } from "./frame.ts";
import { INT_KEYS } from "./keys.ts";

/** Protocol id of thrift structs, no transforms, an int block and the high byte of its count; the low byte is the 2 behind it. */
const BEGINNING = 0x10001000;
const BEGINNING_BYTES = 5;

/** Key 27 with a text of one character, the character behind it. */
const TYPE_ENTRY = (INT_KEYS.frameType << 16) | 1;
const TYPE_ENTRY_BYTES = 5;
const DATA_DIGIT = 0x30 + FRAME_TYPES.data;

/**
 * True for the header every ordinary Data frame has, in `bytes[at..end)`: one int block with the keys 9 and 27 in either order, the type
 * being Data, then padding.
 */
export function isPlainData(bytes: Buffer, at: number, end: number): boolean {
  if (readI32(bytes, at) !== BEGINNING || bytes[at + 4] !== 2) return false;
  let cursor = at + BEGINNING_BYTES;
  const typeFirst = isDataType(bytes, cursor);
  if (typeFirst) cursor += TYPE_ENTRY_BYTES;
  if (readU16(bytes, cursor) !== INT_KEYS.method) return false;
  cursor += 4 + readU16(bytes, cursor + 2);
  if (!typeFirst) {
    if (!isDataType(bytes, cursor)) return false;
    cursor += TYPE_ENTRY_BYTES;
  }
  if (cursor > end) return false;
  while (cursor < end) if (bytes[cursor++] !== 0) return false;
  return true;
}

function isDataType(bytes: Buffer, at: number): boolean {
  return readI32(bytes, at) === TYPE_ENTRY && bytes[at + 4] === DATA_DIGIT;
}

function readI32(bytes: Buffer, at: number): number {
  return (readU16(bytes, at) << 16) | readU16(bytes, at + 2);
}

function readU16(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
