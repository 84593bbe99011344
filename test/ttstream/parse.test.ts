import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ARROW, cleanText, findTtstreamErrors, format, parse, type TtstreamError } from "../../src/ttstream/index.ts";
import { MUTATING, rounds } from "../support/effort.ts";

const name = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((text) => !/,| -> |\] /.test(text) && !/^-> |^ ?->$| ->$/.test(text));
const message = fc
  .string({ unit: "grapheme", maxLength: 60 })
  .filter((text) => !text.startsWith("[") && !text.startsWith("-> "));
const errors: fc.Arbitrary<TtstreamError> = fc.record({
  code: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  side: fc.constantFrom("client", "server", null),
  path: fc.option(
    fc.array(name, { minLength: 1, maxLength: 6 }).filter((names) => {
      const joined = names.join(ARROW);
      return joined.split(ARROW).length === names.length && !/\] (?!-> )/.test(`${joined}`);
    }),
  ),
  message,
});

describe("parse", () => {
  it("is the opposite of format", () => {
    fc.assert(
      fc.property(errors, (error) => {
        expect(parse(format(error))).toEqual(error);
      }),
      { numRuns: rounds(2000) },
    );
  });

  it("takes an empty path for none", () => {
    const text = format({ code: 12007, side: "client", path: [], message: "m" });
    expect(text).toBe("[ttstream error, code=12007] [client-side stream] m");
    expect(parse(text)?.path).toBeNull();
  });

  it("takes nothing but a text that is one error", () => {
    expect(parse("x [ttstream error, code=1] y")).toBeNull();
    expect(parse("[ttstream error, code=99999999999] y")).toBeNull();
    expect(parse("[ttstream error, code=] y")).toBeNull();
  });
});

describe("findTtstreamErrors", () => {
  it("never throws, whatever the text", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 20 }),
        fc.constantFrom(
          "[ttstream error, code=",
          "12007] ",
          "[client-side stream] ",
          "[canceled path: ",
          " -> ",
          "] ",
          "\n",
          "biz error: ",
          "; ",
        ),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        for (const error of findTtstreamErrors(cleanText(parts.join(""))))
          expect(Number.isInteger(error.fields.code)).toBe(true);
      }),
      { numRuns: rounds(3000) },
    );
  });

  it.skipIf(MUTATING)("is linear: a hostile line of 1 MiB has as many steps as markers", () => {
    const hostile = [
      "[ttstream error, code=1] [canceled path: ",
      "[ttstream error, code=1] ",
      "[ttstream error, code=1] [canceled path: a] -> ",
      "[ttstream error, code=12001] [client-side stream] biz error: ",
      "[canceled path: ] -> ] -> ",
      "] ".repeat(20),
    ];
    for (const piece of hostile) {
      const line = `[ttstream error, code=7] [canceled path: ${piece}`.repeat(Math.ceil(2 ** 20 / (piece.length + 40)));
      expect(() => findTtstreamErrors(cleanText(line))).not.toThrow();
    }
  });

  it("keeps the names of a path of 10,000 services", () => {
    const path = Array.from({ length: 10_000 }, (_, index) => `svc-${index}`);
    const [error] = findTtstreamErrors(`x ${format({ code: 12007, side: "server", path, message: "m" })}`);
    expect(error?.fields.path).toEqual(path);
  });

  it("reads an error that a relay wrapped in words of its own as the inner one", () => {
    const inner = format({ code: 12015, side: "client", path: null, message: "stream timeout, timeout in ctx: 1s" });
    const [error, ...rest] = findTtstreamErrors(
      format({ code: 12001, side: "client", path: null, message: `biz error: calling the model: ${inner}` }),
    );
    expect(rest).toEqual([]);
    expect(error?.inner?.fields.code).toBe(12015);
    expect(error?.inner?.prefixes).toEqual(["biz error", "calling the model"]);
  });
});
