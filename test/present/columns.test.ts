import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createColumns } from "../../src/present/index.ts";

// A measure good enough for a test: Han and emoji are two columns wide.
const columns = createColumns((text) =>
  [...text].reduce((sum, sign) => sum + (/\p{Script=Han}|\p{Emoji_Presentation}/u.test(sign) ? 2 : 1), 0),
);

describe("columns", () => {
  it("cut between signs, never through a wide one", () => {
    expect(columns.cut("服务甲乙丙", 6)).toBe("服务…");
    expect(columns.cut("服务甲", 6)).toBe("服务甲");
    expect(columns.cut("abc", 0)).toBe("");
    expect(columns.cut("abc", 1)).toBe("…");
  });

  it("wrap between words, and within a word that is longer than a line", () => {
    expect(columns.wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(columns.wrap("abcdefghij xy", 4)).toEqual(["abcd", "efgh", "ij", "xy"]);
  });

  it("never make a line wider than asked", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        expect(columns.widthOf(columns.cut(text, width))).toBeLessThanOrEqual(width);
        for (const line of columns.wrap(text, width)) expect(columns.widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
