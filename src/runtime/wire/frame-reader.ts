/**
 * Chunks of a connection to frames.
 *
 * Data frames are nearly all there is, and their header is `int block {9, 27}` and nothing else, in either order. That shape is read
 * without making maps or strings, and the payload is handed on as a range of the chunk. Everything else takes the general way.
 *
 * A frame that spans chunks is put together once it is whole; what a length field promises is never allocated ahead.
 *
 * A frame beyond a limit says itself where the next one begins, so it is skipped. Only where that cannot be believed is the framing lost.
 *
 * Pure. Throws WireError only; after that the reader must not be used again.
 */
import { FIXED_BYTES, FLAG_STREAMING, type Frame, type FrameType } from "./frame.ts";
import { type Info, readInfo, TooManyKeys } from "./info.ts";
import { INT_KEYS } from "./keys.ts";
import type { WireLimits } from "./limits.ts";
import { cutText } from "./path.ts";
import { isPlainData } from "./plain-data.ts";
import { tooLarge, WireError } from "./wire-error.ts";

/** Who takes the frames. */
export interface FrameSink {
  /** A Data frame: its payload is `bytes[start..end)`. The bytes stay valid and unchanged. */
  onData(streamId: number, bytes: Buffer, start: number, end: number): void;
  /** Any other frame. */
  onFrame(frame: Frame): void;
  /** A frame beyond a limit: it is skipped, nothing of it is kept. A sink that leaves this out cannot go on: the reader throws instead. */
  onOversized?(streamId: number, error: WireError): void;
}

/** A frame so many times longer than the limit is no frame: its length field is broken. */
const BELIEVABLE = 16;

/** How much of a frame type that nobody has is repeated. */
const MAX_TYPE_BYTES = 100;

/** A smaller chunk is copied when its frame is not whole. */
const SMALL_BYTES = 4 * 1024;
const MAX_GATHER_BYTES = 1024 * 1024;

const PROTOCOL_IDS: ReadonlySet<number> = new Set([0x00, 0x03, 0x04, 0x10, 0x11]);
const TYPE_NAMES: readonly (FrameType | undefined)[] = [undefined, "meta", "header", "data", "trailer", "rst"];

