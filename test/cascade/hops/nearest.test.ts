import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { around, matchNearest, nearest } from "../../../src/cascade/hops/nearest.ts";
import { rounds } from "../../support/effort.ts";

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

  it("gives the earlier of two that are equally near to the earlier one", () => {
    expect(matchNearest([{ at: 0 }, { at: 10 }], [{ at: 5 }], 10)).toEqual([0, -1]);
    expect(matchNearest([{ at: 5 }], [{ at: 0 }, { at: 10 }], 10)).toEqual([0]);
  });

  interface Item {
    readonly at: number;
  }

  /** The nearest free one within the tolerance; of equally near ones the earlier side, and there the one next to `left`. */
  function cheapest(left: Item, free: readonly Item[], tolerance: number): Item | undefined {
    const far = (right: Item): number => Math.abs(right.at - left.at);
    const before = free.filter(({ at }) => at < left.at).reverse();
    const after = free.filter(({ at }) => at >= left.at);
    return [...before, ...after].filter((right) => far(right) <= tolerance).sort((a, b) => far(a) - far(b))[0];
  }

  /** The rounds of the description, by looking at all pairs. */
  function inRounds(lefts: readonly Item[], rights: readonly Item[], tolerance: number): Map<Item, Item> {
    const matched = new Map<Item, Item>();
    const free = (): Item[] => rights.filter((right) => ![...matched.values()].includes(right));
    for (let round = 0; ; round += 1) {
      const asked = new Map<Item, Item>();
      for (const left of lefts.filter((each) => !matched.has(each))) {
        const best = cheapest(left, free(), tolerance);
        if (best === undefined) continue;
        const rival = asked.get(best);
        if (round >= 8) matched.set(left, best);
        else if (rival === undefined || Math.abs(left.at - best.at) < Math.abs(rival.at - best.at))
          asked.set(best, left);
      }
      for (const [right, left] of asked) matched.set(left, right);
      if (asked.size === 0) return matched;
    }
  }

  it("gives everybody whom the rounds give, as looking at all pairs would", () => {
    fc.assert(
      fc.property(times, times, fc.integer({ min: 1, max: 600 }), (lefts, rights, tolerance) => {
        const model = inRounds(lefts, rights, tolerance);
        expect(matchNearest(lefts, rights, tolerance).map((right) => rights[right])).toEqual(
          lefts.map((left) => model.get(left)),
        );
      }),
      { numRuns: rounds(500) },
    );
  });

  it("matches ten thousand to ten thousand that are all at once", () => {
    const crowd = Array.from({ length: 10_000 }, () => ({ at: 7 }));
    expect(matchNearest(crowd, crowd, 10).filter((right) => right === -1)).toEqual([]);
  });
});

describe("what is near in time", () => {
  const items = [0, 10, 20, 20, 30].map((at) => ({ at }));

  it("is all that lies within the tolerance, its ends included", () => {
    expect(around(items, 20, 10).map(({ at }) => at)).toEqual([10, 20, 20, 30]);
    expect(around(items, 25, 5).map(({ at }) => at)).toEqual([20, 20, 30]);
    expect(around(items, 100, 10)).toEqual([]);
    expect(around([], 0, 10)).toEqual([]);
  });

  it("is the nearest that passes, of two the earlier, its end included", () => {
    expect(nearest(items, 15, 5, () => true)).toBe(items[1]);
    expect(nearest(items, 15, 4, () => true)).toBeNull();
    expect(nearest(items, 12, 100, (item) => item.at > 25)).toBe(items[4]);
    expect(nearest(items, 12, 10, (item) => item.at > 25)).toBeNull();
    expect(nearest(items, 29, 100, (item) => item.at < 5)).toBe(items[0]);
    expect(nearest([], 0, 10, () => true)).toBeNull();
  });

  it("is given up where thousands that do not fit are nearer", () => {
    const crowd = Array.from({ length: 20_000 }, () => ({ at: 5 }));
    let asked = 0;
    const fits = (item: { readonly at: number }): boolean => {
      asked += 1;
      return item.at === 6;
    };
    expect(nearest([...crowd, { at: 6 }], 5, 10, fits)).toBeNull();
    expect(asked).toBeLessThan(5_000);
    expect(nearest([...crowd.slice(0, 1_000), { at: 6 }], 5, 10, fits)).toEqual({ at: 6 });
  });

  it("is what looking at each item would find", () => {
    const half = (item: { at: number }): boolean => item.at % 2 === 0;
    fc.assert(
      fc.property(times, fc.integer({ min: -50, max: 550 }), fc.nat(100), (all, at, tolerance) => {
        const near = all.filter((item) => half(item) && Math.abs(item.at - at) <= tolerance);
        const distance = Math.min(...near.map((item) => Math.abs(item.at - at)));
        const found = nearest(all, at, tolerance, half);
        expect(found === null ? Number.POSITIVE_INFINITY : Math.abs(found.at - at)).toBe(distance);
        expect(around(all, at, tolerance)).toEqual(all.filter((item) => Math.abs(item.at - at) <= tolerance));
      }),
    );
  });
});
