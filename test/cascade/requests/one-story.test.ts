import { describe, expect, it } from "vitest";
import type { Claim, Evidence } from "../../../src/model/index.ts";
import { diagnose } from "../../support/diagnose.ts";
import { at, claim } from "../../support/evidence.ts";
import { aborted, RPC, sent, served, stories } from "../../support/requests.ts";

const TRACE = "7f3a0c5e9d1b2a4870615243f4e5d6c7";

/** What a runtime says for a fact of a moment of the request `of`. */
function measured(service: string, of: string, ms: number, more: Partial<Claim>): Claim {
  return claim({
    service,
    operation: "span",
    knowledge: "fact",
    cancelId: "c1",
    traceId: TRACE,
    spanId: `${of}x`,
    parentSpanId: of,
    at: at(ms),
    place: { traceId: TRACE, spanId: `${of}x` },
    ...more,
  });
}

/** gateway, agent and model on a runtime that carries cancels, below an HTTP request; gateway's claim is given. */
function chain(gateway: Partial<Claim>, parent: string | null, endMs: number): Evidence[] {
  return [
    served("gateway", "g", parent, [40, endMs]),
    sent("gateway", "ga", "g", [47, 820], RPC),
    measured("gateway", "ga", 809, { side: "client", ...gateway }),
    served("agent", "a", "ga", [66, 827], RPC),
    measured("agent", "a", 823, { side: "server", observation: "received", path: ["gateway"] }),
    sent("agent", "am", "a", [71, 826], RPC),
    measured("agent", "am", 824, { side: "client", observation: "relayed", path: ["gateway", "agent"] }),
    served("model", "m", "am", [91, 830], RPC),
    measured("model", "m", 828, { side: "server", observation: "received", path: ["gateway", "agent"] }),
  ];
}

const edge = [served("edge", "e", null, [0, 793]), sent("edge", "eg", "e", [28, 796], aborted())];
const started = { observation: "started", about: "self" } as const;

describe("claims and requests of one trace", () => {
  it("are one cascade, whose origin is whoever stands further up", () => {
    const { cascades } = diagnose([...edge, ...chain(started, "eg", 799)]);
    expect(cascades.map(({ origin }) => origin)).toMatchObject([
      { service: "edge", kind: "disconnect", confidence: "strong", external: "the HTTP client of edge" },
    ]);
    expect(cascades[0]?.reached.map(({ service }) => service).sort()).toEqual(["agent", "gateway", "model"]);
    expect(cascades[0]?.falseOrigins.map(({ service }) => service)).toEqual(["gateway"]);
  });

  it("have the origin further up also where the one that claims name sends no spans", () => {
    const silent = chain(started, "eg", 799).filter(({ service }) => service !== "gateway");
    expect(stories([...edge, ...silent])).toEqual([
      expect.stringMatching(/^edge disconnect strong, by the HTTP client of edge -> /),
    ]);
  });

  it("keep what a runtime knows of its own cancel, and add that its caller had left", () => {
    const [cascade] = diagnose(chain(started, null, 806)).cascades;
    expect(cascade?.origin).toMatchObject({
      service: "gateway",
      kind: "disconnect",
      code: 12007,
      external: "the HTTP client of gateway",
    });
    const own = diagnose(chain(started, null, 830)).cascades;
    expect(own.map(({ origin }) => [origin.service, origin.kind, origin.confidence, origin.external])).toEqual([
      ["gateway", "cancel", "proven", undefined],
    ]);
  });

  it("believe a runtime that says that the cancel came from outside, whatever the order of ends", () => {
    const relayed = { observation: "relayed", about: "caller", kind: "disconnect" } as const;
    expect(stories(chain(relayed, null, 809.5))).toEqual([
      "gateway disconnect strong, by the HTTP client of gateway -> agent, model",
    ]);
  });

  it("blame no service that only calls this one in another trace", () => {
    const other = { traceId: "b".repeat(32) };
    const calls = [sent("edge", "x1", "x0", [0, 9], other), served("gateway", "x2", "x1", [1, 8], other)];
    const lost = { observation: "relayed", about: "caller", kind: "disconnect", path: null } as const;
    expect(stories([...calls, ...chain(lost, null, 809.5)])).toEqual([
      "gateway disconnect strong, by the HTTP client of gateway -> agent, model",
    ]);
  });
});

const [first] = [served("chat", "a", null, [0, 900], RPC)];

/** What a runtime says of the end of a stream, in a span of its own below the stream's. */
function said(service: string, stream: string, fields: Partial<Claim>): Evidence {
  const spanId = `${stream}-cancel`;
  const place = { traceId: TRACE, spanId };
  return claim({
    service,
    traceId: TRACE,
    spanId,
    parentSpanId: stream,
    cancelId: "c1",
    knowledge: "fact",
    place,
    ...fields,
  });
}

describe("claims and requests about one cancel", () => {
  it("are one cascade if the process between two others died: its caller and its callee both lost it", () => {
    // agent, between them, left no span: only chat's text names it
    const evidence = [
      first,
      sent("chat", "b", "a", [10, 800], RPC),
      served("model", "d", "c", [20, 801], RPC),
      said("chat", "b", {
        observation: "lost",
        about: "callee",
        side: "client",
        kind: "disconnect",
        peer: "agent",
        at: at(800),
      }),
      said("model", "d", { kind: "disconnect", at: at(801) }),
    ];
    expect(stories(evidence)).toEqual(["agent disconnect strong -> model"]);
  });
});
