import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tree } from "../../../src/cascade/judge/cascade.ts";
import { Identities } from "../../../src/cascade/live/ids.ts";
import { cascadeAt } from "../../support/cascades.ts";
import { at, claim } from "../../support/evidence.ts";
import { linesOf } from "../../support/scene.ts";

const lines = linesOf(
  Array.from({ length: 12 }, (_, ms) => claim({ at: at(ms), service: "chat", text: `line ${ms}` })),
);

/** A tree of the lines with these numbers. */
function tree(numbers: readonly number[], traceId?: string): Tree {
  const { id: _, aliases: __, ...cascade } = cascadeAt(numbers[0] ?? 0, traceId === undefined ? {} : { traceId });
  return { cascade, lines: numbers.map((number) => lines[number] as (typeof lines)[number]) };
}

describe("ids of cascades", () => {
  it("stay with the first line that they were given for, whatever comes before and after it", () => {
    const identities = new Identities();
    const { id } = identities.identify(tree([3, 4]));
    identities.release(id);
    expect(identities.identify(tree([1, 3, 4, 7]))).toEqual({ id, aliases: [] });
  });

  it("are the older one, with the other as an alias, where two turn out to be one", () => {
    const identities = new Identities();
    const [old, young] = [identities.identify(tree([5])).id, identities.identify(tree([1])).id];
    for (const id of [old, young]) identities.release(id);
    expect(identities.identify(tree([1, 5]))).toEqual({ id: old, aliases: [young] });
  });

  it("are forgotten with their lines once they are settled, the aliases too", () => {
    const identities = new Identities();
    const ids = [identities.identify(tree([5])).id, identities.identify(tree([1])).id];
    for (const id of ids) identities.release(id);
    const { id } = identities.identify(tree([1, 5]));
    identities.settle(id);
    identities.release(id);
    // Nothing is known of line 5 any more: with line 4 before it, it is another cascade
    expect(ids).not.toContain(identities.identify(tree([4, 5])).id);
    expect(identities.identify(tree([0, 1])).aliases).toEqual([]);
  });

  it("are one cascade's at a time, also in one trace", () => {
    const trace = "a".repeat(32);
    const sets = fc.array(fc.uniqueArray(fc.nat(11), { minLength: 1 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(sets, { maxLength: 4 }), fc.boolean(), (rounds, traced) => {
        const identities = new Identities();
        let held: string[] = [];
        for (const round of rounds) {
          for (const id of held) identities.release(id);
          held = round.map((numbers) => identities.identify(tree(numbers, traced ? trace : undefined)).id);
          expect(new Set(held).size).toBe(held.length);
        }
      }),
    );
  });

  it("are the same for the same evidence, twelve hex digits", () => {
    const { id } = new Identities().identify(tree([2]));
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(new Identities().identify(tree([2, 3])).id).toBe(id);
    expect(new Identities().identify(tree([2]), true).id).toBe(id);
  });
});