/** Cuts a connection's bytes into frames and hands them to a sink, in order. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #limits: WireLimits;
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Bytes the unfinished frame needs before another look is worth it. */
  #needed = 0;
  /** Bytes of an oversized frame that are still to come. */
  #skipping = 0;
  #stopped = false;
  /** Bytes behind the last part that more may be copied into. */
  #room = 0;

  constructor(limits: WireLimits, sink: FrameSink) {
    this.#limits = limits;
    this.#sink = sink;
  }

  /** Hands on nothing more, even of the chunk in work. */
  stop(): void {
    this.#stopped = true;
    this.#parts = [];
    this.#partBytes = 0;
  }

  /** Lets go of a frame that is not whole yet: the rest of it is skipped, and its stream told. */
  dropUnfinished(): void {
    if (this.#partBytes < FIXED_BYTES || this.#sink.onOversized === undefined) return;
    const start = Buffer.concat(this.#parts, FIXED_BYTES);
    const error = new WireError(`frame of ${this.#needed} bytes: there is no room for it`, {
      offset: 0,
      expected: "a smaller frame",
      found: `${this.#needed}`,
    });
    this.#skipping = this.#needed - this.#partBytes;
    this.#parts = [];
    this.#partBytes = 0;
    this.#sink.onOversized(start.readInt32BE(8), error);
  }

  /** Bytes of a frame that is not whole yet. */
  get pendingBytes(): number {
    return this.#partBytes;
  }

  /** Takes the next bytes of the connection. */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (this.#partBytes > 0 && rest.length > 0 && !this.#stopped) rest = this.#complete(rest);
    const consumed = this.#readAll(rest);
    if (consumed < rest.length && !this.#stopped) this.#keep(rest.subarray(consumed));
  }

  /** Adds to the unfinished frame only what it lacks, so that the rest of the chunk is not copied. */
  #complete(chunk: Buffer): Buffer {
    const lack = this.#needed - this.#partBytes;
    if (chunk.length < lack) {
      this.#keep(chunk, this.#needed);
      return chunk.subarray(chunk.length);
    }
    this.#parts.push(chunk.subarray(0, lack));
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    const consumed = this.#readAll(whole);
    if (consumed < whole.length && !this.#stopped) this.#keep(whole.subarray(consumed));
    return chunk.subarray(lack);
  }

  #keep(bytes: Buffer, needed: number = this.#bytesNeeded(bytes)): void {
    this.#partBytes += bytes.length;
    this.#needed = needed;
    const last = this.#parts.at(-1);
    if (bytes.length >= SMALL_BYTES || last === undefined) {
      this.#parts.push(bytes);
      this.#room = 0;
    } else this.#gather(bytes);
  }

  /** Small chunks are put together as they come: each would cost many times its bytes. The buffer for them grows with them. */
  #gather(bytes: Buffer): void {
    const last = this.#parts.at(-1) as Buffer;
    if (this.#room < bytes.length) {
      const size = Math.min(Math.max(2 * last.length, SMALL_BYTES), MAX_GATHER_BYTES);
      const store = Buffer.allocUnsafeSlow(Math.max(size, bytes.length));
      this.#parts.push(store.subarray(0, bytes.copy(store)));
      this.#room = store.length - bytes.length;
      return;
    }
    const grown = Buffer.from(last.buffer, last.byteOffset, last.length + bytes.length);
    bytes.copy(grown, last.length);
    this.#parts[this.#parts.length - 1] = grown;
    this.#room -= bytes.length;
  }

  /** How many bytes the frame that begins with `bytes` needs, as far as they tell. */
  #bytesNeeded(bytes: Buffer): number {
    if (bytes.length < FIXED_BYTES) return FIXED_BYTES;
    return Math.max(bytes.readUInt32BE(0) + 4, FIXED_BYTES + bytes.readUInt16BE(12) * 4);
  }

  #readAll(bytes: Buffer): number {
    const size = bytes.length;
    let at = Math.min(this.#skipping, size);
    this.#skipping -= at;
    while (size - at >= FIXED_BYTES && !this.#stopped) {
      const length = readU32(bytes, at);
      if (bytes[at + 4] !== 0x10 || bytes[at + 5] !== 0x00) throw notTTHeader(bytes, at);
      const flags = ((bytes[at + 6] as number) << 8) | (bytes[at + 7] as number);
      if ((flags & FLAG_STREAMING) === 0) throw badFlags(flags);
      const headerBytes = (((bytes[at + 12] as number) << 8) | (bytes[at + 13] as number)) << 2;
      const headerAt = at + FIXED_BYTES;
      const payloadAt = headerAt + headerBytes;
      const end = Math.max(at + 4 + length, payloadAt);
      const streamId = readU32(bytes, at + 8) | 0;
      if (this.#isOversized(streamId, end - at, headerBytes)) {
        this.#skipping = Math.max(0, end - size);
        at = Math.min(end, size);
        continue;
      }
      if (end > size) break;
      if (isPlainData(bytes, headerAt, payloadAt)) this.#sink.onData(streamId, bytes, payloadAt, end);
      else this.#readAny(bytes, headerAt, payloadAt, end, streamId, flags);
      at = end;
    }
    return at;
  }

  #isOversized(streamId: number, frameBytes: number, headerBytes: number): boolean {
    if (headerBytes === 0) {
      throw new WireError("invalid header length[0]", {
        offset: 12,
        expected: "a header size of 1 to 65535",
        found: "0",
      });
    }
    const { maxHeaderBytes, maxFrameBytes } = this.#limits;
    if (headerBytes <= maxHeaderBytes && frameBytes <= maxFrameBytes) return false;
    const error =
      headerBytes > maxHeaderBytes
        ? tooLarge("header", headerBytes, maxHeaderBytes, 12)
        : tooLarge("frame", frameBytes, maxFrameBytes, 0);
    const believed = headerBytes <= frameBytes && frameBytes <= maxFrameBytes * BELIEVABLE;
    if (!believed || this.#sink.onOversized === undefined) throw error;
    this.#sink.onOversized(streamId, error);
    return true;
  }

  /** The keys of a frame; null where there are too many, which its stream was told. */
  #readInfo(bytes: Buffer, headerAt: number, infoAt: number, payloadAt: number, streamId: number): Info | null {
    try {
      return readInfo(bytes, headerAt, infoAt, payloadAt);
    } catch (error) {
      if (!isSkipped(error, this.#sink)) throw error;
      this.#sink.onOversized?.(streamId, error);
      return null;
    }
  }

  #readAny(bytes: Buffer, headerAt: number, payloadAt: number, end: number, streamId: number, flags: number): void {
    const protocolId = bytes[headerAt] as number;
    if (!PROTOCOL_IDS.has(protocolId)) {
      throw new WireError(`unsupported ProtocolID[${protocolId}]`, {
        offset: FIXED_BYTES,
        expected: "protocol id 0x00, 0x03, 0x04, 0x10 or 0x11",
        found: `0x${protocolId.toString(16)}`,
      });
    }
    const transforms = bytes[headerAt + 1] as number;
    const infoAt = headerAt + 2 + transforms;
    if (infoAt > payloadAt) {
      throw new WireError(`need read ${transforms} transformIDs, but not enough`, {
        offset: FIXED_BYTES + 1,
        expected: `${transforms} transform ids`,
        found: `${payloadAt - headerAt - 2} bytes`,
      });
    }
    const info = this.#readInfo(bytes, headerAt, infoAt, payloadAt, streamId);
    if (info === null) return;
    const { ints, strings } = info;
    const digit = ints.get(INT_KEYS.frameType) ?? "";
    const type = digit.length === 1 ? TYPE_NAMES[digit.charCodeAt(0) - 0x30] : undefined;
    if (type === undefined) {
      throw new WireError(`unexpected frame type: ${cutText(digit, MAX_TYPE_BYTES)}`, {
        offset: FIXED_BYTES,
        expected: "frame type 1 to 5 under int key 27",
        found: digit === "" ? "none" : digit.slice(0, 20),
      });
    }
    if (type === "data") this.#sink.onData(streamId, bytes, payloadAt, end);
    else
      this.#sink.onFrame({ type, streamId, ints, strings, payload: bytes.subarray(payloadAt, end), flags, protocolId });
  }
}

function isSkipped(error: unknown, { onOversized }: FrameSink): error is WireError {
  return error instanceof TooManyKeys && onOversized !== undefined;
}

function readU32(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

function notTTHeader(bytes: Buffer, at: number): WireError {
  const first = hex32(readU32(bytes, at));
  const second = hex32(readU32(bytes, at + 4));
  return new WireError(`not TTHeader protocol (first4Bytes=${first}, second4Bytes=${second})`, {
    offset: 4,
    expected: "magic 0x1000",
    found: second.slice(0, 6),
  });
}

function badFlags(flags: number): WireError {
  return new WireError(`unexpected header flags: ${flags}`, {
    offset: 6,
    expected: "the streaming flag 0x0002",
    found: `0x${flags.toString(16).padStart(4, "0")}`,
  });
}
