import { describe, expect, it } from "vitest";
import { comparePlaces, MAX_PLACES, placesOf } from "../../../src/cascade/judge/places.ts";
import { received } from "../../support/scene.ts";

describe("the order of places", () => {
  const [x, y] = [
    { source: "a.log", line: 2, byte: 5 },
    { traceId: "t", spanId: "s1" },
  ] as const;

  it.each([
    [x, { ...x, source: "b.log", line: 1 }],
    [x, { ...x, line: 3, byte: 0 }],
    [x, { ...x, byte: 6 }],
    [{ source: "a.log" }, { source: "a.log", line: 1 }],
    [{ source: "a.log" }, { source: "a.log", byte: 1 }],
    [y, { ...y, spanId: "s2", traceId: "a" }],
    [x, y],
  ])("is that of sources, lines and bytes, then of spans: %j before %j", (first, second) => {
    expect(comparePlaces(first, second)).toBeLessThan(0);
    expect(comparePlaces(second, first)).toBeGreaterThan(0);
    expect(comparePlaces(first, { ...first })).toBe(0);
  });
});

describe("the places of lines", () => {
  const line = (place: { readonly source: string; readonly line: number; readonly byte?: number }) => ({
    evidence: { ...received(0, "chat", ["web"]), place },
  });

  it("are told in the order of the lines, each once, whatever is read out of one line", () => {
    const lines = [line({ source: "a", line: 9 }), line({ source: "a", line: 8 }), line({ source: "a", line: 9 })];
    expect(placesOf(lines as never)).toEqual([
      { source: "a", line: 9 },
      { source: "a", line: 8 },
    ]);
  });

  it("are told up to a number, and those of one line apart where their bytes are", () => {
    const lines = Array.from({ length: 30 }, (_, byte) => line({ source: "a", line: 1, byte }));
    expect(placesOf(lines as never)).toHaveLength(MAX_PLACES);
  });
});
