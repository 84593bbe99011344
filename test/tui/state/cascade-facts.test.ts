import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedStarters, factsOf, factsOfAll } from "../../../src/tui/state/cascade-facts.ts";
import { deadlineCascade, falseOriginCascade } from "../../story.ts";

describe("what lists ask of cascades", () => {
  it("is the same for each cascade, whichever lists were asked for before", () => {
    const pool = Array.from({ length: 12 }, (_, index) => deadlineCascade(`d${index}`, index, `svc${index % 3}`));
    fc.assert(
      fc.property(fc.array(fc.shuffledSubarray(pool), { maxLength: 6 }), (lists) => {
        for (const cascades of lists)
          expect(factsOfAll(cascades).facts.map((facts) => [facts.cascade, facts])).toEqual(
            cascades.map((cascade) => [cascade, factsOf(cascade)]),
          );
      }),
    );
  });

  it("names a starter by one object, so that no texts are compared", () => {
    const [one, other, third] = [deadlineCascade("a", 0), deadlineCascade("b", 1), deadlineCascade("c", 2, "chat")];
    expect(factsOf(one).starter).toBe(factsOf(other).starter);
    expect(factsOf(one).starter).not.toBe(factsOf(third).starter);
  });

  it("counts folded cancels as often as they happened, and normal ends apart", () => {
    const hedge = { ...deadlineCascade("h"), count: 3 };
    const loser = { ...hedge, origin: { ...hedge.origin, intent: "hedge" } };
    expect(factsOfAll([loser, { ...falseOriginCascade(), count: 4 }])).toMatchObject({ cancels: 7, normal: 3 });
  });
});

describe("the starters whose cascades changed", () => {
  const pool = Array.from({ length: 12 }, (_, index) =>
    factsOf(deadlineCascade(`d${index}`, index, `svc${index % 5}`)),
  );
  const keys = (some: Iterable<{ readonly key: string }> | null): readonly string[] =>
    [...(some ?? [])].map(({ key }) => key).sort();

  it("are all of those that have others in one of two lists", () => {
    const list = fc.subarray(pool);
    fc.assert(
      fc.property(list, list, (before, after) => {
        const found = new Set(keys(changedStarters(before, after, 99)));
        for (const { starter } of pool) {
          const own = (facts: typeof before): unknown => facts.filter((each) => each.starter === starter);
          if (!found.has(starter.key)) expect(own(after)).toEqual(own(before));
        }
      }),
    );
  });

  it("are nobody of the same list, and only those who came or went where a list moved on", () => {
    expect(keys(changedStarters(pool, pool, 0))).toEqual([]);
    const [first, last] = [pool[0], pool.at(-1)] as [(typeof pool)[0], (typeof pool)[0]];
    expect(keys(changedStarters(pool.slice(0, -1), pool.slice(1), 9))).toEqual(keys([first.starter, last.starter]));
  });

  it("are not told apart where there are too many", () => {
    expect(changedStarters([], pool, 4)).toBeNull();
    expect(changedStarters([], pool, 5)).not.toBeNull();
  });
});
