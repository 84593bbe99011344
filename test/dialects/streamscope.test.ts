import { describe, expect, it } from "vitest";
import { readEvidence } from "../../src/dialects/index.ts";
import type { Evidence } from "../../src/model/index.ts";
import { diagnose } from "../support/diagnose.ts";
import { at, callFact } from "../support/evidence.ts";
import { record } from "../support/record.ts";

const CANCEL =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";
const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A span of the tracer, as a source reads it. */
function span(
  service: string,
  id: string,
  ms: number,
  attributes: Readonly<Record<string, string>>,
): readonly Evidence[] {
  return readEvidence(
    record("", {
      texts: [],
      service,
      at: at(ms),
      traceId: TRACE,
      spanId: id,
      span: { kind: "internal", name: "cancel", startAt: at(ms), endAt: at(ms), parentSpanId: null, status: 0 },
      fields: new Map(
        Object.entries({ "streamscope.cancel.id": "c1", "streamscope.cancel.kind": "cancel", ...attributes }),
      ),
      place: { traceId: TRACE, spanId: id },
    }),
  );
}

const chain = [
  // The origin is a service with callers: its plain text alone would earn no confidence.
  ...span("chat", "1", 0, {
    "streamscope.cancel.role": "origin",
    "streamscope.cancel.side": "client",
    "streamscope.cancel.intent": "user-stop",
    "streamscope.cancel.description": `[ttstream error, code=12007] [client-side stream] ${CANCEL}`,
    "code.file.path": "/app/chat.ts",
    "code.line.number": "42",
  }),
  ...span("agent", "2", 1, {
    "streamscope.cancel.role": "leaf",
    "streamscope.cancel.side": "server",
    "streamscope.cancel.description": `[ttstream error, code=12007] [server-side stream] [canceled path: chat] ${CANCEL}`,
  }),
];
const serves = callFact({ service: "chat", serves: true, traceId: TRACE, at: at(5) });

describe("a cancel span of our own tracer", () => {
  it("is a fact: the origin is proven even where the service has callers of its own", () => {
    const { cascades } = diagnose([...chain, serves]);
    expect(cascades).toHaveLength(1);
    expect(cascades[0]?.origin).toMatchObject({
      service: "chat",
      kind: "cancel",
      confidence: "proven",
      callSite: "/app/chat.ts:42",
      intent: "user-stop",
    });
    expect(cascades[0]?.reached.map(({ service, via }) => [service, via])).toEqual([["agent", "chat"]]);
  });

  it("begins at a service that ended its own request, and not at one that lost its caller", () => {
    const own = span("gateway", "7", 0, {
      "streamscope.service.name": "gateway",
      "streamscope.cancel.origin": "gateway",
      "streamscope.cancel.role": "relay",
      "streamscope.cancel.side": "client",
      "streamscope.cancel.description": "[ttstream error, code=12008] [client-side stream] the user pressed stop",
    });
    expect(own).toMatchObject([{ observation: "started", about: "self" }]);
    const lost = span("model", "8", 0, {
      "streamscope.service.name": "model",
      "streamscope.cancel.origin": "model",
      "streamscope.cancel.role": "relay",
      "streamscope.cancel.side": "client",
      "streamscope.cancel.kind": "disconnect",
      "streamscope.cancel.external": "agent, the caller of model",
      "streamscope.cancel.description":
        "[ttstream error, code=12013] [client-side stream] canceled by connection closed",
    });
    expect(lost).toMatchObject([{ observation: "relayed", about: "caller" }]);
  });

  it("does not make an origin of a server that noticed how its caller died", () => {
    const noticed = span("model", "5", 0, {
      "streamscope.cancel.role": "origin",
      "streamscope.cancel.kind": "disconnect",
      "streamscope.cancel.side": "server",
      "streamscope.cancel.description": "[ttstream error, code=12013] canceled by connection closed",
    });
    expect(noticed).toMatchObject([{ observation: "received", kind: "disconnect", code: 12013 }]);
    expect(diagnose(noticed).cascades.map(({ origin }) => origin.service)).toEqual([null]);
  });

  it("is the origin's at an edge, if it says who outside the logs ended its stream", () => {
    const edge = span("gateway", "6", 0, {
      "streamscope.cancel.role": "relay",
      "streamscope.cancel.kind": "disconnect",
      "streamscope.cancel.side": "client",
      "streamscope.cancel.external": "the HTTP client of gateway",
      "streamscope.cancel.description": "[ttstream error, code=12013] [client-side stream] client left",
    });
    expect(diagnose(edge).cascades.map(({ origin }) => origin)).toMatchObject([
      { service: "gateway", kind: "disconnect", external: "the HTTP client of gateway" },
    ]);
  });

  it("leaves it to others who the caller was whose connection a server lost, and says what the server knows of it", () => {
    const noticed = span("model", "7", 0, {
      "streamscope.cancel.role": "origin",
      "streamscope.cancel.kind": "disconnect",
      "streamscope.cancel.side": "server",
      "streamscope.cancel.external": "agent, the caller of model",
      "streamscope.cancel.description": "[ttstream error, code=12013] canceled by connection closed",
    });
    expect(diagnose(noticed).cascades.map(({ origin }) => origin)).toMatchObject([
      { service: null, kind: "disconnect", external: "agent, the caller of model", confidence: "weak" },
    ]);
  });

  it("shows work that went on after the cancel, with how long and how many messages", () => {
    const ghost = span("agent", "4", 2_100, {
      "streamscope.ghost.duration_ms": "2100",
      "streamscope.ghost.messages": "7",
    });
    const { warnings } = diagnose([...chain, ...ghost]);
    expect(warnings).toMatchObject([
      { rule: "ghost-work", service: "agent", text: expect.stringMatching(/2\.1 s .* 7 wasted messages$/) },
    ]);
  });
});
