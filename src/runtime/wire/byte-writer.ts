/** Up to this length a loop over ASCII is faster than a call. */
const SHORT_TEXT = 24;

/**
 * A growing buffer that frames and payloads are encoded into, in place.
 *
 * The bytes before `at` are written; everything behind is scratch. Callers that write by hand call `ensure` first and then move `at`:
 * that keeps the hot path free of calls per byte. `rewind` takes back a half-written frame.
 */
export class ByteWriter {
  bytes: Buffer;
  at = 0;

  constructor(capacity = 1024) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  u8(value: number): void {
    this.ensure(1);
    this.bytes[this.at++] = value;
  }

  u16(value: number): void {
    this.ensure(2);
    const { bytes, at } = this;
    bytes[at] = value >>> 8;
    bytes[at + 1] = value;
    this.at = at + 2;
  }

  /** Writes 32 bits; takes signed and unsigned numbers alike. */
  u32(value: number): void {
    this.ensure(4);
    this.patchU32(this.at, value);
    this.at += 4;
  }

  /** Overwrites 32 bits at an offset that is already written. */
  patchU32(offset: number, value: number): void {
    const { bytes } = this;
    bytes[offset] = value >>> 24;
    bytes[offset + 1] = value >>> 16;
    bytes[offset + 2] = value >>> 8;
    bytes[offset + 3] = value;
  }

  /** Copies bytes in. */
  raw(source: Uint8Array): void {
    this.ensure(source.length);
    this.bytes.set(source, this.at);
    this.at += source.length;
  }

  /** Writes UTF-8 behind a length of 16 bits. The caller has checked that it fits. */
  text16(text: string): void {
    const length = Buffer.byteLength(text);
    this.ensure(length + 2);
    this.u16(length);
    this.at += this.bytes.write(text, this.at);
  }

  /** Writes the head of a thrift field: its type and its id. */
  field(type: number, id: number): void {
    this.ensure(3);
    const { bytes, at } = this;
    bytes[at] = type;
    bytes[at + 1] = id >> 8;
    bytes[at + 2] = id;
    this.at = at + 3;
  }

  /** Writes UTF-8 behind a length of 32 bits. */
  text32(text: string): void {
    const { length } = text;
    this.ensure(length * 3 + 4);
    const { bytes, at } = this;
    let size = -1;
    if (length <= SHORT_TEXT) size = this.#ascii(text, at + 4);
    if (size < 0) size = bytes.write(text, at + 4);
    this.patchU32(at, size);
    this.at = at + 4 + size;
  }

  /** Writes a short text without a call into C++; -1 where it is not all ASCII. */
  #ascii(text: string, at: number): number {
    const { bytes } = this;
    const { length } = text;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return -1;
      bytes[at + i] = unit;
    }
    return length;
  }

  /** Takes back everything written from `offset` on. */
  rewind(offset: number): void {
    this.at = offset;
  }

  /** A copy of what is written. */
  toBytes(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.at));
  }
}
