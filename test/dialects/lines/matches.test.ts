import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesOf } from "../../../src/dialects/lines/matches.ts";

describe("the matches of a pattern", () => {
  it("are those of matchAll, whatever was asked before", () => {
    const pattern = /\b(a+)(b?)/gi;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "b", "A", " "), maxLength: 20 })), (texts) => {
        for (const text of texts) {
          const found = matchesOf(pattern, text);
          expect(found.map((match) => [...match, match.index])).toEqual(
            [...text.matchAll(pattern)].map((match) => [...match, match.index]),
          );
          // Somebody else may leave a pattern in the middle of a text
          pattern.lastIndex = 3;
        }
      }),
    );
  });
});
