import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { remember } from "../../src/dialects/remember.ts";

describe("what is remembered of texts", () => {
  it("is what reading them says, in any order and however alike they look", () => {
    const known = remember((text) => ({ text }));
    const alike = fc
      .tuple(fc.constantFrom("", "x", "y".repeat(300)), fc.nat(400))
      .map(([tail, at]) => `${"a".repeat(at)}b${tail}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(alike, fc.string()), { maxLength: 40 }), (texts) => {
        for (const text of texts) expect(known(text).text).toBe(text);
      }),
    );
  });

  it("is read once for a few texts that come again and again", () => {
    let reads = 0;
    const known = remember((text) => {
      reads += 1;
      return text.length;
    });
    const texts = ["A", "B", "C", "D"].map(
      (name) => `ServerStream to Service${name}: recv failed: ${"canceled ".repeat(20)}`,
    );
    for (let round = 0; round < 10; round += 1) for (const text of texts) known(text);
    expect(reads).toBe(4);
  });

  it("holds no text for ever: others take its place", () => {
    const read = new Set<string>();
    const known = remember((text) => {
      read.add(text);
      return text;
    });
    known("first");
    for (let i = 0; i < 100_000; i += 1) known(`text ${i}`);
    read.clear();
    known("first");
    expect(read).toContain("first");
  });

  it("is read anew for a text that is very long", () => {
    let reads = 0;
    const known = remember(() => {
      reads += 1;
    });
    for (let i = 0; i < 3; i += 1) known("x".repeat(5_000));
    expect(reads).toBe(3);
  });
});
