/**
 * Typed thrift structs, made from a table of fields.
 *
 * Unknown fields, and fields whose type on the wire is another, are skipped; the latter are counted (`mistypedFields()`). Missing fields get their default or the zero value of their
 * type, as in Go; only `required` ones must be there.
 */
import { ByteWriter } from "../wire/index.ts";
import type { Codec } from "./codec.ts";
import { type Compiled, compile, type Row } from "./compile.ts";
import type { AnyField, Field, Fields } from "./field.ts";
import { DEFAULT_DECODE_LIMITS, DecodeError, type DecodeLimits, ThriftReader, TYPE_CODES } from "./reader.ts";
import type { ThriftType } from "./values.ts";

type ValueOf<Each> = Each extends Field<infer Value> ? Value : never;
type OptionalNames<Table extends Fields> = {
  [Name in keyof Table]: Table[Name]["optional"] extends true ? Name : never;
}[keyof Table];

/** The message type of a table of fields. */
export type MessageOf<Table extends Fields> = {
  [Name in Exclude<keyof Table, OptionalNames<Table>>]: ValueOf<Table[Name]>;
} & { [Name in OptionalNames<Table>]?: ValueOf<Table[Name]> | undefined };

/** A struct: a codec, and a type to be used inside other structs. */
export interface Struct<Message> extends Codec<Message>, Omit<ThriftType<Message>, "write"> {
  readonly write: (message: Message, writer: ByteWriter) => void;
  /** This struct as the type of a field, an element, a key or a value. */
  readonly type: ThriftType<Message>;
  /** A message with every field that is not given at its default or zero. */
  create(values?: Partial<Message>): Message;
}

/** The message type of a struct: `type Token = Infer<typeof Token>`. */
export type Infer<Of> = Of extends Struct<infer Message> ? Message : never;

type Loose = Record<string, unknown>;

/** Makes a struct. Throws TypeError where two fields share an id. */
export function struct<Table extends Fields>(
  table: Table,
  limits: Partial<DecodeLimits> = {},
): Struct<MessageOf<Table>> {
  type Message = MessageOf<Table>;
  const bounds: DecodeLimits = { ...DEFAULT_DECODE_LIMITS, ...limits };
  const rows: Row[] = Object.entries<AnyField>(table).map(([name, each]) => ({
    name,
    field: each,
    fill: () => freshCopy(each.fallback) ?? (each.optional ? undefined : each.type.zero()),
  }));
  const byId = new Map<number, Row>();
  for (const row of rows) {
    if (row.name === "__proto__") throw new TypeError("fields.__proto__: a message cannot have a field of this name");
    if (byId.has(row.field.id)) throw new TypeError(`fields.${row.name}: the id ${row.field.id} is used twice`);
    byId.set(row.field.id, row);
  }

  const create = (values: Partial<Message> = {}): Message => {
    const message: Loose = {};
    for (const { name, fill } of rows) {
      const value = (values as Loose)[name] ?? fill();
      if (value !== undefined) message[name] = value;
    }
    return message as Message;
  };
  const compiled = compile(rows, { missing, unset }) ?? interpret(rows);
  const write = (message: Message, writer: ByteWriter): void => {
    if (typeof message !== "object" || message === null) throw new TypeError("message must be an object");
    compiled.write(message, writer);
  };
  const read = compiled.read as (reader: ThriftReader) => Message;
  return {
    code: TYPE_CODES.struct,
    zero: () => create(),
    read,
    type: { code: TYPE_CODES.struct, zero: () => create(), read, write: (writer, value) => write(value, writer) },
    write,
    create,
    encode(message) {
      const writer = new ByteWriter(256);
      write(message, writer);
      return writer.bytes.subarray(0, writer.at);
    },
    decode: (payload) => read(new ThriftReader(payload, bounds)),
    decodeAt: (bytes, start, end) => read(new ThriftReader(bytes, bounds, start, end)),
  };
}

function missing(name: string): never {
  throw new TypeError(`${name} is missing`);
}

function unset({ name, field: each }: Row): never {
  throw new DecodeError(`required field ${name} (${each.id}) is not set`);
}

/** What {@link compile} generates, as a walk over the table. */
export function interpret(rows: readonly Row[]): Compiled {
  const byId = new Map(rows.map((row) => [row.field.id, row]));
  return {
    write(message, writer) {
      for (const { name, field: each } of rows) {
        const value = (message as Loose)[name] ?? each.fallback;
        if (value === undefined) {
          if (!each.optional) missing(name);
          continue;
        }
        writer.field(each.type.code, each.id);
        each.type.write(writer, value as never, name);
      }
      writer.u8(TYPE_CODES.stop);
    },
    read(reader) {
      reader.enter();
      const message: Loose = {};
      for (const { name } of rows) message[name] = undefined;
      for (;;) {
        const code = reader.u8("FieldBegin");
        if (code === TYPE_CODES.stop) break;
        const row = byId.get(reader.i16("FieldBegin"));
        if (row !== undefined && row.field.type.code === code) {
          message[row.name] = row.field.type.read(reader);
          continue;
        }
        if (row !== undefined) reader.mistyped(row.name, row.field.type.code, code);
        reader.skip(code);
      }
      for (const row of rows) {
        if (message[row.name] !== undefined) continue;
        if (row.field.required) unset(row);
        message[row.name] = row.fill();
      }
      reader.leave();
      return message;
    },
  };
}

/** A default that is a list, a map, a struct or bytes belongs to one message only. */
function freshCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(freshCopy);
  if (value instanceof Set) return new Set([...value].map(freshCopy));
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [freshCopy(key), freshCopy(each)]));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, freshCopy(each)]));
}
