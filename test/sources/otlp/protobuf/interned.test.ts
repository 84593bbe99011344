import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Interned } from "../../../../src/sources/otlp/protobuf/interned.ts";

function textOf<Known>(interned: Interned<Known>, bytes: Buffer, from: number, to: number): Known {
  return interned.of(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), from, to);
}

describe("interned texts", () => {
  it("are the texts of their bytes, whatever stood in their place before", () => {
    // Thousands of texts of few letters: many meet in one slot
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 80 }),
      fc.string({ unit: "grapheme", maxLength: 20 }),
      fc.constantFrom("x".repeat(1_024), "x".repeat(1_025), `${"y".repeat(600)}1`, `${"y".repeat(600)}2`),
    );
    const interned = new Interned<string>((each) => each);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), fc.nat(3), (texts, before) => {
        for (const each of texts) {
          const bytes = Buffer.from(`${"#".repeat(before)}${each}###`);
          expect(textOf(interned, bytes, before, bytes.length - 3)).toBe(each);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are learnt once while they stay, and each time where they are long", () => {
    const learnt: string[] = [];
    const interned = new Interned<object>((each) => {
      learnt.push(each.slice(0, 10));
      return { each };
    });
    const of = (text: string): object => textOf(interned, Buffer.from(text), 0, Buffer.byteLength(text));
    expect(of("rpc.service")).toBe(of("rpc.service"));
    expect(of("rpc.service")).not.toBe(of("rpc.method"));
    of("l".repeat(2_000));
    of("l".repeat(2_000));
    expect(learnt).toEqual(["rpc.servic", "rpc.method", "l".repeat(10), "l".repeat(10)]);
  });
});
