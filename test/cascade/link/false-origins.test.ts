import { describe, expect, it } from "vitest";
import type { Claim, FailedAnswer } from "../../../src/model/index.ts";
import { failed, known, origins, outlines, received, relayed, started } from "../../support/scene.ts";

/** chat, which gateway calls, says that it cancelled its stream to model; model heard of it. */
const chatCancels = [known("gateway", "chat"), started(0, "chat", "model"), received(1, "model", ["chat"])];

/** gateway's call to chat was answered with chat's own cancel. */
function toldOfChat(ms: number, more: Partial<FailedAnswer> = {}): FailedAnswer {
  const told = { depth: 1, observation: "started", kind: "cancel", message: "cancelled" } as const;
  return failed(ms, "gateway", "chat", { told, ...more });
}

describe("a cancel of a service that has callers", () => {
  it("is unverified if nothing shows what they did", () => {
    expect(outlines(...chatCancels)).toEqual([
      {
        origin: "chat cancel weak",
        rules: ["own-text", "path-names-origin", "origin-unverified"],
        reached: ["model"],
        falseOrigins: [],
        lines: 2,
      },
    ]);
  });

  it.each([-1_600, 1_600])("is proven if its caller was told of it %i ms later", (ms) => {
    expect(outlines(...chatCancels, toldOfChat(ms))).toMatchObject([
      { origin: "chat cancel proven", rules: ["own-text", "path-names-origin", "caller-told"] },
    ]);
  });

  it.each([
    ["six seconds away", toldOfChat(6_000)],
    ["repeated by a framework", toldOfChat(1, { echo: true })],
    ["on the caller's server side", toldOfChat(1, { side: "server" })],
    ["made up by the stack between", toldOfChat(1, { returned: false })],
    [
      "about a deeper service",
      toldOfChat(1, { told: { depth: 2, observation: "started", kind: "cancel", message: "" }, returned: false }),
    ],
    ["from another service", toldOfChat(1, { peer: "search" })],
    ["of a service that does not call it", toldOfChat(1, { service: "other", peer: null })],
  ])("is not verified by an answer %s", (_, answer) => {
    expect(origins(...chatCancels, answer)).toEqual(["chat cancel weak"]);
  });

  it("is strong if its caller got any error as an answer, within a fifth of a second", () => {
    const other = { told: { depth: 1, observation: "failed", kind: "error", message: "quota" } } as const;
    expect(outlines(...chatCancels, toldOfChat(150, other))).toMatchObject([
      { origin: "chat cancel strong", rules: ["own-text", "path-names-origin", "caller-failed"] },
    ]);
    expect(origins(...chatCancels, toldOfChat(500, other))).toEqual(["chat cancel weak"]);
  });

  it("is verified by a caller without a known peer if it quotes what the service's handler returned", () => {
    const told = { depth: 1, observation: "started", kind: "cancel", message: "cancelled" } as const;
    const quoted = failed(2, "edge", null, { told });
    const returned = failed(1, "chat", null, { side: "server", message: "cancelled", echo: true });
    expect(origins(...chatCancels, quoted, returned)).toEqual(["chat cancel proven"]);
    expect(origins(...chatCancels, quoted)).toEqual(["chat cancel weak"]);
  });
});

