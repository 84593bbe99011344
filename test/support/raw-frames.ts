/** Frames as they should be, and as they should not: every field may be anything. */
import { FRAME_TYPES, type FrameType } from "../../src/runtime/wire/frame.ts";
import { encodeException } from "../../src/runtime/wire/index.ts";

/** A frame; what is left out is right. */
export interface RawFrame {
  readonly type: FrameType | string;
  readonly id: number;
  readonly method?: string;
  /** String keys; a list where a key is to stand twice. */
  readonly strings?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  readonly payload?: Uint8Array;
  /** Instead of the right length, magic, flags, protocol, transforms, and length of the header in words. */
  readonly length?: number;
  readonly magic?: number;
  readonly flags?: number;
  readonly protocol?: number;
  readonly transforms?: number;
  readonly words?: number;
  /** Instead of the info blocks. */
  readonly info?: Uint8Array;
}

function text16(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function infoOf({ type, method = "ServerStream", strings = {} }: RawFrame): Buffer {
  const pairs = Array.isArray(strings) ? (strings as [string, string][]) : Object.entries(strings);
  const ints: [number, string][] = [
    [27, String(FRAME_TYPES[type as FrameType] ?? type)],
    [9, method],
  ];
  return Buffer.concat([
    ...(pairs.length === 0 ? [] : [Buffer.from([1]), u16(pairs.length)]),
    ...pairs.flatMap(([key, value]) => [text16(key), text16(value)]),
    Buffer.from([0x10]),
    u16(ints.length),
    ...ints.flatMap(([key, value]) => [u16(key), text16(value)]),
  ]);
}

/** The bytes of a frame. */
export function rawFrame(frame: RawFrame): Buffer {
  const { id, payload = Buffer.alloc(0), magic = 0x1000, flags = 2, protocol = 0x10, transforms = 0 } = frame;
  const info = frame.info ?? infoOf(frame);
  const head = Buffer.concat([Buffer.from([protocol, transforms]), info, Buffer.alloc((6 - (info.length % 4)) % 4)]);
  const fixed = Buffer.alloc(14);
  fixed.writeUInt32BE(frame.length ?? 10 + head.length + payload.length, 0);
  fixed.writeUInt16BE(magic, 4);
  fixed.writeUInt16BE(flags, 6);
  fixed.writeInt32BE(id | 0, 8);
  fixed.writeUInt16BE(frame.words ?? head.length / 4, 12);
  return Buffer.concat([fixed, head, payload]);
}

/** The payload of an Rst or of a failing Trailer. */
export function rawException(id: number, code: number, message: string): Buffer {
  return encodeException("ServerStream", id, { code, message });
}
