import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { cut, cutName, widthOf, wrap } from "../../src/present/index.ts";

describe("columns", () => {
  it("are what the tables of Unicode say, for common signs and for any", () => {
    for (let unit = 0x20; unit < 0xd800; unit += 1) {
      const sign = String.fromCharCode(unit);
      if (/[\p{Control}\p{Mark}]/u.test(sign)) continue;
      if (widthOf(sign) !== stringWidth(sign)) expect([unit, widthOf(sign)]).toEqual([unit, stringWidth(sign)]);
    }
    const common = fc.string({ unit: fc.constantFrom(..."aé×ß…─│▁█ ~".split(""), "服", "\u0301", "😀", "\ufe0f") });
    fc.assert(
      fc.property(common, (text) => {
        expect(widthOf(text)).toBe(stringWidth(text));
      }),
    );
  });

  it("cut between signs, never through a wide one", () => {
    expect(cut("服务甲乙丙", 6)).toBe("服务…");
    expect(cut("服务甲", 6)).toBe("服务甲");
    expect(cut("abc", 0)).toBe("");
    expect(cut("abc", 1)).toBe("…");
  });

  it("cut names in the middle, so that both ends are seen", () => {
    expect(cutName("recommendation-service-7f8d9", 14)).toBe("recomme…-7f8d9");
    expect(cutName("ServiceC1", 8)).toBe("Serv…eC1");
    expect(cutName("ServiceC1", 9)).toBe("ServiceC1");
    expect(cutName("服务甲乙丙丁戊", 9)).toBe("服务…丁戊");
    // Too little room for two ends
    expect(cutName("ServiceC1", 4)).toBe("Ser…");
    expect(cutName("ServiceC1", 0)).toBe("");
  });

  it("wrap between words, and within a word that is longer than a line", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("abcdefghij xy", 4)).toEqual(["abcd", "efgh", "ij", "xy"]);
  });

  it("never make a line wider than asked", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width);
        expect(widthOf(cutName(text, width))).toBeLessThanOrEqual(width);
        for (const line of wrap(text, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
