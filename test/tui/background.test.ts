import { describe, expect, it } from "vitest";
import { readAnswers, readColorFgBg } from "../../src/tui/background.ts";

describe("the answers of a terminal", () => {
  it.each([
    ["\u001b]11;rgb:0000/0000/0000\u001b\\", "dark"],
    ["\u001b]11;rgb:ffff/ffff/ffff\u0007", "light"],
    ["\u001b]11;rgb:1e/1e/2e\u0007", "dark"],
    ["\u001b]11;rgb:fd/f6/e3\u0007", "light"],
    ["nothing", null],
  ] as const)("%j is %s", (text, background) => {
    expect(readAnswers(text).background).toBe(background);
  });

  it("are complete with the answer that every terminal gives, and leave the keys that were typed", () => {
    expect(readAnswers("j\u001b]11;rgb:0/0/0\u0007k")).toEqual({ background: "dark", complete: false, rest: "jk" });
    expect(readAnswers("\u001b[?62;4cq")).toEqual({ background: null, complete: true, rest: "q" });
  });
});

describe("COLORFGBG", () => {
  it.each([
    ["15;0", "dark"],
    ["0;15", "light"],
    ["0;default;7", "light"],
    ["7;8", "dark"],
    ["default", null],
    [undefined, null],
  ] as const)("%j is %s", (value, background) => {
    expect(readColorFgBg(value)).toBe(background);
  });
});
