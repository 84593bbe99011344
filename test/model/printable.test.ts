import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../../src/model/index.ts";

describe("printable", () => {
  it.each([
    ["\u001b[31mred", "\\x1b[31mred"],
    ["\u009b31m", "\\x9b31m"],
    ["a\u202eb", "a\\u202eb"],
    ["\u2066x\u2069", "\\u2066x\\u2069"],
    ["\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"],
    ["nul\u0000", "nul\\x00"],
    ["one\ntwo\r\n\tthree", "one\\ntwo\\r\\n\\tthree"],
    ["\ud800 alone \udc00", "\\ud800 alone \\udc00"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\u007f", "\\x7f"],
  ])("shows what would act: %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("leaves text of any script as it is", () => {
    const text = "plain, ünïcode, 服务甲 → 服务乙, नमस्ते, שלום, 😀👩‍👩‍👧";
    expect(printable(text)).toBe(text);
  });

  it("never lets a control, a direction mark or half a surrogate through", () => {
    const anything = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(anything, (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
        expect(shown.isWellFormed()).toBe(true);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});
