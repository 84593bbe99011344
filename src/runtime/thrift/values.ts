/**
 * Thrift types as values: how each is written and read (docs/protocol.md#data-payload).
 *
 * Writers check what they are given: a wrong value is a programming mistake and throws TypeError naming the field.
 */
import type { ByteWriter } from "../wire/index.ts";
import { type ThriftReader, TYPE_CODES } from "./reader.ts";

/** One thrift type. */
export interface ThriftType<Value> {
  /** Its type code on the wire. */
  readonly code: number;
  /** What a reader gets where the field is missing. */
  readonly zero: () => Value;
  /** Appends a value; `name` is for error texts. */
  readonly write: (writer: ByteWriter, value: Value, name: string) => void;
  readonly read: (reader: ThriftReader) => Value;
}

function wrong(name: string, wanted: string, value: unknown): TypeError {
  const found = value === null ? "null" : typeof value;
  return new TypeError(`${name} must be ${wanted}, got ${found === "number" ? String(value) : found}`);
}

function integer(code: number, bits: 8 | 16 | 32): ThriftType<number> {
  const max = 2 ** (bits - 1);
  const check = (value: number, name: string): number => {
    if (typeof value !== "number" || (value | 0) !== value || value < -max || value >= max) {
      throw wrong(name, `an integer of ${bits} bits`, value);
    }
    return value;
  };
  if (bits === 8) {
    return {
      code,
      zero: () => 0,
      write: (writer, value, name) => writer.u8(check(value, name)),
      read: (reader) => (reader.u8("Byte") << 24) >> 24,
    };
  }
  if (bits === 16) {
    return {
      code,
      zero: () => 0,
      write: (writer, value, name) => writer.u16(check(value, name)),
      read: (reader) => reader.i16("I16"),
    };
  }
  return {
    code,
    zero: () => 0,
    write: (writer, value, name) => writer.u32(check(value, name)),
    read: (reader) => reader.i32("I32"),
  };
}

/** A boolean. */
export const bool: ThriftType<boolean> = {
  code: TYPE_CODES.bool,
  zero: () => false,
  write(writer, value, name) {
    if (typeof value !== "boolean") throw wrong(name, "a boolean", value);
    writer.u8(value ? 1 : 0);
  },
  read: (reader) => reader.u8("Bool") !== 0,
};

/** A signed integer of 8 bits. */
export const i8: ThriftType<number> = integer(TYPE_CODES.byte, 8);

/** A signed integer of 16 bits. */
export const i16: ThriftType<number> = integer(TYPE_CODES.i16, 16);

/** A signed integer of 32 bits. */
export const i32: ThriftType<number> = integer(TYPE_CODES.i32, 32);

const MAX_I64 = 2n ** 63n;

/** A signed integer of 64 bits: a bigint. */
export const i64: ThriftType<bigint> = {
  code: TYPE_CODES.i64,
  zero: () => 0n,
  write(writer, value, name) {
    if (typeof value !== "bigint") throw wrong(name, "a bigint", value);
    if (value >= MAX_I64 || value < -MAX_I64) throw new TypeError(`${name} must fit 64 bits`);
    const small = Number(value);
    if (Number.isSafeInteger(small)) {
      writer.u32(Math.floor(small / 0x1_0000_0000));
      writer.u32(small);
    } else {
      writer.u32(Number(value >> 32n));
      writer.u32(Number(value & 0xffffffffn));
    }
  },
  read: (reader) => reader.i64(),
};

/** A floating-point number of 64 bits. */
export const double: ThriftType<number> = {
  code: TYPE_CODES.double,
  zero: () => 0,
  write(writer, value, name) {
    if (typeof value !== "number") throw wrong(name, "a number", value);
    writer.ensure(8);
    writer.bytes.writeDoubleBE(value, writer.at);
    writer.at += 8;
  },
  read: (reader) => reader.double(),
};

