/**
 * Reads thrift binary values from a payload, with limits on depth and sizes.
 *
 * What a size field promises is checked against the bytes that are left before anything is allocated.
 */

import { noteMistyped } from "../seams/mistyped-fields.ts";

/** Limits of a decoder. */
export interface DecodeLimits {
  /** Structs, lists, sets and maps inside each other. Default 64. */
  readonly maxDepth: number;
  /** Elements of one list, set or map. Default 1,000,000. */
  readonly maxElements: number;
  /** Bytes of one string or binary. Default 64 MiB. */
  readonly maxTextBytes: number;
}

export const DEFAULT_DECODE_LIMITS: DecodeLimits = {
  maxDepth: 64,
  maxElements: 1_000_000,
  maxTextBytes: 64 * 1024 * 1024,
};

/** A payload that is not what the struct says. The stream that carried it ends; nothing else does. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

/** Thrift's type codes (docs/protocol.md#data-payload). */
export const TYPE_CODES = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TYPE_CODES).map(([name, code]) => [code, name]));

/** Bytes of the fixed-size types by code; 0 for the others. */
const FIXED: readonly number[] = [0, 0, 1, 1, 8, 0, 2, 0, 4, 0, 8, 0, 0, 0, 0, 0];

/** The fewest bytes an element of a type can have. */
const LEAST: readonly number[] = [0, 0, 1, 1, 8, 0, 2, 0, 4, 0, 8, 4, 1, 6, 5, 5];

/** Up to this length a string is made of its characters; longer ones by a call into C++. */
const SHORT_TEXT = 12;

/** A short text of ASCII; null where it is something else. */
function shortAscii(bytes: Buffer, start: number, length: number): string | null {
  let text = "";
  for (let i = start; i < start + length; i += 1) {
    const unit = bytes[i] as number;
    if (unit > 0x7f) return null;
    text += String.fromCharCode(unit);
  }
  return text;
}

function typeName(code: number): string {
  return TYPE_NAMES.get(code) ?? String(code);
}

/** A cursor over one payload. */
export class ThriftReader {
  readonly bytes: Buffer;
  readonly limits: DecodeLimits;
  at: number;
  readonly end: number;
  #depth = 0;

  constructor(bytes: Buffer, limits: DecodeLimits, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.limits = limits;
    this.at = start;
    this.end = end;
  }

  /** Moves over `count` bytes and returns where they began. */
  take(count: number, what: string): number {
    const start = this.at;
    if (start + count > this.end) throw new DecodeError(`Read${what}: buf too small`);
    this.at = start + count;
    return start;
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > this.limits.maxDepth) throw new DecodeError(`nested deeper than ${this.limits.maxDepth}`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  u8(what: string): number {
    return this.bytes[this.take(1, what)] as number;
  }

  i16(what: string): number {
    const at = this.take(2, what);
    const { bytes } = this;
    return (((bytes[at] as number) << 24) >> 16) | (bytes[at + 1] as number);
  }

  i32(what: string): number {
    const at = this.take(4, what);
    const { bytes } = this;
    return (
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
    );
  }

  i64(): bigint {
    const high = this.i32("I64");
    const low = this.i32("I64") >>> 0;
    // Most numbers are small, and a bigint from one number is made in a third of the time.
    if (high === 0) return BigInt(low);
    if (high >= -0x200000 && high < 0x200000) return BigInt(high * 0x1_0000_0000 + low);
    return (BigInt(high) << 32n) | BigInt(low);
  }

  double(): number {
    return this.bytes.readDoubleBE(this.take(8, "Double"));
  }

  string(): string {
    const length = this.#length("String");
    const start = this.take(length, "String");
    if (length <= SHORT_TEXT) {
      const text = shortAscii(this.bytes, start, length);
      if (text !== null) return text;
    }
    return this.bytes.toString("utf8", start, start + length);
  }

  /** A slice, not a copy: it keeps the received chunk (up to 64 KiB) alive as long as somebody keeps it. */
  binary(): Buffer {
    const length = this.#length("Binary");
    const start = this.take(length, "Binary");
    return this.bytes.subarray(start, start + length);
  }

  /** The number of elements of a container whose elements have at least the sizes of these type codes. */
  size(what: string, ...codes: readonly number[]): number {
    const size = this.i32(what);
    const least = codes.reduce((sum, code) => sum + (LEAST[code] ?? 1), 0);
    if (size < 0 || size > this.limits.maxElements)
      throw new DecodeError(`${what} of ${size} elements exceeds the limit`);
    if (size * least > this.end - this.at) throw new DecodeError(`Read${what}: buf too small`);
    return size;
  }

  /** Tells of a field whose value has another type than its struct says; the value is skipped by the caller. */
  mistyped(field: string, expected: number, found: number): void {
    noteMistyped({ field, expected: typeName(expected), found: typeName(found) });
  }

  /** Skips a value of a type. */
  skip(code: number): void {
    const fixed = FIXED[code] ?? 0;
    if (fixed > 0) {
      this.take(fixed, "Skip");
      return;
    }
    if (code === TYPE_CODES.string) {
      this.take(this.#length("String"), "Skip");
      return;
    }
    this.enter();
    if (code === TYPE_CODES.struct) {
      for (let type = this.u8("FieldBegin"); type !== TYPE_CODES.stop; type = this.u8("FieldBegin")) {
        this.take(2, "FieldBegin");
        this.skip(type);
      }
    } else if (code === TYPE_CODES.list || code === TYPE_CODES.set) {
      const type = this.u8("ListBegin");
      for (let left = this.size("ListBegin", type); left > 0; left -= 1) this.skip(type);
    } else if (code === TYPE_CODES.map) {
      const key = this.u8("MapBegin");
      const value = this.u8("MapBegin");
      for (let left = this.size("MapBegin", key, value); left > 0; left -= 1) {
        this.skip(key);
        this.skip(value);
      }
    } else throw new DecodeError(`unknown data type ${code}`);
    this.leave();
  }

  #length(what: string): number {
    const length = this.i32(what);
    if (length < 0 || length > this.limits.maxTextBytes)
      throw new DecodeError(`Read${what}: length ${length} exceeds the limit`);
    return length;
  }
}
