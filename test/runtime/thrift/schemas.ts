/** Random schemas, random values for them, and our own structs of them. */
import fc from "fast-check";
import { type AnyField, field, type Struct, struct, type ThriftType, t } from "../../../src/runtime/index.ts";
import type { Schema } from "./apache.ts";

const BASES = ["bool", "i8", "i16", "i32", "i64", "double", "string", "binary"] as const;

const { type } = fc.letrec<{ type: Schema; struct: Schema }>((tie) => ({
  struct: fc
    .uniqueArray(fc.tuple(fc.integer({ min: -32768, max: 32767 }), tie("type")), {
      maxLength: 6,
      selector: ([id]) => id,
    })
    .map((fields) => ({ is: "struct", fields: fields.map(([id, type], i) => ({ name: `f${i}`, id, type })) })),
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...BASES).map((is): Schema => ({ is })),
    fc.record({ is: fc.constantFrom("list", "set"), element: tie("type") }) as fc.Arbitrary<Schema>,
    fc.record({ is: fc.constant("map"), key: tie("type"), value: tie("type") }) as fc.Arbitrary<Schema>,
    tie("struct"),
  ),
}));

/** A struct with fields of whatever types. */
export const anySchema: fc.Arbitrary<Schema> = fc
  .array(type, { minLength: 1, maxLength: 5 })
  .map((types) => ({ is: "struct", fields: types.map((each, i) => ({ name: `f${i}`, id: i + 1, type: each })) }));

/** A value for a schema. */
export function valueFor(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.is) {
    case "bool":
      return fc.boolean();
    case "i8":
      return fc.integer({ min: -128, max: 127 });
    case "i16":
      return fc.integer({ min: -32768, max: 32767 });
    case "i32":
      return fc.integer();
    case "i64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "double":
      // Apache's library loses the sign of zero.
      return fc.double({ noNaN: true }).map((number) => (number === 0 ? 0 : number));
    case "string":
      return fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.constant("long ".repeat(100)));
    case "binary":
      return fc.uint8Array().map((bytes) => Buffer.from(bytes));
    case "list":
      return fc.array(valueFor(schema.element), { maxLength: 5 });
    case "set":
      return fc.array(valueFor(schema.element), { maxLength: 5 }).map((each) => new Set(each));
    case "map":
      return fc
        .array(fc.tuple(valueFor(schema.key), valueFor(schema.value)), { maxLength: 5 })
        .map((entries) => new Map(entries));
    default:
      return fc.record(Object.fromEntries(schema.fields.map(({ name, type }) => [name, valueFor(type)])));
  }
}

function typeOf(schema: Schema): ThriftType<never> {
  switch (schema.is) {
    case "list":
    case "set":
      return t[schema.is](typeOf(schema.element)) as unknown as ThriftType<never>;
    case "map":
      return t.map(typeOf(schema.key), typeOf(schema.value)) as unknown as ThriftType<never>;
    case "struct":
      return structOf(schema).type as unknown as ThriftType<never>;
    default:
      return t[schema.is] as unknown as ThriftType<never>;
  }
}

/** Our struct of a schema. */
export function structOf(schema: Schema): Struct<Record<string, unknown>> {
  if (schema.is !== "struct") throw new TypeError("a struct is wanted");
  const fields: [string, AnyField][] = schema.fields.map(({ name, id, type }) => [name, field(id, typeOf(type))]);
  return struct(Object.fromEntries(fields)) as unknown as Struct<Record<string, unknown>>;
}
