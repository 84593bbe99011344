/**
 * One TTHeader streaming frame as fields, and fields to bytes.
 *
 * A frame is 14 fixed bytes, a variable header of info blocks, and a payload (docs/protocol.md#frame-layout). The frame type and the
 * method stand in the int block of every frame (keys 27 and 9); the sequence number is the stream id.
 *
 * Pure.
 */
import type { ByteWriter } from "./byte-writer.ts";
import { writeInfo } from "./info.ts";
import { INT_KEYS } from "./keys.ts";
import { FORMAT_MAX_HEADER_BYTES, type WireLimits } from "./limits.ts";
import { tooLarge, WireError } from "./wire-error.ts";

/** The five frame types by the number key 27 carries (docs/protocol.md#frame-types). */
export const FRAME_TYPES = { meta: 1, header: 2, data: 3, trailer: 4, rst: 5 } as const;

/** The name of a frame type. */
export type FrameType = keyof typeof FRAME_TYPES;

/** A frame as its fields. */
export interface Frame {
  readonly type: FrameType;
  /** A signed 32-bit number. */
  readonly streamId: number;
  /** Every int key as it stood on the wire, 9 and 27 included. */
  readonly ints: ReadonlyMap<number, string>;
  readonly strings: ReadonlyMap<string, string>;
  readonly payload: Uint8Array;
  /** The flags of the fixed part; only bit 2 has a meaning. */
  readonly flags: number;
  readonly protocolId: number;
}

/** What {@link writeFrame} needs; the rest has one right value. */
export interface FrameContent {
  readonly type: FrameType;
  readonly streamId: number;
  readonly method: string;
  /** Further int keys. */
  readonly ints?: ReadonlyMap<number, string>;
  readonly strings?: ReadonlyMap<string, string>;
  readonly payload?: Uint8Array;
}

/** Bytes before the variable header. */
export const FIXED_BYTES = 14;

/** Protocol id of thrift structs: what Kitex writes in every frame. */
const PROTOCOL_THRIFT_STRUCT = 0x10;

/** The flag that tells streaming frames from unary ones. */
export const FLAG_STREAMING = 0x0002;

const NO_INTS: ReadonlyMap<number, string> = new Map();
const NO_STRINGS: ReadonlyMap<string, string> = new Map();

/** The method of a frame; empty where it has none. */
export function methodOfFrame(frame: Frame): string {
  return frame.ints.get(INT_KEYS.method) ?? "";
}

/**
 * Appends a frame. Throws WireError where a key, a value or the whole header is longer than the format allows, or the frame beyond the
 * limits; nothing is left behind in the writer then.
 */
export function writeFrame(writer: ByteWriter, content: FrameContent, limits: WireLimits | null = null): void {
  const start = writer.at;
  try {
    const ints = new Map<number, string>([
      [INT_KEYS.frameType, String(FRAME_TYPES[content.type])],
      [INT_KEYS.method, content.method],
      ...(content.ints ?? NO_INTS),
    ]);
    writeHead(writer, content.streamId, FLAG_STREAMING, PROTOCOL_THRIFT_STRUCT, ints, content.strings ?? NO_STRINGS);
    const headerBytes = writer.at - start - FIXED_BYTES;
    const frameBytes = writer.at - start + (content.payload?.length ?? 0);
    if (limits !== null && headerBytes > limits.maxHeaderBytes) {
      throw tooLarge("header", headerBytes, limits.maxHeaderBytes, 12);
    }
    if (limits !== null && frameBytes > limits.maxFrameBytes) {
      throw tooLarge("frame", frameBytes, limits.maxFrameBytes, 0);
    }
    if (content.payload !== undefined) writer.raw(content.payload);
    writer.patchU32(start, writer.at - start - 4);
  } catch (error) {
    writer.rewind(start);
    throw error;
  }
}

/** Appends a decoded frame as it was: flags, protocol id and the order of keys kept. Throws as {@link writeFrame} does. */
export function writeDecoded(writer: ByteWriter, frame: Frame): void {
  const start = writer.at;
  writeHead(writer, frame.streamId, frame.flags, frame.protocolId, frame.ints, frame.strings);
  writer.raw(frame.payload);
  writer.patchU32(start, writer.at - start - 4);
}

function writeHead(
  writer: ByteWriter,
  streamId: number,
  flags: number,
  protocolId: number,
  ints: ReadonlyMap<number, string>,
  strings: ReadonlyMap<string, string>,
): void {
  const start = writer.at;
  writer.u32(0);
  writer.u16(0x1000);
  writer.u16(flags);
  writer.u32(streamId);
  writer.u16(0);
  writer.u8(protocolId);
  writer.u8(0);
  writeInfo(writer, ints, strings);
  while ((writer.at - start - FIXED_BYTES) % 4 !== 0) writer.u8(0);
  const headerBytes = writer.at - start - FIXED_BYTES;
  if (headerBytes > FORMAT_MAX_HEADER_BYTES) {
    throw new WireError(`header of ${headerBytes} bytes exceeds the format's ${FORMAT_MAX_HEADER_BYTES}`, {
      offset: 12,
      expected: `at most ${FORMAT_MAX_HEADER_BYTES} bytes of header`,
      found: `${headerBytes}`,
    });
  }
  const words = headerBytes / 4;
  writer.bytes[start + 12] = words >>> 8;
  writer.bytes[start + 13] = words;
}
