import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchNearest } from "../../../src/cascade/hops/nearest.ts";

const times = fc
  .array(fc.integer({ min: 0, max: 500 }), { maxLength: 40 })
  .map((all) => all.sort((a, b) => a - b).map((at) => ({ at })));

describe("matchNearest", () => {
  it("prefers the smallest difference, in either direction", () => {
    const rights = [{ at: 0 }, { at: 95 }, { at: 200 }];
    expect(matchNearest([{ at: 100 }, { at: 103 }], rights, 1_000)).toEqual([1, 2]);
  });

  it("gives nobody a partner beyond the tolerance, or one that is forbidden", () => {
    expect(matchNearest([{ at: 0 }], [{ at: 11 }], 10)).toEqual([-1]);
    expect(matchNearest([{ at: 0 }], [{ at: 1 }], 10, () => Number.POSITIVE_INFINITY)).toEqual([-1]);
  });

  it("lets a penalty outweigh time", () => {
    expect(matchNearest([{ at: 0 }], [{ at: 1 }, { at: 5 }], 10, (_, right) => (right.at === 1 ? 50 : 0))).toEqual([1]);
  });

  it("is one to one, and leaves nobody alone while somebody in reach is free", () => {
    fc.assert(
      fc.property(times, times, (lefts, rights) => {
        const matched = matchNearest(lefts, rights, Number.POSITIVE_INFINITY);
        const used = matched.filter((right) => right !== -1);
        expect(new Set(used).size).toBe(used.length);
        expect(used.length).toBe(Math.min(lefts.length, rights.length));
      }),
    );
  });

  it("matches ten thousand to ten thousand that are all at once", () => {
    const crowd = Array.from({ length: 10_000 }, () => ({ at: 7 }));
    expect(matchNearest(crowd, crowd, 10).filter((right) => right === -1)).toEqual([]);
  });
});
