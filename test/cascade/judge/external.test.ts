import { describe, expect, it } from "vitest";
import type { Evidence } from "../../../src/model/index.ts";
import { diagnose } from "../../support/diagnose.ts";
import { at, callFact, claim } from "../../support/evidence.ts";

function origin(...evidence: readonly Evidence[]): unknown {
  const { cascades } = diagnose(evidence);
  expect(cascades).toHaveLength(1);
  const { service, kind, confidence, external } = cascades[0]?.origin ?? {};
  return { service, kind, confidence, external };
}

describe("an origin outside the logs", () => {
  it("is named beside the service that shows it, if that service says who it was", () => {
    const edge = claim({
      service: "gateway",
      observation: "started",
      kind: "disconnect",
      knowledge: "fact",
      cancelId: "c1",
      external: "the HTTP client of gateway",
      at: at(0),
    });
    expect(origin(edge)).toEqual({
      service: "gateway",
      kind: "disconnect",
      confidence: "strong",
      external: "the HTTP client of gateway",
    });
  });

  it("is the unnamed peer above a service that only knows that it was cancelled", () => {
    expect(origin(claim({ service: "chat", caller: { name: null }, at: at(0) }))).toEqual({
      service: null,
      kind: "cancel",
      confidence: "weak",
      external: "the unnamed peer above chat",
    });
  });

  it("is a proxy above a service that received a reset which no service of the chain raises", () => {
    expect(origin(claim({ service: "chat", kind: "reset", at: at(0) }))).toMatchObject({
      service: null,
      external: "a proxy without a name above chat",
    });
  });

  it("is a caller without logs, if nothing tells who was at the other end of a lost connection", () => {
    expect(origin(claim({ service: "chat", kind: "disconnect", at: at(0) }))).toMatchObject({
      service: null,
      external: "a caller of chat that left no log",
    });
  });

  it("is perhaps a caller of a service that has callers, if none of them is heard", () => {
    const own = claim({ service: "chat", observation: "started", side: "client", at: at(0) });
    expect(origin(callFact({ service: "chat", serves: true, at: at(-1) }), own)).toEqual({
      service: "chat",
      kind: "cancel",
      confidence: "weak",
      external: "perhaps a caller of chat that left no log",
    });
  });

  it("is not there if the service that started it has no callers", () => {
    const own = claim({ service: "chat", observation: "started", side: "client", peer: "model", at: at(0) });
    const below = claim({ service: "model", path: ["chat"], at: at(1) });
    expect(origin(own, below)).toEqual({ service: "chat", kind: "cancel", confidence: "proven", external: undefined });
  });
});

describe("the state of a service that was reached", () => {
  const own = claim({ service: "chat", observation: "started", side: "client", peer: "model", at: at(0) });
  const states = (...evidence: readonly Evidence[]): unknown =>
    diagnose(evidence).cascades[0]?.reached.map(({ service, state }) => [service, state]);

  it("is silent if it left no line, and stopped if it did", () => {
    expect(states(own)).toEqual([["model", "silent"]]);
    expect(states(own, claim({ service: "model", path: ["chat"], at: at(1) }))).toEqual([["model", "stopped"]]);
  });

  it("is still running if work of it was seen more than a second later", () => {
    const trace = { traceId: "0af7651916cd43dd8448eb211c80319c" };
    const inTrace = { ...own, ...trace, spanId: "a", knowledge: "fact", cancelId: "c1" } as const;
    const ghost = {
      ...callFact({ ...trace, service: "model", spanId: "b", cancelId: "c1", at: at(2_000) }),
      type: "ghost",
      durationMs: 2_000,
      messages: 3,
    } as const;
    const reachedModel = claim({ ...trace, service: "model", path: ["chat"], spanId: "b", cancelId: "c1", at: at(1) });
    expect(states(inTrace, reachedModel, ghost)).toEqual([["model", "still-running"]]);
  });
});
