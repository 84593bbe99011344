/** Codecs: raw bytes, and typed thrift structs. */
export { type Codec, raw } from "./codec.ts";
export { type AnyField, type Field, type FieldRules, type Fields, field } from "./field.ts";
export { DecodeError, type DecodeLimits, type ThriftReader } from "./reader.ts";
export { type Infer, type MessageOf, type Struct, struct } from "./struct.ts";
export type { ThriftType } from "./values.ts";
