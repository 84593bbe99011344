/** The fields of a struct, as data. */
import type { ByteWriter } from "../wire/index.ts";
import type { ThriftReader } from "./reader.ts";
import type { ThriftType } from "./values.ts";

/** How a field may be missing. */
export interface FieldRules<Value> {
  /** Left out where undefined; undefined where missing. */
  readonly optional?: boolean;
  /** Missing on the wire: DecodeError. Undefined in a message: TypeError (as for every field that is not optional and has no default). */
  readonly required?: boolean;
  /** Written and read where the field is undefined or missing. */
  readonly default?: Value;
}

/** A field of a struct. */
export interface Field<Value, Optional extends boolean = boolean> {
  readonly id: number;
  readonly type: ThriftType<Value>;
  readonly optional: Optional;
  readonly required: boolean;
  readonly fallback: Value | undefined;
}

/** A field that may be undefined. */
export function field<Value>(
  id: number,
  type: ThriftType<Value>,
  rules: FieldRules<Value> & { readonly optional: true },
): Field<Value, true>;
/** A field that is always there. */
export function field<Value>(id: number, type: ThriftType<Value>, rules?: FieldRules<Value>): Field<Value, false>;
export function field<Value>(id: number, type: ThriftType<Value>, rules: FieldRules<Value> = {}): Field<Value> {
  if (!Number.isInteger(id) || id < -32768 || id > 32767)
    throw new TypeError(`id of a field must fit 16 bits, got ${id}`);
  if (typeof type?.write !== "function") throw new TypeError(`type of field ${id} must be a thrift type`);
  const { optional = false, required = false, default: fallback } = rules;
  return { id, type, optional, required, fallback };
}

/** What every field is. */
export interface AnyField {
  readonly id: number;
  readonly type: {
    readonly code: number;
    readonly zero: () => unknown;
    readonly write: (writer: ByteWriter, value: never, name: string) => void;
    readonly read: (reader: ThriftReader) => unknown;
  };
  readonly optional: boolean;
  readonly required: boolean;
  readonly fallback: unknown;
}

/** The fields of a struct by name. */
export type Fields = Readonly<Record<string, AnyField>>;
