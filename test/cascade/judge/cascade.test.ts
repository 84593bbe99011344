import { describe, expect, it } from "vitest";
import type { Evidence, FailedAnswer } from "../../../src/model/index.ts";
import { at, callFact, ghost } from "../../support/evidence.ts";
import { cascadesOf, failed, inTrace, received, relayed, started } from "../../support/scene.ts";

describe("the trigger of a cancel", () => {
  const cancel = (more = {}) => [started(0, "chat", "search", more), received(1, "search", ["chat"], more)];
  const error = (ms: number, more: Partial<FailedAnswer> = {}) =>
    failed(ms, "chat", "model", { message: "quota used up", ...more });
  const trigger = (...evidence: readonly Evidence[]) => cascadesOf(...evidence)[0]?.trigger;
  const place = { source: "test.log" };

  it("is an error of another stream up to a second before", () => {
    expect(trigger(...cancel(), error(-800))).toEqual({
      service: "model",
      text: "quota used up",
      delayMs: -800,
      place,
    });
    expect(trigger(...cancel(), error(-3_000))).toBeUndefined();
  });

  it("is what a service below says in it", () => {
    const told = { depth: 1, observation: "failed", kind: "error", message: "no tokens" } as const;
    expect(trigger(...cancel(), error(-1, { told }))).toEqual({
      service: "model",
      text: "no tokens",
      delayMs: -1,
      place,
    });
  });

  it("is an error at any time of a trace", () => {
    expect(trigger(...inTrace([...cancel(), error(-5_000)]))).toEqual({
      service: "model",
      text: "quota used up",
      delayMs: -5_000,
      place,
    });
  });

  it.each([
    ["only follows from the end", error(-1, { afterEnd: true })],
    ["the service returned itself", error(-1, { side: "server" })],
    ["another service met", error(-1, { service: "edge" })],
    ["has no sender", error(-1, { peer: null })],
  ])("is no error that %s", (_, failure) => {
    expect(trigger(...cancel(), failure)).toBeUndefined();
  });

  it("is missing where a timer started it, or the service only passed it on", () => {
    expect(trigger(...cancel({ kind: "deadline", code: 12015 }), error(-1))).toBeUndefined();
    expect(trigger(received(0, "chat", ["gateway"]), error(-1, { service: "gateway" }))).toEqual({
      service: "model",
      text: "quota used up",
      place,
    });
  });

  it("has no time where clocks put it after the cancel", () => {
    expect(trigger(...cancel(), error(3))).toEqual({ service: "model", text: "quota used up", place });
  });

  it("comes from the service whose own line has the same text, the nearest in time", () => {
    const told = { depth: 1, observation: "failed", kind: "error", message: "no tokens" } as const;
    const own = (ms: number, service: string) =>
      failed(ms, service, null, { side: "server", message: "no tokens", echo: true });
    const answer = error(-1, { peer: null, told });
    expect(trigger(...cancel(), answer, own(-2, "model"))?.service).toBe("model");
    expect(trigger(...cancel(), answer, own(-200, "model"), own(-2, "tool"))?.service).toBe("tool");
    expect(trigger(...cancel(), answer, own(-2, "chat"))).toBeUndefined();
  });

  it("comes from the service that started the cancel which the error tells of", () => {
    const told = { depth: 1, observation: "started", kind: "deadline", message: "timeout 299" } as const;
    const timer = started(-2, "model", "tool", { kind: "deadline", code: 12015, message: "timeout 299" });
    const found = cascadesOf(
      ...cancel({ kind: "handler-return", code: 12012 }),
      error(-1, { peer: null, told }),
      timer,
    );
    expect(found.find(({ origin }) => origin.service === "chat")?.trigger).toEqual({
      service: "model",
      text: "timeout 299",
      delayMs: -1,
      place,
    });
  });
});