/** Text, as UTF-8. */
export const string: ThriftType<string> = {
  code: TYPE_CODES.string,
  zero: () => "",
  write(writer, value, name) {
    if (typeof value !== "string") throw wrong(name, "a string", value);
    writer.text32(value);
  },
  read: (reader) => reader.string(),
};

const NO_BYTES = Buffer.alloc(0);

/** Bytes. */
export const binary: ThriftType<Uint8Array> = {
  code: TYPE_CODES.string,
  zero: () => NO_BYTES,
  write(writer, value, name) {
    if (!(value instanceof Uint8Array)) throw wrong(name, "a Uint8Array", value);
    writer.u32(value.length);
    writer.raw(value);
  },
  read: (reader) => reader.binary(),
};

/** The type of a struct that is made further below: for structs that hold themselves, directly or through others. */
export function recursive<Message>(type: () => ThriftType<Message>): ThriftType<Message> {
  return {
    code: TYPE_CODES.struct,
    zero: () => type().zero(),
    write: (writer, value, name) => type().write(writer, value, name),
    read: (reader) => type().read(reader),
  };
}

function readElements<Value>(reader: ThriftReader, element: ThriftType<Value>, take: (value: Value) => void): void {
  reader.enter();
  const code = reader.u8("ListBegin");
  const size = reader.size("ListBegin", code);
  if (size > 0 && code !== element.code) reader.mistyped("element", element.code, code);
  for (let left = size; left > 0; left -= 1) {
    if (code === element.code) take(element.read(reader));
    else reader.skip(code);
  }
  reader.leave();
}

/** A list: an array. */
export function list<Value>(element: ThriftType<Value>): ThriftType<Value[]> {
  return {
    code: TYPE_CODES.list,
    zero: () => [],
    write(writer, value, name) {
      if (!Array.isArray(value)) throw wrong(name, "an array", value);
      writer.u8(element.code);
      writer.u32(value.length);
      for (const each of value) element.write(writer, each, `${name}[]`);
    },
    read(reader) {
      const values: Value[] = [];
      readElements(reader, element, (value) => values.push(value));
      return values;
    },
  };
}

/** A set. */
export function set<Value>(element: ThriftType<Value>): ThriftType<Set<Value>> {
  return {
    code: TYPE_CODES.set,
    zero: () => new Set(),
    write(writer, value, name) {
      if (!(value instanceof Set)) throw wrong(name, "a Set", value);
      writer.u8(element.code);
      writer.u32(value.size);
      for (const each of value) element.write(writer, each, `${name}{}`);
    },
    read(reader) {
      const values = new Set<Value>();
      readElements(reader, element, (value) => values.add(value));
      return values;
    },
  };
}

/** A map: a Map, so that keys of every type keep theirs. */
export function map<Key, Value>(key: ThriftType<Key>, value: ThriftType<Value>): ThriftType<Map<Key, Value>> {
  return {
    code: TYPE_CODES.map,
    zero: () => new Map(),
    write(writer, entries, name) {
      if (!(entries instanceof Map)) throw wrong(name, "a Map", entries);
      writer.u8(key.code);
      writer.u8(value.code);
      writer.u32(entries.size);
      for (const [eachKey, eachValue] of entries) {
        key.write(writer, eachKey, `${name} key`);
        value.write(writer, eachValue, `${name} value`);
      }
    },
    read(reader) {
      reader.enter();
      const keyCode = reader.u8("MapBegin");
      const valueCode = reader.u8("MapBegin");
      const entries = new Map<Key, Value>();
      const size = reader.size("MapBegin", keyCode, valueCode);
      if (size > 0 && keyCode !== key.code) reader.mistyped("element", key.code, keyCode);
      if (size > 0 && valueCode !== value.code) reader.mistyped("element", value.code, valueCode);
      for (let left = size; left > 0; left -= 1) {
        if (keyCode === key.code && valueCode === value.code) {
          const eachKey = key.read(reader);
          entries.set(eachKey, value.read(reader));
        } else {
          reader.skip(keyCode);
          reader.skip(valueCode);
        }
      }
      reader.leave();
      return entries;
    },
  };
}
