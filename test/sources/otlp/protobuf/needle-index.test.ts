import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NeedleIndex } from "../../../../src/sources/otlp/protobuf/needle-index.ts";

const NEEDLES = ["cancel", "CANCEL", "abab", "deadline exceeded"];

describe("the index of needles", () => {
  it("says of every range what a search through it says, asked in any order, request after request", () => {
    const index = new NeedleIndex(NEEDLES);
    const part = fc.oneof(
      fc.constantFrom(...NEEDLES),
      fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 9 }),
    );
    const asked = fc.array(fc.tuple(fc.nat(60), fc.nat(30)), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.nat(40), asked, (parts, cut, ranges) => {
        const text = parts.join("");
        const bytes = Buffer.from(text);
        const at = Math.min(cut, bytes.length);
        index.load([bytes.subarray(0, at), bytes.subarray(at)], bytes.length);
        const starts = NEEDLES.flatMap((needle) =>
          [...text].map((_, i) => i).filter((i) => text.startsWith(needle, i)),
        );
        for (const [from, length] of ranges) {
          const to = Math.min(text.length, from + length);
          const within = starts.some((start) => start >= from && start < to);
          if (from <= text.length) expect(index.within(from, to)).toBe(within);
        }
      }),
    );
  });
});
