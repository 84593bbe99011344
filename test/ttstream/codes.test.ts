import { describe, expect, it } from "vitest";
import { allCodes, CODES, factsOfCode } from "../../src/ttstream/index.ts";

const KITEX_CODES = Array.from({ length: 15 }, (_, index) => 12001 + index);

describe("the table of codes", () => {
  it("has Kitex's fifteen and that of a reset without payload, in this order, each once", () => {
    expect(allCodes().map((facts) => facts.code)).toEqual([...KITEX_CODES, 13]);
    expect(Object.values(CODES).toSorted((a, b) => a - b)).toEqual([13, ...KITEX_CODES]);
  });

  it("gives what is known of a code, and null for a code of others", () => {
    expect(factsOfCode(12015)).toEqual({
      code: 12015,
      name: "stream timeout",
      sentence: "stream timeout",
      parent: "timeout",
      kind: "deadline",
    });
    for (const code of [0, 1, 12000, 12016, 14]) expect(factsOfCode(code)).toBeNull();
  });

  it("says of each code what Go's errors.Is finds it under, and what kind of cascade begins with it", () => {
    const table = allCodes().map(({ code, parent, kind }) => [code, parent, kind]);
    expect(table).toEqual([
      [12001, null, "error"],
      [12002, "protocol", "disconnect"],
      [12003, "protocol", "error"],
      [12004, "protocol", "disconnect"],
      [12005, "protocol", "error"],
      [12006, "protocol", "disconnect"],
      [12007, "canceled", "cancel"],
      [12008, "canceled", "cancel"],
      [12009, "canceled", "shutdown"],
      [12010, "canceled", "cancel"],
      [12011, "canceled", "cancel"],
      [12012, "canceled", "handler-return"],
      [12013, "canceled", "disconnect"],
      [12014, "timeout", "deadline"],
      [12015, "timeout", "deadline"],
      [13, null, "reset"],
    ]);
  });

  it("has Kitex's standard sentences, letter for letter", () => {
    const sentences = Object.fromEntries(allCodes().map(({ code, sentence }) => [code, sentence]));
    expect(sentences).toEqual({
      12001: "application exception",
      12002: "unexpected header",
      12003: "illegal bizErr",
      12004: "illegal frame",
      12005: "illegal operation",
      12006: "transport is closing",
      12007:
        "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively",
      12008: "user code canceled with cancelCause(error)",
      12009: "canceled by downstream",
      12010: "canceled by upstream",
      12011: "internal canceled",
      12012: "canceled by business handler returning",
      12013: "canceled by connection closed",
      12014: "stream Recv timeout",
      12015: "stream timeout",
      13: "rst",
    });
  });
});
