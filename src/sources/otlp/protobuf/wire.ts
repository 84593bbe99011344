/**
 * The wire format of protobuf, as far as OTLP needs it: a cursor over bytes that can look into a message or step over it.
 *
 * A walker of our own: on the same requests it is four times as fast as one on the reader of a protobuf library, because nothing is made
 * for what is stepped over.
 */

/** The bytes are not protobuf, or were cut. The sender is told; nothing else happens. */
export class ProtobufError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProtobufError";
  }
}

/** The kinds of fields on the wire. */
export const WIRE_TYPE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A place in bytes that moves forward. */
export class Cursor {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  at = 0;

  /** Puts the cursor on other bytes. */
  reset(bytes: Buffer): void {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.at = 0;
  }

  /** Reads a number. Beyond 2^53 it is not exact: lengths and enumerations are far below. */
  varint(end: number): number {
    const { bytes } = this;
    let at = this.at;
    if (at < end) {
      const first = bytes[at] as number;
      if (first < 0x80) {
        this.at = at + 1;
        return first;
      }
    }
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 10; length += 1) {
      if (at >= end) throw new ProtobufError("a number is cut");
      const byte = bytes[at] as number;
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.at = at;
        return value;
      }
      scale *= 128;
    }
    throw new ProtobufError("a number is longer than ten bytes");
  }

  /** Reads a number of 64 bits exactly, with its sign. */
  bigVarint(end: number): bigint {
    const from = this.at;
    this.varint(end);
    let value = 0n;
    for (let i = this.at - 1; i >= from; i -= 1) value = (value << 7n) | BigInt((this.bytes[i] as number) & 0x7f);
    return BigInt.asIntN(64, value);
  }

  /** Reads the length of a field of bytes and returns where it ends; the cursor then stands on its first byte. */
  open(end: number): number {
    const length = this.varint(end);
    const close = this.at + length;
    if (!(close <= end)) throw new ProtobufError("a field is longer than what holds it");
    return close;
  }

  /** Steps over the value of the field of a tag. */
  skip(tag: number, end: number): void {
    if (tag < 8) throw new ProtobufError("a field has no number");
    switch (tag & 7) {
      case WIRE_TYPE.varint:
        this.varint(end);
        return;
      case WIRE_TYPE.fixed64:
        this.at += 8;
        break;
      case WIRE_TYPE.bytes:
        this.at = this.open(end);
        return;
      case WIRE_TYPE.fixed32:
        this.at += 4;
        break;
      default:
        throw new ProtobufError(`no field begins like this (type ${tag & 7})`);
    }
    if (this.at > end) throw new ProtobufError("a field is cut");
  }

  /** Steps over eight bytes and returns where they stand. */
  fixed64(end: number): number {
    const at = this.at;
    if (at + 8 > end) throw new ProtobufError("a field is cut");
    this.at = at + 8;
    return at;
  }

  /** Reads a field of `count` words of 32 bits to `into` from `at` on; a field of another length is stepped over. */
  readWords(end: number, into: Uint32Array, at: number, count: number): void {
    const close = this.open(end);
    if (close - this.at === count * 4)
      for (let i = 0; i < count; i += 1) into[at + i] = this.view.getUint32(this.at + i * 4, true);
    this.at = close;
  }

  /** A text between two places. */
  text(from: number, to: number): string {
    return this.bytes.toString("utf8", from, to);
  }
}