describe("a cancel without a path", () => {
  const incoming = [started(0, "gateway", "chat"), received(1, "chat", ["gateway"])];

  it.each([
    ["0.1 s", 100],
    ["5 s, the sweep of a client that nobody reads", 5_000],
  ])("is explained by an incoming cancel of the same service before it by %s", (_, ms) => {
    expect(outlines(...incoming, started(ms, "chat", "model"), received(ms + 1, "model", ["chat"]))).toEqual([
      {
        origin: "gateway cancel proven",
        rules: ["own-text", "path-names-origin"],
        reached: ["chat", "model"],
        falseOrigins: ["chat"],
        lines: 4,
      },
    ]);
  });

  it("is a cascade of its own ten seconds after an incoming one", () => {
    expect(origins(...incoming, started(10_000, "chat", "model"))).toEqual([
      "gateway cancel proven",
      "chat cancel weak",
    ]);
  });

  it("is explained by an incoming cancel that already went on elsewhere only in the same turn", () => {
    const passedOn = [
      ...incoming,
      relayed(1.5, "chat", ["gateway"], "search"),
      received(2, "search", ["gateway", "chat"]),
    ];
    expect(outlines(...passedOn, started(5, "chat", "model"))).toMatchObject([
      { origin: "gateway cancel proven", reached: ["chat", "model", "search"], falseOrigins: ["chat"] },
    ]);
    expect(outlines(...passedOn, started(25, "chat", "model"))).toMatchObject([
      { origin: "gateway cancel proven", falseOrigins: [] },
      { origin: "chat cancel weak", reached: ["model"] },
    ]);
  });

  it.each([
    [5_000, ["gateway cancel proven"]],
    [10_000, ["gateway cancel strong", "chat cancel weak"]],
  ])("is explained by its caller's own end towards it, %i ms before", (ms, said) => {
    expect(origins(started(0, "gateway", "chat"), started(ms, "chat", "model"))).toEqual(said);
  });

  it("is guessed to follow a cancel at the same moment if the service has callers and nobody names a peer", () => {
    const scene = (ms: number) => [known("gateway", "chat"), started(0, "edge", null), started(ms, "chat", "model")];
    expect(outlines(...scene(400))).toMatchObject([{ origin: "edge cancel guess", falseOrigins: ["chat"] }]);
    expect(origins(...scene(2_000))).toEqual(["edge cancel strong", "chat cancel weak"]);
  });
});

describe("a deadline that calls carry", () => {
  const carried = { kind: "deadline", code: 4, message: "deadline", carriesDeadlines: true } as const;
  const timer = (ms: number, service: string, to: string, more: Partial<Claim> = {}): Claim =>
    started(ms, service, to, { ...carried, ...more });

  it.each([-60, 60])("is its owner's, also if the callee's timer fires %i ms later", (ms) => {
    const [cascade, ...others] = outlines(timer(0, "gateway", "chat"), timer(ms, "chat", "model"));
    expect(others).toEqual([]);
    expect(cascade).toMatchObject({
      origin: "gateway deadline proven",
      reached: ["chat", "model"],
      falseOrigins: ["chat"],
    });
  });

  it("is two deadlines a third of a second apart", () => {
    expect(origins(timer(0, "gateway", "chat"), timer(300, "chat", "model"))).toEqual([
      "gateway deadline strong",
      "chat deadline weak",
    ]);
  });

  it("is its owner's two calls further down, where the relay between was reset first", () => {
    const reset = relayed(1, "chat", null, "model", {
      ...carried,
      kind: "cancel",
      code: 1,
      message: "reset",
      caller: { name: "gateway" },
    });
    expect(outlines(timer(0, "gateway", "chat"), reset, timer(2, "model", "tool"))).toMatchObject([
      { origin: "gateway deadline proven", reached: ["chat", "model", "tool"], falseOrigins: ["model"] },
    ]);
  });

  it("explains one timer of each service that was called", () => {
    const twice = [timer(1, "chat", "model", { message: "one" }), timer(2, "chat", "search", { message: "two" })];
    expect(outlines(timer(0, "gateway", "chat"), ...twice)).toMatchObject([
      { origin: "gateway deadline proven", reached: ["chat", "model"] },
      { origin: "chat deadline weak", reached: ["search"] },
    ]);
  });

  it("is the handler's own if its context says at that time that it is over", () => {
    const over = received(1, "chat", null, { ...carried, code: null });
    const scene = (ms: number) => [known("gateway", "chat"), over, timer(ms, "chat", "model", { code: 12015 })];
    expect(outlines(...scene(50))).toMatchObject([{ origin: "gateway deadline weak", falseOrigins: ["chat"] }]);
    expect(origins(...scene(300))).toEqual(["gateway deadline weak", "chat deadline weak"]);
  });
});
