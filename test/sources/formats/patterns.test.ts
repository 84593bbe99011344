import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maybeSpans, OTLP_PATTERNS, shortestPatterns } from "../../../src/sources/formats/patterns.ts";

describe("a text that may hold spans", () => {
  it("has a word of OTLP, or begins as an export of Jaeger does", () => {
    for (const pattern of OTLP_PATTERNS) expect(maybeSpans(`{"${pattern}":[]}`)).toBe(true);
    expect(maybeSpans(' { "data" : []}')).toBe(true);
    expect(maybeSpans('{"resource":"chat","data":[]}')).toBe(false);
  });
});

describe("the shortest of some patterns", () => {
  it("are those that contain no other one, in any case of letters, in their order", () => {
    expect(
      shortestPatterns(["Deadline exceeded", "cancel", "CANCEL", "", "deadline", "rst", "order canceled"]),
    ).toEqual(["cancel", "deadline", "rst"]);
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", "A", "é", "🙂"), maxLength: 6 })),
        (patterns) => {
          const small = [...new Set(patterns.map((pattern) => pattern.toLowerCase()))].filter((each) => each !== "");
          const wanted = small.filter((one) => !small.some((other) => other !== one && one.includes(other)));
          expect(shortestPatterns(patterns)).toEqual(wanted);
        },
      ),
    );
  });
});
