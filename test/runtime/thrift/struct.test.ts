import { subscribe, unsubscribe } from "node:diagnostics_channel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ByteWriter,
  CHANNELS,
  DecodeError,
  field,
  type Infer,
  mistypedFields,
  struct,
  t,
} from "../../../src/runtime/index.ts";
import { DEFAULT_DECODE_LIMITS, ThriftReader } from "../../../src/runtime/thrift/reader.ts";
import { interpret } from "../../../src/runtime/thrift/struct.ts";

const Inner = struct({ name: field(1, t.string), tags: field(2, t.list(t.string), { optional: true }) });
const All = struct({
  flag: field(1, t.bool),
  tiny: field(2, t.i8),
  short: field(3, t.i16),
  int: field(4, t.i32),
  long: field(5, t.i64),
  real: field(6, t.double),
  text: field(7, t.string),
  bytes: field(8, t.binary),
  list: field(9, t.list(t.i32)),
  set: field(10, t.set(t.string)),
  map: field(11, t.map(t.string, t.i64)),
  inner: field(12, Inner.type),
  maybe: field(13, t.string, { optional: true }),
  ten: field(14, t.i32, { default: 10 }),
});
type All = Infer<typeof All>;
const Old = {
  text: field(1, t.string),
  words: field(2, t.list(t.string)),
  sums: field(3, t.map(t.string, t.i32)),
  none: field(4, t.list(t.string)),
  fine: field(5, t.string),
  empty: field(7, t.map(t.string, t.i32)),
};

const anything: fc.Arbitrary<All> = fc.record({
  flag: fc.boolean(),
  tiny: fc.integer({ min: -128, max: 127 }),
  short: fc.integer({ min: -32768, max: 32767 }),
  int: fc.integer(),
  long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  real: fc.double({ noNaN: true }),
  text: fc.string({ unit: "grapheme" }),
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  list: fc.array(fc.integer()),
  set: fc.array(fc.string()).map((each) => new Set(each)),
  map: fc.array(fc.tuple(fc.string(), fc.bigInt({ min: -5n, max: 2n ** 40n }))).map((each) => new Map(each)),
  inner: fc.record({ name: fc.string(), tags: fc.option(fc.array(fc.string()), { nil: undefined }) }),
  maybe: fc.option(fc.string(), { nil: undefined }),
  ten: fc.integer(),
});

describe("a typed struct", () => {
  it("is the bare struct of the wire: fields, then a stop byte", () => {
    expect(Buffer.from(Inner.encode({ name: "hi" })).toString("hex")).toBe("0b000100000002686900");
  });

  it("comes back from bytes whatever its values", () => {
    fc.assert(
      fc.property(anything, (message) => {
        expect(All.decode(Buffer.from(All.encode(message)))).toEqual(message);
      }),
    );
  });

  it("skips unknown fields, and known ones of another type", () => {
    const Old = struct({ inner: field(3, t.string), int: field(4, t.i32) });
    fc.assert(
      fc.property(anything, (message) => {
        expect(Old.decode(Buffer.from(All.encode(message)))).toEqual({ inner: "", int: message.int });
      }),
    );
  });

  it.each<[string, (fields: typeof Old) => { read(bytes: Buffer): unknown }]>([
    ["compiled", (fields) => ({ read: (bytes) => struct(fields).decode(bytes) })],
    [
      "walked",
      (fields) => {
        const rows = Object.entries(fields).map(([name, each]) => ({ name, field: each, fill: () => undefined }));
        return { read: (bytes) => interpret(rows).read(new ThriftReader(bytes, DEFAULT_DECODE_LIMITS)) };
      },
    ],
  ])("counts fields that came with another type, and tells observers which (%s)", (_how, make) => {
    const seen: unknown[] = [];
    const listener = (message: unknown) => void seen.push(message);
    subscribe(CHANNELS.fieldMistyped, listener);
    try {
      const before = mistypedFields().count;
      const bytes = struct({
        text: field(1, t.i32),
        words: field(2, t.list(t.i64)),
        sums: field(3, t.map(t.i32, t.bool)),
        none: field(4, t.list(t.i64)),
        fine: field(5, t.string),
        unknown: field(6, t.string),
        empty: field(7, t.map(t.i32, t.bool)),
      }).encode({
        text: 5,
        words: [1n, 2n],
        sums: new Map([[1, true]]),
        none: [],
        fine: "x",
        unknown: "new",
        empty: new Map(),
      });
      make(Old).read(Buffer.from(bytes));
      expect(seen).toEqual([
        { field: "text", expected: "string", found: "i32" },
        { field: "element", expected: "string", found: "i64" },
        { field: "element", expected: "string", found: "i32" },
        { field: "element", expected: "i32", found: "bool" },
      ]);
      expect(mistypedFields()).toEqual({ count: before + 4, last: seen.at(-1) });
    } finally {
      unsubscribe(CHANNELS.fieldMistyped, listener);
    }
  });

  it("gives every message a default list of its own", () => {
    const Tagged = struct({ tags: field(1, t.list(t.string), { default: ["new"] }) });
    const empty = Uint8Array.of(0);
    Tagged.decode(Buffer.from(empty)).tags.push("changed");
    expect(Tagged.decode(Buffer.from(empty))).toEqual({ tags: ["new"] });
    expect(Tagged.create()).toEqual({ tags: ["new"] });
  });

  it("refuses a field whose name an object cannot hold as its own", () => {
    expect(() => struct({ ["__proto__"]: field(1, t.string) })).toThrow(/__proto__/);
  });

  it("fills missing fields with defaults and zero values, and wants required ones", () => {
    const nothing = Buffer.from([0]);
    expect(All.decode(nothing)).toEqual(All.create());
    expect(All.create().ten).toBe(10);
    expect(All.create()).not.toHaveProperty("maybe");
    const Strict = struct({ id: field(1, t.i64, { required: true }) });
    expect(() => Strict.decode(nothing)).toThrow("required field id (1) is not set");
  });

  it("names the field that has a wrong value", () => {
    const wrong = (values: object) => () => All.encode({ ...All.create(), ...values } as All);
    expect(wrong({ int: 2 ** 31 })).toThrow(new TypeError("int must be an integer of 32 bits, got 2147483648"));
    expect(wrong({ long: 1 })).toThrow(new TypeError("long must be a bigint, got 1"));
    expect(wrong({ text: undefined })).toThrow(new TypeError("text is missing"));
    expect(wrong({ list: [1, "2"] })).toThrow(new TypeError("list[] must be an integer of 32 bits, got string"));
  });

  it("leaves hostile bytes with DecodeError and allocates no more than there is", () => {
    fc.assert(
      fc.property(anything, fc.nat(), fc.nat(255), (message, at, value) => {
        const bytes = Buffer.from(All.encode(message));
        bytes[at % bytes.length] = value;
        try {
          All.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 1000 },
    );
    const huge = Buffer.from("0f0009087fffffff00", "hex");
    expect(() => All.decode(huge)).toThrow(DecodeError);
    const deep = Buffer.from("0c0063".repeat(200), "hex");
    expect(() => All.decode(deep)).toThrow("nested deeper than 64");
  });

  it("reads and writes the same where code from strings is forbidden", () => {
    const rows = [{ name: "name", field: field(1, t.string), fill: () => "" }];
    const slow = interpret(rows);
    const writer = new ByteWriter();
    slow.write({ name: "hi" }, writer);
    expect(writer.toBytes().toString("hex")).toBe("0b000100000002686900");
  });
});
