import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingsOf, warningsOf } from "../../../src/cascade/judge/warnings.ts";
import { byFirstAt } from "../../../src/cascade/live/order.ts";
import { Shelf } from "../../../src/cascade/live/shelf.ts";
import { total } from "../../../src/cascade/live/tally.ts";
import { type Cascade, countOrigins } from "../../../src/model/index.ts";
import { cascadeAt, from } from "../../support/cascades.ts";

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: fc.nat(40), service: fc.constantFrom("gateway", "chat", "model") }) },
  { weight: 2, arbitrary: fc.record({ delete: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant("shift" as const) },
);

function filled(count: number): { shelf: Shelf; all: Cascade[] } {
  const shelf = new Shelf();
  const all = Array.from({ length: count }, (_, ms) => cascadeAt(ms, { id: `${ms}`, traceId: `${ms}` }));
  for (const cascade of all) shelf.add(cascade);
  return { shelf, all };
}

describe("a shelf of cascades", () => {
  it("holds and counts what a sorted list would", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const shelf = new Shelf();
        const list: Cascade[] = [];
        for (const [index, each] of steps.entries()) {
          if (each === "shift") {
            expect(shelf.shift()).toBe(list.shift());
          } else if ("add" in each) {
            const weak = { ...from(each.service).origin, confidence: "weak" as const };
            const cascade = cascadeAt(each.add, { id: `${index}`, origin: weak });
            shelf.add(cascade);
            list.push(cascade);
            list.sort(byFirstAt);
          } else if (list.length > 0) {
            const [gone] = list.splice(each.delete % list.length, 1) as [Cascade];
            shelf.delete(gone);
          }
          expect(shelf.cascades()).toEqual(list);
          expect(shelf.size).toBe(list.length);
          const { origins, warnings } = total(shelf.tallies());
          expect(origins).toEqual(countOrigins(list));
          expect(warnings).toEqual(warningsOf(findingsOf(list)));
        }
        for (const cascade of list) shelf.delete(cascade);
        expect(shelf.bytes).toBe(0);
      }),
    );
  });

  it("counts again only the block that has changed", () => {
    const { shelf, all } = filled(5_000);
    const before = shelf.tallies();
    expect(before.length).toBeGreaterThan(5);
    shelf.delete(all[2_500] as Cascade);
    const after = shelf.tallies();
    expect(after.filter((tally) => !before.includes(tally))).toHaveLength(1);
  });

  it("finds any of many that began at one instant", () => {
    const shelf = new Shelf();
    const all = Array.from({ length: 2_000 }, (_, id) => cascadeAt(0, { id: `${id}` }));
    for (const cascade of all) shelf.add(cascade);
    for (const cascade of all.toReversed()) shelf.delete(cascade);
    expect(shelf.size).toBe(0);
  });

  it("says that it does not hold what it is to take out", () => {
    expect(() => filled(3).shelf.delete(cascadeAt(1, { id: "other" }))).toThrow(/no cascade other/);
  });
});
