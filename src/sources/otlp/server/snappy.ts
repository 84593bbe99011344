/**
 * snappy (google/snappy, format_description.txt and framing_format.txt): one block, or a stream of framed chunks, whichever it is. Senders
 * mean either by the name, and the Collector takes both.
 */

/** The bytes are longer than allowed when decompressed. */
export class SnappyTooLarge extends Error {}

const STREAM_HEAD = Buffer.from("\xff\x06\x00\x00sNaPpY", "latin1");
const [COMPRESSED, PLAIN] = [0x00, 0x01];
/** Chunks from here to 0xfe may be passed over: padding, and what is reserved as such. */
const FIRST_SKIPPABLE = 0x80;

/**
 * Undoes it.
 *
 * @throws SnappyTooLarge where the result would be longer than `maxBytes`, RangeError where the bytes are damaged
 */
export function unsnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, STREAM_HEAD.length).equals(STREAM_HEAD)) return readBlock(bytes, maxBytes);
  const parts: Buffer[] = [];
  let left = maxBytes;
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new RangeError("snappy: a chunk is cut");
    const type = bytes[at] as number;
    const end = at + 4 + bytes.readUIntLE(at + 1, 3);
    if (end > bytes.length) throw new RangeError("snappy: a chunk is cut");
    if (type === COMPRESSED || type === PLAIN) {
      // Behind the head stands a checksum of four bytes
      const content = bytes.subarray(Math.min(end, at + 8), end);
      const part = type === PLAIN ? content : readBlock(content, left);
      if (part.length > left) throw new SnappyTooLarge();
      left -= part.length;
      parts.push(part);
    } else if (type < FIRST_SKIPPABLE) throw new RangeError(`snappy: a chunk of the unknown type ${type}`);
    at = end;
  }
  return Buffer.concat(parts);
}

function readBlock(bytes: Buffer, maxBytes: number): Buffer {
  const { length, at: begin } = readLength(bytes);
  if (length > maxBytes) throw new SnappyTooLarge();
  // Three bytes make at most 64: what says that it is longer than it can be gets no memory
  if (length > bytes.length * 64) throw new RangeError("snappy: it is shorter than it says");
  const out = Buffer.allocUnsafe(length);
  let at = begin;
  let to = 0;
  while (at < bytes.length) {
    const tag = bytes[at] as number;
    at += 1;
    if ((tag & 3) === 0) {
      const { from, end } = literalAt(bytes, at, tag >> 2);
      if (to + end - from > length) throw new RangeError("snappy: a literal is cut");
      to += bytes.copy(out, to, from, end);
      at = end;
      continue;
    }
    const size = [0, 1, 2, 4][tag & 3] as number;
    if (at + size > bytes.length) throw new RangeError("snappy: a copy is cut");
    const low = bytes.readUIntLE(at, size);
    at += size;
    const count = size === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = size === 1 ? ((tag >> 5) << 8) | low : low;
    if (back === 0 || back > to || to + count > length) throw new RangeError("snappy: a copy from nowhere");
    // A copy may overlap itself: then it repeats
    for (let each = 0; each < count; each += 1, to += 1) out[to] = out[to - back] as number;
  }
  if (to !== length) throw new RangeError("snappy: it is shorter than it says");
  return out;
}

function readLength(bytes: Buffer): { readonly length: number; readonly at: number } {
  let length = 0;
  for (let at = 0, shift = 1; at <= 4; at += 1, shift *= 128) {
    const byte = bytes[at];
    if (byte === undefined) break;
    length += (byte & 0x7f) * shift;
    if (byte < 0x80) return { length, at: at + 1 };
  }
  throw new RangeError("snappy: it has no length");
}

/** Where a literal stands; from 60 on its length stands behind the tag, in one to four bytes. */
function literalAt(bytes: Buffer, at: number, said: number): { readonly from: number; readonly end: number } {
  const size = Math.max(0, said - 59);
  if (at + size > bytes.length) throw new RangeError("snappy: a literal is cut");
  const from = at + size;
  const end = from + 1 + (size === 0 ? said : bytes.readUIntLE(at, size));
  if (end > bytes.length) throw new RangeError("snappy: a literal is cut");
  return { from, end };
}