describe("a service that was reached", () => {
  const reachedBy = (...evidence: readonly Evidence[]) =>
    cascadesOf(...evidence)[0]?.reached.map(({ service, via, state, confidence, delayMs }) => ({
      service,
      via,
      state,
      confidence,
      delayMs,
    }));

  it("is proven by two lines with a path, strong by one, weak by its caller's word alone, a guess by time", () => {
    expect(
      reachedBy(
        started(0, "gateway", "chat"),
        received(2, "chat", ["gateway"]),
        relayed(3, "chat", ["gateway"], "model"),
        received(4, "model", ["gateway", "chat"]),
        relayed(5, "model", ["gateway", "chat"], "tool"),
      ),
    ).toEqual([
      { service: "chat", via: "gateway", state: "stopped", confidence: "proven", delayMs: 2 },
      { service: "model", via: "chat", state: "stopped", confidence: "proven", delayMs: 4 },
      { service: "tool", via: "model", state: "silent", confidence: "weak", delayMs: undefined },
    ]);
    expect(reachedBy(started(0, "gateway", "chat"), received(2, "chat", ["gateway"]))).toMatchObject([
      { confidence: "strong" },
    ]);
    expect(reachedBy(started(0, "gateway", null), received(2, "chat", null))).toMatchObject([{ confidence: "guess" }]);
  });

  it("is never the origin itself, nor the peer of an end that it only heard of", () => {
    expect(reachedBy(started(0, "gateway", "chat"), received(2, "chat", ["gateway"], { peer: "other" }))).toMatchObject(
      [{ service: "chat" }],
    );
    expect(
      reachedBy(
        started(0, "gateway", "chat"),
        received(1, "chat", ["gateway"]),
        relayed(2, "chat", ["gateway"], "gateway"),
      ),
    ).toMatchObject([{ service: "chat" }]);
  });
});

describe("the sample of a cascade's evidence", () => {
  const many = Array.from({ length: 200 }, (_, index) =>
    received(1 + index / 100, "chat", ["gateway"], { operation: index % 2 === 0 ? "context" : null, cancelId: "c1" }),
  );

  it("is its first sixty lines; the count is of all", () => {
    const [cascade] = cascadesOf(started(0, "gateway", "chat"), ...many);
    expect(cascade?.evidence).toHaveLength(60);
    expect(cascade?.evidence[0]?.service).toBe("gateway");
    expect(cascade?.lastAt).toBe(at(2.99));
  });

  it("holds what went on afterwards, however many lines there are", () => {
    const late = ghost({ at: at(9_000), service: "chat", cancelId: "c1", spanId: "g", durationMs: 5_000, messages: 3 });
    const [cascade] = cascadesOf(...inTrace([started(0, "gateway", "chat", { cancelId: "c1" }), ...many, late]));
    expect(cascade?.evidence).toHaveLength(61);
    expect(cascade?.evidence.at(-1)?.type).toBe("ghost");
    expect(cascade).toMatchObject({ lastAt: at(9_000), evidenceCount: 202 });
    expect(cascade?.reached).toMatchObject([{ service: "chat", state: "still-running" }]);
  });
});

describe("services of a trace that were not hit", () => {
  const span = (ms: number, service: string, spanId: string) => callFact({ at: at(ms), service, spanId, serves: true });
  const chain = [started(0, "chat", "search", { spanId: "a" }), received(1, "search", ["chat"], { spanId: "b" })];

  it("are a list of their own, never among the reached", () => {
    const failing = failed(-1, "chat", "model", { spanId: "c" });
    const own = failed(-2, "model", null, { side: "server", spanId: "d" });
    const [cascade] = cascadesOf(
      ...inTrace<Evidence>([
        ...chain,
        failing,
        own,
        span(2, "memory", "e"),
        span(3, "auth", "f"),
        span(4, "search", "g"),
      ]),
    );
    expect(cascade?.bystanders).toEqual(["auth", "memory"]);
    expect(cascade?.reached.map(({ service }) => service)).toEqual(["search"]);
  });

  it("are unknown where no trace says who took part", () => {
    expect(cascadesOf(...chain, span(2, "memory", "e"))[0]?.bystanders).toBeUndefined();
  });
});

