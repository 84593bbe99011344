import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src/model/index.ts";
import { failed, inTrace, known, origins, outlines, received, started } from "../../support/scene.ts";

describe("a cancel whose text names the caller", () => {
  const named = (ms: number) => received(ms, "model", null, { caller: { name: "chat" } });

  it.each([-5_000, 5_000])("hangs under what that caller did %i ms before", (ms) => {
    expect(outlines(started(0, "chat", "model"), named(ms))).toMatchObject([
      { origin: "chat cancel proven", rules: ["own-text", "named-by-neighbour"], reached: ["model"] },
    ]);
  });

  it("hangs under the caller without a line of it ten seconds later", () => {
    expect(outlines(started(0, "chat", "model"), named(10_000))).toMatchObject([
      { origin: "chat cancel strong", rules: ["own-text"] },
      { origin: "chat cancel weak", rules: ["named-by-neighbour"] },
    ]);
  });

  it("hangs under what the caller did at any time of the trace", () => {
    expect(origins(...inTrace([started(0, "chat", "model"), named(20_000)]))).toEqual(["chat cancel proven"]);
  });

  it("goes past what the caller did towards another service, if that is not much nearer", () => {
    const other = (ms: number) => started(ms, "chat", "search", { message: "another" });
    const own = started(300, "chat", "model");
    const reachedBy = (...scene: readonly Evidence[]) =>
      outlines(...scene).find(({ rules }) => rules.includes("named-by-neighbour"))?.reached;
    expect(reachedBy(other(0), own, named(100))).toEqual(["model"]);
    const far = started(6_000, "chat", "model");
    expect(reachedBy(other(0), far, named(1))).toEqual(["model", "search"]);
  });

  it("of the service itself is no link", () => {
    expect(origins(received(0, "chat", null, { caller: { name: "chat" } }))).toEqual(["chat cancel weak"]);
  });
});

describe("a cancel whose text has no name in it", () => {
  const unnamed = (ms: number, service: string, more = {}) =>
    received(ms, service, null, { caller: { name: null }, ...more });

  it.each([
    [5_000, ["gateway cancel proven"]],
    [10_000, ["gateway cancel strong", "null cancel weak"]],
  ])("hangs under the end of a stream towards its service, %i ms before", (ms, said) => {
    expect(origins(started(0, "gateway", "chat"), received(ms, "chat", null))).toEqual(said);
  });

  it("hangs under the end of the same kind, though another one was a little nearer", () => {
    const ends = (cancelAt: number) => [
      started(0, "gateway", "chat", { kind: "deadline", code: 12015 }),
      started(cancelAt, "edge", "chat"),
    ];
    const originOf = (cancelAt: number, ms: number) =>
      outlines(...ends(cancelAt), received(ms, "chat", null)).find(({ rules }) => rules.includes("cancel-arrived"))
        ?.origin;
    expect(originOf(45, 15)).toBe("edge cancel proven");
    expect(originOf(300, 15)).toBe("gateway deadline proven");
  });

  it("hangs under nobody who already reached the service", () => {
    const scene = [started(0, "gateway", "chat"), received(1, "chat", ["gateway"]), received(3_000, "chat", null)];
    expect(origins(...scene)).toEqual(["gateway cancel proven", "null cancel weak"]);
  });

  it("is one cancel at two services within half a second, and two later", () => {
    const twice = (ms: number) => [received(0, "chat", null), received(ms, "agent", null)];
    expect(outlines(...twice(400))).toMatchObject([
      { origin: "null cancel weak", rules: ["unnamed-origin"], reached: ["agent", "chat"] },
    ]);
    expect(origins(...twice(2_000))).toEqual(["null cancel weak", "null cancel weak"]);
  });

  it("is guessed to follow a cancel at that moment that names no callee", () => {
    const scene = (ms: number) => [started(0, "gateway", null), received(ms, "chat", null)];
    expect(outlines(...scene(400))).toMatchObject([
      { origin: "gateway cancel guess", rules: ["own-text", "near-in-time", "by-time-only"], reached: ["chat"] },
    ]);
    expect(origins(...scene(2_000))).toEqual(["gateway cancel strong", "null cancel weak"]);
  });

  it.each(["shutdown", "reset"] as const)("is nobody's but a proxy's or a server's if it is a %s", (kind) => {
    const scene = [started(0, "gateway", "chat"), received(1, "chat", null, { kind, code: 14 })];
    expect(origins(...scene)).toEqual(["gateway cancel strong", `null ${kind} weak`]);
  });

  it("with the same words is one cancel of a nameless caller", () => {
    expect(outlines(unnamed(0, "chat"), unnamed(100, "agent"))).toMatchObject([{ reached: ["agent", "chat"] }]);
  });
});

