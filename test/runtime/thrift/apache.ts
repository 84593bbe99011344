/**
 * Thrift binary as Apache's own Node library writes and reads it, for values described by a schema.
 */
import { createRequire } from "node:module";

/** A schema of whatever types. */
export type Schema =
  | { readonly is: "bool" | "i8" | "i16" | "i32" | "i64" | "double" | "string" | "binary" }
  | { readonly is: "list" | "set"; readonly element: Schema }
  | { readonly is: "map"; readonly key: Schema; readonly value: Schema }
  | {
      readonly is: "struct";
      readonly fields: readonly { readonly name: string; readonly id: number; readonly type: Schema }[];
    };

interface Int64 {
  readonly buffer: Buffer;
  readonly offset: number;
}

/** The parts of Apache's TBinaryProtocol that are used here. */
interface Protocol {
  flush(): void;
  writeBool(value: boolean): void;
  writeByte(value: number): void;
  writeI16(value: number): void;
  writeI32(value: number): void;
  writeI64(value: Int64): void;
  writeDouble(value: number): void;
  writeString(value: string): void;
  writeBinary(value: Buffer): void;
  writeListBegin(type: number, size: number): void;
  writeSetBegin(type: number, size: number): void;
  writeMapBegin(key: number, value: number, size: number): void;
  writeFieldBegin(name: string, type: number, id: number): void;
  writeFieldStop(): void;
  readBool(): boolean;
  readByte(): number;
  readI16(): number;
  readI32(): number;
  readI64(): Int64;
  readDouble(): number;
  readString(): string;
  readBinary(): Buffer;
  readListBegin(): { size: number };
  readSetBegin(): { size: number };
  readMapBegin(): { size: number };
  readFieldBegin(): { ftype: number; fid: number };
}

interface Transport {
  inBuf: Buffer;
  writeCursor: number;
}

interface Library {
  readonly TBinaryProtocol: new (transport: Transport) => Protocol;
  readonly TBufferedTransport: new (buffer: undefined, done?: (bytes: Buffer) => void) => Transport;
  readonly Thrift: { readonly Type: Readonly<Record<string, number>> };
  readonly Int64: new (bytes: Buffer) => Int64;
}

const library = createRequire(import.meta.url)("thrift") as Library;
const { Type } = library.Thrift;

const NAMES = {
  bool: "BOOL",
  i8: "BYTE",
  i16: "I16",
  i32: "I32",
  i64: "I64",
  double: "DOUBLE",
  string: "STRING",
} as const;

function typeCode({ is }: Schema): number {
  const name = is === "binary" ? "STRING" : ((NAMES as Record<string, string>)[is] ?? is.toUpperCase());
  return Type[name] as number;
}

function write(protocol: Protocol, schema: Schema, value: unknown): void {
  switch (schema.is) {
    case "bool":
      protocol.writeBool(value as boolean);
      break;
    case "i8":
      protocol.writeByte(value as number);
      break;
    case "i16":
      protocol.writeI16(value as number);
      break;
    case "i32":
      protocol.writeI32(value as number);
      break;
    case "i64": {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(value as bigint);
      protocol.writeI64(new library.Int64(bytes));
      break;
    }
    case "double":
      protocol.writeDouble(value as number);
      break;
    case "string":
      protocol.writeString(value as string);
      break;
    case "binary":
      protocol.writeBinary(value as Buffer);
      break;
    case "list":
      protocol.writeListBegin(typeCode(schema.element), (value as unknown[]).length);
      for (const each of value as unknown[]) write(protocol, schema.element, each);
      break;
    case "set":
      protocol.writeSetBegin(typeCode(schema.element), (value as Set<unknown>).size);
      for (const each of value as Set<unknown>) write(protocol, schema.element, each);
      break;
    case "map":
      protocol.writeMapBegin(typeCode(schema.key), typeCode(schema.value), (value as Map<unknown, unknown>).size);
      for (const [key, each] of value as Map<unknown, unknown>) {
        write(protocol, schema.key, key);
        write(protocol, schema.value, each);
      }
      break;
    default:
      for (const { name, id, type } of schema.fields) {
        protocol.writeFieldBegin(name, typeCode(type), id);
        write(protocol, type, (value as Record<string, unknown>)[name]);
      }
      protocol.writeFieldStop();
  }
}

function read(protocol: Protocol, schema: Schema): unknown {
  switch (schema.is) {
    case "bool":
      return protocol.readBool();
    case "i8":
      return protocol.readByte();
    case "i16":
      return protocol.readI16();
    case "i32":
      return protocol.readI32();
    case "i64": {
      const { buffer, offset } = protocol.readI64();
      return buffer.readBigInt64BE(offset);
    }
    case "double":
      return protocol.readDouble();
    case "string":
      return protocol.readString();
    case "binary":
      return Buffer.from(protocol.readBinary());
    case "list":
      return Array.from({ length: protocol.readListBegin().size }, () => read(protocol, schema.element));
    case "set":
      return new Set(Array.from({ length: protocol.readSetBegin().size }, () => read(protocol, schema.element)));
    case "map": {
      const { size } = protocol.readMapBegin();
      return new Map(
        Array.from({ length: size }, () => [read(protocol, schema.key), read(protocol, schema.value)] as const),
      );
    }
    default: {
      const message: Record<string, unknown> = {};
      for (let head = protocol.readFieldBegin(); head.ftype !== Type["STOP"]; head = protocol.readFieldBegin()) {
        const field = schema.fields.find(({ id }) => id === head.fid);
        if (field === undefined) throw new Error(`a field with the id ${head.fid}`);
        message[field.name] = read(protocol, field.type);
      }
      return message;
    }
  }
}

/** The bytes Apache writes. */
export function apacheEncode(schema: Schema, value: unknown): Buffer {
  let bytes = Buffer.alloc(0);
  const transport = new library.TBufferedTransport(undefined, (written) => {
    bytes = Buffer.from(written);
  });
  const protocol = new library.TBinaryProtocol(transport);
  write(protocol, schema, value);
  protocol.flush();
  return bytes;
}

/** What Apache reads. */
export function apacheDecode(schema: Schema, bytes: Uint8Array): unknown {
  const transport = new library.TBufferedTransport(undefined);
  transport.inBuf = Buffer.from(bytes);
  transport.writeCursor = bytes.length;
  return read(new library.TBinaryProtocol(transport), schema);
}
