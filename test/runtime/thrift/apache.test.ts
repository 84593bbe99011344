import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError, field, type Struct, struct, t } from "../../../src/runtime/index.ts";
import { apacheDecode, apacheEncode } from "./apache.ts";
import { anySchema, structOf, valueFor } from "./schemas.ts";

const anyMessage = anySchema.chain((schema) =>
  valueFor(schema).map((value) => ({ schema, value: value as Record<string, unknown> })),
);

describe("structs of whatever types, beside Apache thrift", () => {
  it("have the same bytes", () => {
    fc.assert(
      fc.property(anyMessage, ({ schema, value }) => {
        expect(Buffer.from(structOf(schema).encode(value)).equals(apacheEncode(schema, value))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("read what Apache wrote, and Apache reads what they wrote", () => {
    fc.assert(
      fc.property(anyMessage, ({ schema, value }) => {
        const ours = structOf(schema);
        expect(ours.decode(apacheEncode(schema, value))).toEqual(value);
        expect(apacheDecode(schema, ours.encode(value))).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });
});

/** Values in a message: what a decoder has allocated, roughly. */
function count(value: unknown): number {
  if (value instanceof Map) return 1 + count([...value.keys()]) + count([...value.values()]);
  if (value instanceof Set || Array.isArray(value)) return [...value].reduce((sum, each) => sum + count(each), 1);
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return 1;
  return count(Object.values(value));
}

function decodeOrError(codec: Struct<Record<string, unknown>>, bytes: Buffer): unknown {
  try {
    return codec.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return null;
  }
}

describe("hostile bytes", () => {
  it("give a message or a DecodeError, never another error, and no more values than the bytes can hold", () => {
    fc.assert(
      fc.property(anySchema, fc.uint8Array({ maxLength: 300 }), (schema, noise) => {
        const codec = structOf(schema);
        const zeros = count(codec.create());
        const found = decodeOrError(codec, Buffer.from(noise));
        expect(count(found)).toBeLessThanOrEqual((noise.length + 1) * (zeros + 1));
      }),
      { numRuns: 200 },
    );
  });

  it("that nearly are a message do the same, cut short or changed anywhere", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyMessage, damage, fc.nat(), ({ schema, value }, changes, cut) => {
        const codec = structOf(schema);
        const bytes = Buffer.from(codec.encode(value));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        decodeOrError(codec, bytes);
        decodeOrError(codec, bytes.subarray(0, cut % bytes.length));
      }),
      { numRuns: 200 },
    );
  });

  it("around a message are never read: decoding it in place gives what decoding it alone gives", () => {
    const decodeAt = (codec: Struct<Record<string, unknown>>, bytes: Buffer, start: number, end: number) => {
      try {
        return codec.decodeAt?.(bytes, start, end);
      } catch (error) {
        return (error as Error).message;
      }
    };
    fc.assert(
      fc.property(anyMessage, fc.uint8Array(), fc.nat(), ({ schema, value }, noise, cut) => {
        const codec = structOf(schema);
        const message = codec.encode(value);
        const all = Buffer.concat([noise, message, noise, message]);
        for (const size of [message.length, cut % message.length]) {
          const alone = Buffer.from(message.subarray(0, size));
          const inPlace = decodeAt(codec, all, noise.length, noise.length + size);
          expect(inPlace).toEqual(decodeAt(codec, alone, 0, size));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("may promise a billion elements of any type in a few bytes and get a DecodeError before anything is allocated", () => {
    const All = struct({
      list: field(1, t.list(t.list(t.bool))),
      set: field(2, t.set(t.i8)),
      map: field(3, t.map(t.string, t.binary)),
      text: field(4, t.string),
    });
    for (const hex of [
      "0f00010f7fffffff00",
      "0e0002037fffffff00",
      "0d00030b0b7fffffff00",
      "0b00047fffffff00",
      "0f0063027fffffff",
    ]) {
      expect(() => All.decode(Buffer.from(hex, "hex"))).toThrow(DecodeError);
    }
  });
});

interface Tree {
  name: string;
  left?: Tree | undefined;
  children: Tree[];
}
const Tree: Struct<Tree> = struct({
  name: field(1, t.string),
  left: field(
    2,
    t.recursive(() => Tree.type),
    { optional: true },
  ),
  children: field(3, t.list(t.recursive(() => Tree.type))),
});

describe("a struct that holds itself", () => {
  it("comes back from bytes", () => {
    const leaf = Tree.create({ name: "leaf" });
    const tree = Tree.create({
      name: "root",
      left: leaf,
      children: [leaf, Tree.create({ name: "n", children: [leaf] })],
    });
    expect(Tree.decode(Buffer.from(Tree.encode(tree)))).toEqual(tree);
  });

  it("cannot be nested without an end", () => {
    expect(() => Tree.decode(Buffer.from("0c0002".repeat(10_000), "hex"))).toThrow("nested deeper than 64");
  });
});
