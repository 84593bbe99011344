import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENDING_SIGNS, quietEndingOf } from "../../../src/dialects/otel/quiet-ending.ts";

const { codes, cut, answered, asked } = ENDING_SIGNS;
const value = fc.constantFrom(
  "",
  "0",
  "1",
  "4",
  "200",
  "499",
  "GET",
  "CANCELLED",
  "Canceled",
  "DEADLINE_EXCEEDED",
  "DeadlineExceeded",
  "x",
);
const fields = fc.uniqueArray(fc.tuple(fc.constantFrom(...codes, ...answered, ...asked), value), {
  selector: ([name]) => name,
});

describe("the signs of how a quiet span ended", () => {
  it("find every span as data that they find as code", () => {
    fc.assert(
      fc.property(fields, (pairs) => {
        const map = new Map(pairs);
        const has = (names: readonly string[]): boolean => names.some((name) => (map.get(name) ?? "") !== "");
        const isCut = codes.some((name) => cut.includes((map.get(name) ?? "").toLowerCase().replaceAll("_", "")));
        const ending = quietEndingOf(map);
        if (ending === "cut") expect(isCut).toBe(true);
        if (ending === "answered") expect(has(answered)).toBe(true);
        if (ending === "unanswered") expect(has(asked) && !has(answered)).toBe(true);
      }),
    );
  });
});