describe("a deadline that came with the call", () => {
  const carried = { kind: "deadline", code: null, message: "over", carriesDeadlines: true } as const;
  const over = (ms: number, more = {}) => received(ms, "chat", null, { ...carried, ...more });
  const reset = received(0, "chat", null, {
    caller: { name: "gateway" },
    code: 1,
    message: "reset",
    carriesDeadlines: true,
  });

  it("and the reset that follows are two ends of one handler within eight milliseconds", () => {
    expect(outlines(reset, over(-5))).toMatchObject([{ origin: "gateway cancel weak", reached: ["chat"], lines: 2 }]);
    expect(outlines(reset, over(-40))).toHaveLength(2);
  });

  it("and the reset that follows are two ends of one handler within a tenth of a second of a trace", () => {
    expect(outlines(...inTrace([reset, over(-60)]))).toMatchObject([{ origin: "gateway cancel weak", lines: 2 }]);
    expect(outlines(...inTrace([reset, over(-500)]))).toHaveLength(2);
  });

  it("is the only known caller's, and nobody's where there are two", () => {
    expect(outlines(known("gateway", "chat"), over(0))).toMatchObject([
      { origin: "gateway deadline weak", rules: ["only-caller"], reached: ["chat"] },
    ]);
    expect(outlines(known("gateway", "chat"), known("edge", "chat"), over(0))).toMatchObject([
      { origin: "null deadline weak", rules: ["unnamed-origin"], reached: ["chat"] },
    ]);
  });
});

describe("a lost connection", () => {
  const lost = { kind: "disconnect", code: 12013 } as const;
  const below = received(0, "model", null, lost);
  const callers = [known("chat", "agent"), known("agent", "model")];
  const above = (ms: number, more: Parameters<typeof started>[3] = {}) =>
    started(ms, "chat", "agent", { ...lost, observation: "lost", about: "callee", code: 12004, ...more });

  it("tells of a process that died between two that noticed it within two seconds", () => {
    expect(outlines(...callers, below, above(1_500))).toMatchObject([
      { origin: "agent disconnect strong", rules: ["connection-lost", "died-between"], reached: ["model"] },
    ]);
    expect(outlines(...callers, below, above(6_000))).toMatchObject([
      { origin: "agent disconnect weak", rules: ["connection-lost", "only-caller"] },
    ]);
  });

  it("tells of a connection that its caller broke itself", () => {
    const broken = started(1, "agent", "model", { ...lost, observation: "lost", breaksConnection: true, code: 12002 });
    expect(outlines(...callers, below, broken)).toMatchObject([
      { origin: "agent disconnect strong", rules: ["connection-lost", "broken-by-caller"], reached: ["model"] },
    ]);
  });

  it("names nobody where two services are known to call", () => {
    expect(outlines(...callers, known("search", "model"), below)).toMatchObject([
      { origin: "null disconnect weak", rules: ["connection-lost"], reached: ["model"] },
    ]);
  });

  it("names nobody who is not known to call, and believes whoever lost somebody where no caller is known", () => {
    expect(origins(...callers, below, above(1, { peer: "search" }))).toEqual(["agent disconnect weak"]);
    expect(origins(below, above(1))).toEqual(["agent disconnect strong"]);
  });

  it("names the nearest of several losses", () => {
    const other = started(300, "edge", "search", { ...lost, observation: "lost", about: "callee" });
    expect(origins(below, other, above(100))).toEqual(["agent disconnect strong"]);
  });

  it("without a peer's name is the other side of the only caller's death if its writer calls that one", () => {
    expect(origins(...callers, below, above(1, { peer: null }))).toEqual(["agent disconnect strong"]);
    expect(origins(...callers, below, above(1, { peer: null, service: "edge" }))).toEqual(["agent disconnect weak"]);
    expect(origins(...callers, below, above(1, { peer: null, about: "connection" }))).toEqual([
      "agent disconnect weak",
    ]);
  });

  it("that was answered says nothing of who was lost", () => {
    expect(origins(...callers, below, failed(1, "chat", "agent"))).toEqual(["agent disconnect weak"]);
  });
});
