import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, widthOf, wrap } from "../../src/present/index.ts";

describe("columns", () => {
  it("cut between signs, never through a wide one", () => {
    expect(cut("服务甲乙丙", 6)).toBe("服务…");
    expect(cut("服务甲", 6)).toBe("服务甲");
    expect(cut("abc", 0)).toBe("");
    expect(cut("abc", 1)).toBe("…");
  });

  it("wrap between words, and within a word that is longer than a line", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("abcdefghij xy", 4)).toEqual(["abcd", "efgh", "ij", "xy"]);
  });

  it("never make a line wider than asked", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width);
        for (const line of wrap(text, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
