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
  ];
  for (const [glob, path, matches] of rows) {
    it(`${glob} ${matches ? "matches" : "does not match"} ${path}`, () =>
      expect(parseGlob(glob).test(path)).toBe(matches));
  }

  it("without special characters matches itself and nothing throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const pattern = parseGlob(text);
        if (!isGlob(text) && !text.includes("}")) expect(pattern.test(text)).toBe(true);
      }),
    );
  });
});
