import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlaceName, isStronger, type NameGiver, NameGroups } from "../../../src/cascade/names/name-groups.ts";

const GIVERS: readonly NameGiver[] = [
  "option",
  "field",
  "resource",
  "self",
  "mention",
  "container",
  "unit",
  "pod",
  "file",
  "host",
];

describe("the names of a service", () => {
  it.each([
    ["option", "field"],
    ["field", "self"],
    ["resource", "mention"],
    ["mention", "container"],
    ["self", "unit"],
    ["container", "pod"],
    ["pod", "file"],
    ["file", "host"],
  ] as const)("show %s before %s", (strong, weak) => {
    expect(isStronger(strong, weak)).toBe(true);
    expect(isStronger(weak, strong)).toBe(false);
    const groups = new NameGroups();
    groups.add("zeta", strong);
    groups.add("alpha", weak);
    groups.join("alpha", "zeta");
    expect(groups.nameOf("alpha")).toBe("zeta");
    expect(groups.aliasesOf("zeta")).toEqual(["alpha"]);
  });

  it("come from a place if a container, unit, pod, file or host gave them", () => {
    expect(GIVERS.filter(isPlaceName)).toEqual(["container", "unit", "pod", "file", "host"]);
    expect(isPlaceName(null)).toBe(false);
  });

  it("are one service's if they differ by case only", () => {
    const groups = new NameGroups();
    groups.add("GATEWAY", "file");
    groups.add("gateway", "mention");
    expect(groups.nameOf("GATEWAY")).toBe("gateway");
    expect(groups.same("GATEWAY", "gateway")).toBe(true);
  });

  it("show a name anew if something stronger gives it later", () => {
    const groups = new NameGroups();
    groups.add("pod-a", "pod");
    groups.add("chat", "mention");
    groups.join("pod-a", "chat");
    expect(groups.nameOf("pod-a")).toBe("chat");
    groups.add("pod-a", "option");
    expect(groups.nameOf("chat")).toBe("pod-a");
  });

  it("stay as they are if nothing joins them", () => {
    const groups = new NameGroups();
    groups.add("chat", "field");
    expect(groups.plain).toBe(true);
    expect(groups.nameOf("chat")).toBe("chat");
    expect(groups.nameOf("never heard")).toBe("never heard");
    expect(groups.aliasesOf("chat")).toEqual([]);
  });

  it("are the same whatever the order of adding and joining, beside a naive partition", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const pairs = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 8 });
    const givers = fc.tuple(...names.map(() => fc.constantFrom(...GIVERS)));
    fc.assert(
      fc.property(pairs, givers, fc.nat(), (joins, from, turn) => {
        let sets = names.map((name) => [name]);
        for (const [one, other] of joins) {
          const a = sets.find((set) => set.includes(one)) as string[];
          const b = sets.find((set) => set.includes(other)) as string[];
          if (a !== b) sets = [...sets.filter((set) => set !== a && set !== b), [...a, ...b]];
        }
        const groups = new NameGroups();
        const order = [...joins.slice(turn % (joins.length + 1)), ...joins.slice(0, turn % (joins.length + 1))];
        for (const [index, name] of names.entries()) groups.add(name, from[index] as NameGiver);
        for (const [one, other] of order) groups.join(one, other);
        for (const set of sets) {
          const best = [...set].sort((x, y) => {
            const [fromX, fromY] = [x, y].map((name) => from[names.indexOf(name)] as NameGiver) as [
              NameGiver,
              NameGiver,
            ];
            return isStronger(fromX, fromY) ? -1 : isStronger(fromY, fromX) ? 1 : x < y ? -1 : 1;
          })[0] as string;
          for (const name of set) expect(groups.nameOf(name)).toBe(best);
          expect(groups.aliasesOf(best)).toEqual(set.filter((name) => name !== best).sort());
        }
      }),
    );
  });
});
