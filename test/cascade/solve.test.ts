import { describe, expect, it } from "vitest";
import { cascadesOf, inTrace, known, origins, outlines, received, started } from "../support/scene.ts";

describe("a root that reached nobody", () => {
  const first = [started(0, "gateway", "chat"), received(1, "chat", ["gateway"])];

  it("is the same stream told again if it follows one that did within a second and a half", () => {
    expect(outlines(...first, started(1_000, "gateway", "chat"))).toMatchObject([
      { origin: "gateway cancel proven", lines: 3 },
    ]);
    expect(outlines(...first, started(5_000, "gateway", "chat"))).toMatchObject([
      { origin: "gateway cancel proven", lines: 2 },
      { origin: "gateway cancel strong", lines: 1 },
    ]);
  });

  it("is a stream of its own if it names another peer", () => {
    expect(origins(...first, started(6_500, "gateway", "chat"), started(7_000, "gateway", "search"))).toHaveLength(2);
    expect(outlines(...first, started(-200, "gateway", "chat", { peer: "search" }))).toHaveLength(1);
  });
});

describe("an incident", () => {
  const timer = (ms: number, to: string, left: number) =>
    started(ms, "gateway", to, { kind: "deadline", code: 12015, message: `timeout ${left}` });

  it("is all the streams of one handler that a timer ended at once", () => {
    expect(outlines(timer(0, "chat", 299), timer(15, "search", 298))).toMatchObject([
      { origin: "gateway deadline strong", reached: ["chat", "search"], lines: 2 },
    ]);
    expect(outlines(timer(0, "chat", 299), timer(100, "search", 298))).toHaveLength(2);
  });

  it("has one stream to each service, or it is two calls", () => {
    const reached = (ms: number, left: number) =>
      received(ms, "chat", ["gateway"], { kind: "deadline", code: 12015, message: `timeout ${left}` });
    expect(cascadesOf(timer(0, "chat", 299), reached(1, 299), timer(5, "chat", 298), reached(6, 298))).toMatchObject([
      { count: 2 },
    ]);
  });

  it("is one plain cancel, whatever was cancelled besides", () => {
    expect(outlines(started(0, "gateway", "chat"), started(1, "gateway", "search", { message: "other" }))).toHaveLength(
      2,
    );
  });

  it("of a trace is all that one service started in the same way within a second and a half", () => {
    const two = (ms: number) =>
      inTrace([started(0, "gateway", "chat"), started(ms, "gateway", "search", { message: "x" })]);
    expect(outlines(...two(1_000))).toMatchObject([{ origin: "gateway cancel strong", reached: ["chat", "search"] }]);
    expect(outlines(...two(1_900))).toHaveLength(2);
    expect(outlines(...two(5_000))).toHaveLength(2);
    const other = inTrace([
      started(0, "gateway", "chat"),
      started(1, "gateway", "search", { kind: "handler-return", code: 12012 }),
    ]);
    expect(outlines(...other)).toHaveLength(2);
  });

  const lost = (ms: number, service: string) => received(ms, service, null, { kind: "disconnect", code: 12013 });
  const callers = [known("chat", "model"), known("chat", "search"), known("edge", "tool")];

  it("is the death of a process that several services noticed within two seconds", () => {
    expect(outlines(...callers, lost(0, "model"), lost(1_500, "search"))).toMatchObject([
      { origin: "chat disconnect weak", reached: ["model", "search"] },
    ]);
    expect(outlines(...callers, lost(0, "model"), lost(5_000, "search"))).toHaveLength(2);
    expect(origins(...callers, lost(0, "model"), lost(1, "tool"))).toEqual([
      "chat disconnect weak",
      "edge disconnect weak",
    ]);
  });

  it("is one broken connection of a caller that nobody knows, with all the streams on it", () => {
    const twice = (ms: number) =>
      cascadesOf(lost(0, "model"), lost(ms, "model")).reduce((sum, { count }) => sum + count, 0);
    expect(twice(15)).toBe(1);
    expect(twice(100)).toBe(2);
  });
});
