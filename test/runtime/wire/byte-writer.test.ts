import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../../src/runtime/wire/index.ts";
import { rounds } from "../../support/effort.ts";

/** What was written, as hex. */
function written(write: (writer: ByteWriter) => void, capacity?: number): string {
  const writer = new ByteWriter(capacity);
  write(writer);
  return writer.toBytes().toString("hex");
}

describe("a byte writer", () => {
  it("writes numbers big-endian, signed ones as their two's complement", () => {
    expect(written((writer) => [0, 1, 255, -1].forEach((each) => void writer.u8(each)))).toBe("0001ffff");
    expect(written((writer) => [1, 0x1234, 65535, -2].forEach((each) => void writer.u16(each)))).toBe(
      "00011234fffffffe",
    );
    expect(written((writer) => [1, 0x12345678, 0xffffffff, -2].forEach((each) => void writer.u32(each)))).toBe(
      "0000000112345678fffffffffffffffe",
    );
  });

  it("writes the head of a field as its type and a signed id of 16 bits", () => {
    expect(written((writer) => writer.field(11, 1))).toBe("0b0001");
    expect(written((writer) => writer.field(8, 0x1234))).toBe("081234");
    expect(written((writer) => writer.field(8, -1))).toBe("08ffff");
  });

  it("overwrites a number that is written, and nothing else", () => {
    const writer = new ByteWriter(16);
    for (let i = 0; i < 8; i += 1) writer.u8(i);
    writer.patchU32(2, 0xa1b2c3d4);
    expect(writer.toBytes().toString("hex")).toBe("0001a1b2c3d40607");
    expect(writer.at).toBe(8);
  });

  it("takes back what was written from an offset on", () => {
    const writer = new ByteWriter(16);
    writer.u32(1);
    writer.u32(2);
    writer.rewind(4);
    writer.u8(9);
    expect(writer.toBytes().toString("hex")).toBe("0000000109");
  });

  it("gives a copy: what is written later does not change it", () => {
    const writer = new ByteWriter(16);
    writer.u8(1);
    const copy = writer.toBytes();
    writer.rewind(0);
    writer.u8(2);
    expect(copy.toString("hex")).toBe("01");
  });

  it("writes texts of any script behind their length in bytes", () => {
    for (const text of [
      "",
      "a",
      "x".repeat(24),
      "x".repeat(25),
      "é",
      `${"x".repeat(23)}é`,
      "漢字",
      "😀",
      "\u007f",
      "\u0080",
    ]) {
      const bytes = Buffer.from(text);
      const length16 = bytes.length.toString(16).padStart(4, "0");
      expect(written((writer) => writer.text16(text))).toBe(length16 + bytes.toString("hex"));
      expect(written((writer) => writer.text32(text))).toBe(`0000${length16}${bytes.toString("hex")}`);
      expect(written((writer) => writer.text16(text), 1)).toBe(length16 + bytes.toString("hex"));
      expect(written((writer) => writer.text32(text), 1)).toBe(`0000${length16}${bytes.toString("hex")}`);
    }
  });

  it("grows to what is asked for, at least twofold, and keeps what it holds", () => {
    const writer = new ByteWriter(8);
    for (let i = 0; i < 8; i += 1) writer.u8(i);
    const before = writer.bytes;
    writer.ensure(0);
    expect(writer.bytes).toBe(before);
    writer.ensure(1);
    expect(writer.bytes.length).toBe(16);
    writer.ensure(8);
    expect(writer.bytes.length).toBe(16);
    writer.ensure(1000);
    expect(writer.bytes.length).toBe(1008);
    expect(writer.toBytes().toString("hex")).toBe("0001020304050607");
  });

  it("has the same bytes whatever capacity it began with", () => {
    const step = fc.oneof(
      fc.tuple(fc.constant("u8" as const), fc.nat(255)),
      fc.tuple(fc.constant("u16" as const), fc.nat(65535)),
      fc.tuple(fc.constant("u32" as const), fc.nat()),
      fc.tuple(fc.constant("text16" as const), fc.string({ unit: "grapheme", maxLength: 40 })),
      fc.tuple(fc.constant("text32" as const), fc.string({ unit: "grapheme", maxLength: 40 })),
      fc.tuple(fc.constant("raw" as const), fc.uint8Array({ maxLength: 40 })),
      fc.tuple(fc.constant("field" as const), fc.nat(15)),
    );
    const run = (writer: ByteWriter, steps: readonly (readonly [string, unknown])[]): void => {
      for (const [name, value] of steps) {
        if (name === "field") writer.field(value as number, 7);
        else (writer as unknown as Record<string, (value: unknown) => void>)[name]?.(value);
      }
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: 1, max: 64 }), (steps, capacity) => {
        expect(written((writer) => run(writer, steps), capacity)).toBe(written((writer) => run(writer, steps), 65536));
      }),
      { numRuns: rounds(200) },
    );
  });
});
