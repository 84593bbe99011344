import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fold } from "../../../src/cascade/live/fold.ts";
import type { Cascade } from "../../../src/model/index.ts";
import { cascadeAt, from } from "../../support/cascades.ts";
import { at } from "../../support/evidence.ts";

const some: fc.Arbitrary<Cascade[]> = fc.array(
  fc
    .record({
      ms: fc.nat(50),
      service: fc.constantFrom("gateway", "chat", "model"),
      count: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ ms, service, count }) => cascadeAt(ms, { ...from(service), count, evidenceCount: count * 4 })),
  { maxLength: 12 },
);

/** All cascades of one origin as one. */
function naive(all: readonly Cascade[]): unknown[] {
  const services = [...new Set(all.map(({ origin }) => origin.service))];
  return services.map((service) => {
    const own = all.filter(({ origin }) => origin.service === service);
    const sum = (of: (cascade: Cascade) => number): number => own.reduce((total, each) => total + of(each), 0);
    const times = own.map(({ firstAt = 0n }) => firstAt).sort();
    return [
      service,
      sum(({ count }) => count),
      sum(({ evidenceCount }) => evidenceCount),
      times[0],
      (times.at(-1) ?? 0n) + 1_000_000n,
    ];
  });
}

const shown = (fold: Fold): unknown[] =>
  fold
    .cascades()
    .map(({ origin, count, evidenceCount, firstAt, lastAt }) => [
      origin.service,
      count,
      evidenceCount,
      firstAt,
      lastAt,
    ]);

describe("folded cascades", () => {
  it("count what they stand for, from the first instant of all to the last, as grouping them by hand does", () => {
    fc.assert(
      fc.property(some, some, (settled, open) => {
        const base = new Fold();
        for (const each of settled) base.add(each);
        const before = shown(base);
        const fold = new Fold(base);
        for (const each of open) fold.add(each);
        expect(new Set(shown(fold))).toEqual(new Set(naive([...settled, ...open])));
        expect(shown(base)).toEqual(before);
      }),
    );
  });

  it("list at most five of the ids they stand for", () => {
    const fold = new Fold();
    for (let ms = 0; ms < 8; ms += 1) fold.add(cascadeAt(ms));
    expect(fold.cascades()).toMatchObject([
      { id: "cascade 0", count: 8, lastAt: at(8), exemplars: [0, 1, 2, 3, 4].map((ms) => `cascade ${ms}`) },
    ]);
  });

  it("leave a single one as it is", () => {
    const fold = new Fold();
    const only = cascadeAt(0);
    fold.add(only);
    expect(fold.cascades()[0]).toBe(only);
  });

  it("are forgotten in the order in which they came, each with all it stands for", () => {
    const fold = new Fold();
    for (const service of ["gateway", "chat", "gateway"]) fold.add(cascadeAt(0, from(service)));
    expect(fold.shift()).toMatchObject({ ...from("gateway"), evidenceCount: 8 });
    expect(fold.size).toBe(1);
    expect(fold.shift()).toMatchObject({ ...from("chat"), evidenceCount: 4 });
    expect([fold.size, fold.bytes, fold.shift()]).toEqual([0, 0, undefined]);
  });
});
