import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { hopTree, walkHops } from "../../src/present/index.ts";
import { falseOriginCascade, reached } from "../story.ts";

function drawn(cascade: Cascade): string[] {
  return walkHops(hopTree(cascade)).map(
    ({ hop, depth }) => `${"  ".repeat(depth)}${hop.service ?? "?"}${hop.loose ? " (loose)" : ""}`,
  );
}

describe("the tree of a cascade", () => {
  it("hangs each service below the one it was reached by", () => {
    expect(drawn(falseOriginCascade())).toEqual(["gateway", "  chat", "    agent", "      model"]);
  });

  it("keeps what has no way to the origin, and says so", () => {
    const cascade = falseOriginCascade({
      reached: [reached("far", "nobody"), reached("below", "far"), reached("lost", null), reached("chat", "gateway")],
    });
    expect(drawn(cascade)).toEqual(["gateway", "  chat", "  far (loose)", "    below", "  lost (loose)"]);
  });

  it("shows the origin again where a loop of calls comes back to it, once", () => {
    const cascade = falseOriginCascade({ reached: [reached("chat", "gateway"), reached("gateway", "chat")] });
    expect(drawn(cascade)).toEqual(["gateway", "  chat", "    gateway"]);
  });

  it("survives edges that form a ring without the origin", () => {
    const cascade = falseOriginCascade({ reached: [reached("a", "b"), reached("b", "a"), reached("c", "c")] });
    expect(drawn(cascade).length).toBe(4);
  });

  it("hangs everything below an unknown origin", () => {
    const cascade = falseOriginCascade();
    const unknown = { ...cascade, origin: { ...cascade.origin, service: null }, reached: [reached("chat", null)] };
    expect(drawn(unknown)).toEqual(["?", "  chat (loose)"]);
  });

  it("shows every reached entry exactly once, whatever the edges are", () => {
    const name = fc.constantFrom("gateway", "a", "b", "c", "d", "e");
    const edge = fc.record({ service: name, via: fc.option(name) });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 30 }), (edges) => {
        const entries = edges.map(({ service, via }) => reached(service, via));
        const rows = walkHops(hopTree(falseOriginCascade({ reached: entries })));
        const shown = rows.flatMap(({ hop }) => (hop.reached === null ? [] : [hop.reached]));
        expect(new Set(shown)).toEqual(new Set(entries));
        expect(shown.length).toBe(entries.length);
      }),
    );
  });

  it("tells what became of each service", () => {
    const cascade = falseOriginCascade({
      reached: [
        reached("chat", "gateway", { state: "still-running" }),
        reached("agent", "chat", { observed: false, state: "silent" }),
        reached("model", "agent", { state: "still-running" }),
        reached("tool", "agent"),
      ],
    });
    expect(walkHops(hopTree(cascade)).map(({ hop }) => hop.role)).toEqual([
      "origin",
      "running",
      "silent",
      "running",
      "stopped",
    ]);
  });

  it("draws at most 64 rails, however deep a branch is", () => {
    const entries = Array.from({ length: 200 }, (_, index) =>
      reached(`s${index + 1}`, index === 0 ? "gateway" : `s${index}`),
    );
    const rails = walkHops(hopTree(falseOriginCascade({ reached: entries }))).map((row) => row.rails.length);
    expect(Math.max(...rails)).toBe(64);
  });

  it("draws a chain of 20,000 services", () => {
    const entries = Array.from({ length: 20_000 }, (_, index) =>
      reached(`s${index + 1}`, index === 0 ? "gateway" : `s${index}`),
    );
    expect(walkHops(hopTree(falseOriginCascade({ reached: entries }))).length).toBe(20_001);
  });
});
