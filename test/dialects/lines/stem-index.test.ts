import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StemIndex } from "../../../src/dialects/lines/stem-index.ts";

describe("an index of stems", () => {
  it("finds exactly the words that stand in a text", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 30 });
    const words = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 3, maxLength: 5 }));
    fc.assert(
      fc.property(letters, words, (text, stems) => {
        const index = new StemIndex(stems.map((stem) => [stem, stem] as const));
        expect([...index.in(text)].sort()).toEqual(stems.filter((stem) => text.includes(stem)).sort());
      }),
    );
  });

  it("says of a shorter word that it is too short", () => {
    expect(() => new StemIndex([["ab", 1]])).toThrow(RangeError);
  });
});
