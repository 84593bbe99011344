import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isGlob, parseGlob } from "../../../src/sources/files/glob.ts";

describe("a glob", () => {
  const rows: readonly (readonly [glob: string, path: string, matches: boolean])[] = [
    ["*.log", "a.log", true],
    ["*.log", "x/a.log", false],
    ["**/*.log", "a.log", true],
    ["**/*.log", "x/y/a.log", true],
    ["logs/**", "logs/x/y", true],
    ["service-?.log", "service-a.log", true],
    ["service-[ab].log", "service-b.log", true],
    ["service-[!ab].log", "service-b.log", false],
    ["{a,b}*.log", "b1.log", true],
    ["{a,b}*.log", "c1.log", false],
    ["a.log", "axlog", false],
    ["[z-a]", "[z-a]", true],
    ["report(1)*.log", "report(1)x.log", true],
    ["'a|b'*", "'a|b'c", true],
    ["a{b*", "a{bc", true],
    ["a[b*", "a[bc", true],
    ["*", ".hidden", true],
    ["{a,{b,c}}.log", "c.log", true],
    ["{a,{b,c}}.log", "{b.log", false],
    ["{a}{b,}c", "ac", true],
    ["**/x/**/a.log", "x/a.log", true],
    ["**/x/**/a.log", "1/x/2/3/a.log", true],
    ["**/x/**/a.log", "1/x2/3/a.log", false],
    ["a**c", "a/b/c", true],
    ["a*c", "a/c", false],
    ["[a-c]x", "bx", true],
    ["[a-c]x", "dx", false],
    ["[a-]x", "-x", true],
    ["[^a-c]x", "dx", true],
    ["{a[,]b", "{a,b", true],
    ["日本?.log", "日本語.log", true],
    ["?.log", "😀.log", true],
  ];
  for (const [glob, path, matches] of rows) {
    it(`${glob} ${matches ? "matches" : "does not match"} ${path}`, () =>
      expect(parseGlob(glob).test(path)).toBe(matches));
  }

  it("of many stars or braces ends, which trying every reading would not", () => {
    expect(parseGlob(`${"*a".repeat(60)}b`).test("a".repeat(200))).toBe(false);
    expect(parseGlob("{a,b}".repeat(40)).test("a".repeat(40))).toBe(false);
    expect(parseGlob("*".repeat(50_000)).test("a")).toBe(true);
  });

  it("without special characters matches itself and nothing throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const pattern = parseGlob(text);
        if (!isGlob(text) && !text.includes("}")) expect(pattern.test(text)).toBe(true);
      }),
    );
  });
});