describe("a cascade", () => {
  const at3 = (line: number, said: Evidence): Evidence => ({ ...said, place: { source: "one.log", line } });

  it("lists its evidence by time, and by place where the times are the same", () => {
    const scene = [
      at3(3, received(0, "chat", ["gateway"])),
      at3(2, received(0, "chat", ["gateway"], { operation: "send" })),
      at3(1, received(5, "model", ["gateway", "chat"])),
      at3(4, started(0, "gateway", "chat")),
    ];
    for (const order of [scene, [...scene].reverse()]) {
      const [cascade] = cascadesOf(...order);
      expect(cascade?.evidence.map(({ place }) => ("source" in place ? place.line : null))).toEqual([2, 3, 4, 1]);
    }
  });

  it("has no instant if no line has one", () => {
    const timeless = { at: null } as const;
    const [cascade] = cascadesOf(started(0, "gateway", "chat", timeless), received(0, "chat", ["gateway"], timeless));
    expect(Object.keys(cascade ?? {})).not.toContain("firstAt");
    expect(Object.keys(cascade ?? {})).not.toContain("lastAt");
    expect(Object.keys(cascade?.reached[0] ?? {})).not.toContain("at");
    expect(Object.keys(cascade?.reached[0] ?? {})).not.toContain("delayMs");
  });

  it("has the instants of its first and last line that have one", () => {
    const [cascade] = cascadesOf(
      started(0, "gateway", "chat"),
      received(7, "chat", ["gateway"]),
      received(9, "chat", ["gateway"], { at: null, operation: "send" }),
    );
    expect([cascade?.firstAt, cascade?.lastAt]).toEqual([at(0), at(7)]);
  });

  it("says of each service reached when, where and at which side it was seen", () => {
    const lines = Array.from({ length: 25 }, (_, index) =>
      at3(index, received(2 + index / 10, "chat", ["gateway"], { operation: null })),
    );
    const [chat, ...others] = cascadesOf(started(0, "gateway", "chat"), ...lines.reverse())[0]?.reached ?? [];
    expect(others).toEqual([]);
    expect(chat).toMatchObject({ at: at(2), delayMs: 2, side: "server", evidenceCount: 25 });
    expect(chat?.places).toHaveLength(20);
    expect(chat?.places[0]).toEqual({ source: "one.log", line: 0 });
  });

  it("lists services by how far down they are, then by name", () => {
    const fanOut = ["tool", "agent", "model"].flatMap((name) => [
      relayed(2, "chat", ["gateway"], name),
      received(3, name, ["gateway", "chat"]),
    ]);
    const [cascade] = cascadesOf(started(0, "gateway", "chat"), received(1, "chat", ["gateway"]), ...fanOut);
    expect(cascade?.reached.map(({ service, via }) => `${via} ${service}`)).toEqual([
      "gateway chat",
      "chat agent",
      "chat model",
      "chat tool",
    ]);
  });

  it("names no peer of a line that is no own end, once a peer of one that is", () => {
    const lost = started(1, "gateway", "search", { observation: "lost", kind: "disconnect" });
    const twice = [started(0, "gateway", "chat"), started(0.1, "gateway", "chat", { operation: "send" })];
    const [cascade] = cascadesOf(...twice, received(2, "chat", ["gateway"], { side: "client", peer: "tool" }), lost);
    expect(cascade?.reached.map(({ service }) => service)).toEqual(["chat"]);
  });

  it("passes through a service twice where a path does, and lists it once", () => {
    const [cascade] = cascadesOf(received(0, "chat", ["gateway", "chat", "model"]));
    expect(cascade?.reached.map(({ service, via }) => `${via} ${service}`)).toEqual(["gateway chat", "chat model"]);
  });
});
