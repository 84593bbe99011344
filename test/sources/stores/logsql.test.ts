import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Prefilter } from "../../../src/model/index.ts";
import { queryFor } from "../../../src/sources/stores/logsql.ts";

const prefilter = (needles: readonly string[], smells: readonly string[] = []): Prefilter => ({
  needles,
  smells,
  wordings: [],
  figures: [],
  callFields: [],
  fields: [],
});

/** The pieces that a query looks for: LogsQL's `*"piece"*`. */
function pieces(query: string): string[] {
  return [...query.matchAll(/\*("(?:[^"\\]|\\.)*")\*/g)].map(([, text = '""']) => JSON.parse(text) as string);
}

/** Whether a store that answers such a query gives a line: one of the pieces stands in it, as it is written. */
const gives = (query: string, line: string): boolean => pieces(query).some((piece) => line.includes(piece));

describe("the question for a VictoriaLogs", () => {
  it("looks into all fields for each needle, as it is and in small letters, once", () => {
    expect(queryFor(prefilter(["GOAWAY", "ttstream"]), false, null)).toBe(
      '*:(*"GOAWAY"* or *"goaway"* or *"ttstream"*)',
    );
  });

  it("finds a smell however its first letter or all of it is written", () => {
    const query = queryFor(prefilter([], ["cancel", "DeadlineExceeded"]), false, null);
    expect(pieces(query)).toEqual(["ancel", "eadlineexceeded", "ANCEL", "EADLINEEXCEEDED"]);
    for (const line of ["cancel", "Cancelled by its caller", "CONTEXT CANCELED"]) expect(gives(query, line)).toBe(true);
    expect(gives(query, "all is well")).toBe(false);
  });

  it("asks for the first word of several only, where that is long enough to be rare", () => {
    expect(pieces(queryFor(prefilter([], ["deadline exceeded"]), false, null))).toEqual(["eadline", "EADLINE"]);
    // `eset` stands in too many other words
    expect(pieces(queryFor(prefilter([], ["reset by peer"]), false, null))).toEqual(["eset by peer", "ESET BY PEER"]);
  });

  it("asks for no piece that holds another one", () => {
    const query = queryFor(prefilter([], ["cancel", "cancelled", "cancellation"]), false, null);
    expect(pieces(query)).toEqual(["ancel", "ANCEL"]);
  });

  it("keeps quotes and backslashes of a needle inside of its quotes", () => {
    const needle = 'say "no" \\ or not) or *';
    expect(pieces(queryFor(prefilter([needle]), false, null))).toEqual([needle]);
    expect(queryFor(prefilter(['"']), false, null)).toBe('*:(*"\\""*)');
  });

  it("puts the user's filter around, so that no `or` in it gets out", () => {
    expect(queryFor(prefilter(["x"]), false, "env:prod or env:stage")).toBe('(env:prod or env:stage) *:(*"x"*)');
  });

  it("asks for all lines where it looks deep, but for those that the filter leaves out", () => {
    expect(queryFor(prefilter(["x"], ["cancel"]), true, null)).toBe("*");
    expect(queryFor(prefilter(["x"], ["cancel"]), true, "env:prod")).toBe("env:prod");
  });

  it("gives every line with one of the words in any of the usual ways to write them", () => {
    const word = fc.stringMatching(/^[a-z]{3,12}( [a-z]{2,8})?$/);
    const written = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat(), written, (words, at, write) => {
        const line = `a line with ${write(words[at % words.length] as string)} in it`;
        expect(gives(queryFor(prefilter([], words), false, null), line)).toBe(true);
      }),
    );
  });
});
