/**
 * Info blocks: the maps inside the variable header (docs/protocol.md#info-blocks).
 *
 * Blocks come in any order and may repeat; a zero byte is padding and may stand between any two. The ACL token has a block of its own and
 * lives in the string map under its metainfo name.
 */
import type { ByteWriter } from "./byte-writer.ts";
import { ACL_TOKEN_KEY } from "./keys.ts";
import { FORMAT_MAX_TEXT_BYTES, MAX_HEADER_KEYS } from "./limits.ts";
import { WireError } from "./wire-error.ts";

const PADDING = 0x00;
const STRING_MAP = 0x01;
const INT_MAP = 0x10;
const ACL_TOKEN = 0x11;

/** How much of a broken header an error text repeats. */
const MAX_PREVIEW_BYTES = 512;

/** Appends ACL, string and int block, in Kitex's order; empty ones are left out. Throws WireError for a text that is too long. */
export function writeInfo(
  writer: ByteWriter,
  ints: ReadonlyMap<number, string>,
  strings: ReadonlyMap<string, string>,
): void {
  const token = strings.get(ACL_TOKEN_KEY);
  if (token !== undefined) {
    writer.u8(ACL_TOKEN);
    writeText(writer, token);
  }
  const count = strings.size - (token === undefined ? 0 : 1);
  if (count > 0) {
    writer.u8(STRING_MAP);
    writer.u16(checkCount(count));
    for (const [key, value] of strings) {
      if (key === ACL_TOKEN_KEY) continue;
      writeText(writer, key);
      writeText(writer, value);
    }
  }
  if (ints.size > 0) {
    writer.u8(INT_MAP);
    writer.u16(checkCount(ints.size));
    for (const [key, value] of ints) {
      writer.u16(key);
      writeText(writer, value);
    }
  }
}

function checkCount(count: number): number {
  if (count <= 65535) return count;
  throw new WireError(`ttHeader write kv info failed, ${count} entries in one block`, {
    offset: 0,
    expected: "at most 65535 entries",
    found: `${count}`,
  });
}

function writeText(writer: ByteWriter, text: string): void {
  const length = Buffer.byteLength(text);
  if (length > FORMAT_MAX_TEXT_BYTES) {
    throw new WireError(
      `ttHeader write kv info failed, string exceeded 65535B max size (actual: ${length}B, preview: "${text.slice(0, 100)}...")`,
      { offset: 0, expected: `at most ${FORMAT_MAX_TEXT_BYTES} bytes`, found: `${length}` },
    );
  }
  writer.text16(text);
}

/** Both maps of a header. */
export interface Info {
  readonly ints: Map<number, string>;
  readonly strings: Map<string, string>;
}

/** A header with more keys than are read: its frame can be skipped. */
export class TooManyKeys extends WireError {
  constructor(keys: number) {
    super(`header of ${keys} keys exceeds the limit of ${MAX_HEADER_KEYS} keys`, {
      offset: 0,
      expected: `at most ${MAX_HEADER_KEYS} keys`,
      found: `${keys}`,
    });
  }
}

/**
 * Reads the info blocks in `bytes` from `start` to `end`; `headerAt` is where the variable header begins, for the error text.
 * Throws WireError with Kitex's words, {@link TooManyKeys} before it makes any of them.
 */
export function readInfo(bytes: Buffer, headerAt: number, start: number, end: number): Info {
  const ints = new Map<number, string>();
  const strings = new Map<string, string>();
  let at = start;

  const fail = (why: string, expected: string): never => {
    const preview = bytes.toString("hex", headerAt, Math.min(end, headerAt + MAX_PREVIEW_BYTES));
    throw new WireError(`ttHeader read kv info failed, ${why}, headerInfo=0x${preview}`, {
      offset: at - headerAt,
      expected,
      found: at < end ? `0x${bytes.toString("hex", at, Math.min(end, at + 4))}` : "the end of the header",
    });
  };
  const u16 = (why: string): number => {
    if (at + 2 > end) return fail(why, "two more bytes");
    const value = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    at += 2;
    return value;
  };
  const text = (why: string): string => {
    const length = u16(why);
    if (at + length > end) return fail(why, `${length} more bytes`);
    at += length;
    return bytes.toString("utf8", at - length, at);
  };

  let keys = 0;
  const count = (why: string): number => {
    const more = u16(why);
    keys += more;
    if (keys > MAX_HEADER_KEYS) throw new TooManyKeys(keys);
    return more;
  };

  while (at < end) {
    const id = bytes[at++] as number;
    if (id === PADDING) continue;
    if (id === STRING_MAP) {
      for (let left = count("error reading str kv info size: EOF"); left > 0; left -= 1) {
        const key = text("error reading str kv info: EOF");
        strings.set(key, text("error reading str kv info: EOF"));
      }
    } else if (id === INT_MAP) {
      for (let left = count("error reading int kv info size: EOF"); left > 0; left -= 1) {
        const key = u16("error reading int kv info: EOF");
        ints.set(key, text("error reading int kv info: EOF"));
      }
    } else if (id === ACL_TOKEN) {
      strings.set(ACL_TOKEN_KEY, text("error reading acl token: EOF"));
    } else {
      at -= 1;
      fail(`invalid infoIDType[0x${id.toString(16)}]`, "an info block or padding");
    }
  }
  return { ints, strings };
}
