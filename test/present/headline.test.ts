import { describe, expect, it } from "vitest";
import type { Cascade, Origin } from "../../src/model/index.ts";
import {
  doubtOutside,
  fateOf,
  headline,
  hopName,
  hopTree,
  isSure,
  rootNote,
  shownService,
} from "../../src/present/index.ts";
import { falseOriginCascade, reached, unknownCascade } from "../story.ts";

function startedBy(over: Partial<Origin>): Cascade {
  const base = falseOriginCascade();
  return { ...base, origin: { ...base.origin, kind: "disconnect", code: 12013, ...over } };
}

describe("the headline", () => {
  it("names the service and what it did", () => {
    expect(headline(startedBy({ kind: "deadline", code: 12015 }))).toBe(
      "gateway started it: its timeout ran out (code 12015)",
    );
    expect(headline(startedBy({ kind: "error", code: null }))).toBe(
      "gateway failed: it answered with an error, which by itself cancels no stream",
    );
  });

  it("blames nobody where the origin is unknown", () => {
    expect(headline(unknownCascade("u"))).toBe("Origin unknown: a connection was lost (code 12013)");
  });

  it("names the party outside the logs, and the service that shows it first", () => {
    expect(headline(startedBy({ external: "the HTTP client of gateway" }))).toBe(
      "Started by the HTTP client of gateway, first seen at gateway: a connection was lost (code 12013)",
    );
    expect(headline(startedBy({ service: null, external: "a caller of chat that left no log" }))).toBe(
      "Started by a caller of chat that left no log: a connection was lost (code 12013)",
    );
  });

  it("calls a service that only shows it first the first to show it", () => {
    const external = "the HTTP client of gateway";
    expect(rootNote(startedBy({ external }).origin)).toBe("first to show it");
    expect(rootNote(startedBy({ service: null, external }).origin)).toBe("started it");
    expect(rootNote(startedBy({ external: "perhaps a caller of gateway that left no log" }).origin)).toBe("started it");
    expect(rootNote(startedBy({ kind: "error" }).origin)).toBe("failed");
  });

  it("keeps the service where a party outside only may have acted, and tells of it beside", () => {
    const cascade = startedBy({ kind: "cancel", external: "perhaps a caller of gateway that left no log" });
    expect(headline(cascade)).toBe("gateway started it: its own code cancelled the call (code 12013)");
    expect(doubtOutside(cascade.origin)).toBe("perhaps a caller of gateway that left no log");
    expect(doubtOutside(startedBy({ external: "the HTTP client of gateway" }).origin)).toBeNull();
    expect(doubtOutside(startedBy({}).origin)).toBeNull();
  });
});

describe("a service's other names", () => {
  it("stand behind its name, three at most", () => {
    expect(shownService("gateway", ["pod prod-web-gateway-svc"])).toBe("gateway (pod prod-web-gateway-svc)");
    expect(shownService("gateway", ["a", "b\u001b[2J", "c", "d", "e"])).toBe("gateway (a, b\\x1b[2J, c, and 2 more)");
    expect(shownService("gateway")).toBe("gateway");
  });

  it("are shown in the tree, and a root without a service shows the party outside", () => {
    const known = startedBy({ aliases: ["pod gw-1"] });
    expect(hopName(known, hopTree(known))).toBe("gateway (pod gw-1)");
    const outside = startedBy({ service: null, external: "a caller of chat that left no log" });
    expect(hopName(outside, hopTree(outside))).toBe("(a caller of chat that left no log)");
    const unknown = startedBy({ service: null });
    expect(hopName(unknown, hopTree(unknown))).toBe("(unknown)");
  });
});

describe("what became of the services", () => {
  it("is counted apart for those that went on, each once, the origin never", () => {
    const running = { state: "still-running" } as const;
    const edges = [
      reached("chat", "gateway"),
      reached("agent", "chat", running),
      reached("agent", "gateway", running),
      reached("gateway", "agent", running),
    ];
    expect(fateOf(falseOriginCascade({ reached: edges }))).toBe("1 other service stopped, 1 still running");
    expect(fateOf(falseOriginCascade({ reached: edges.slice(0, 1) }))).toBe("1 other service stopped");
    expect(fateOf(falseOriginCascade({ reached: [] }))).toBe("no other service stopped");
  });
});

describe("a verdict", () => {
  it("is sure where it is proven or strong", () => {
    expect((["proven", "strong", "weak", "guess"] as const).map(isSure)).toEqual([true, true, false, false]);
  });
});
