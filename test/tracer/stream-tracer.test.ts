import type { Sampler } from "@opentelemetry/sdk-trace";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { type CallInfo, type CancelEvent, type GhostEvent, StreamException } from "../../src/runtime/index.ts";
import { CallMetrics } from "../../src/tracer/call-metrics.ts";
import { CancelMetrics } from "../../src/tracer/metrics.ts";
import { StreamTracer } from "../../src/tracer/stream-tracer.ts";
import { Traced } from "./traced.ts";

const SECOND = 1_000_000_000n;
const OPENED = 1_700_000_000n * SECOND;

function serverCall(): CallInfo {
  return {
    side: "server",
    service: "ChatService",
    method: "ServerStream",
    self: "ServiceB",
    peer: { name: "ServiceA", address: "127.0.0.1:1" },
    streamId: 1,
    chainId: "chain",
    sent: 0,
    received: 1,
    openedAt: OPENED,
    parent: null,
  };
}

interface CancelFacts {
  readonly code: number;
  readonly direction?: CancelEvent["direction"];
  readonly at?: bigint;
  readonly originAt?: bigint;
}

function cancelOf(call: CallInfo, facts: CancelFacts): CancelEvent {
  const { code, direction = "received", at = OPENED + SECOND, originAt = at } = facts;
  const exception = new StreamException({
    code,
    side: "server",
    text: "stopped",
    path: ["ServiceA"],
    origin: "ServiceA",
    cancelId: "id",
    cancelledAt: originAt,
    travelled: true,
  });
  const { kind, text: reason, cancelId, path, origin, intent, external, callSite } = exception;
  const common = { code, kind, reason, path, origin, intent, external, callSite, cancelId: cancelId ?? "" };
  return { call, side: "server", direction, role: "leaf", exception, upstream: null, originAt, at, ...common };
}

function ghostOf({ call, exception }: CancelEvent, stage: GhostEvent["stage"], messages: number): GhostEvent {
  return { call, stage, durationMs: stage === "running" ? 1000 : 2500, messages, exception };
}

/** A tracer with a stream that is open, and where its spans and metrics go. */
function open(sampler?: Sampler) {
  const traced = new Traced({ enabled: false }, sampler);
  const tracer = new StreamTracer({
    tracer: () => traced.provider.getTracer("test"),
    metrics: new CancelMetrics(traced.meterProvider.getMeter("test")),
    calls: new CallMetrics(traced.meterProvider.getMeter("test")),
    propagator: () => null,
  });
  const call = serverCall();
  tracer.serverOpen(call, new Map(), () => {});
  return { traced, tracer, call, [Symbol.asyncDispose]: () => traced[Symbol.asyncDispose]() };
}

describe("a stream that is cancelled twice", () => {
  it("ends as its first cancel says: a timer's, though a reset comes after", async () => {
    await using stream = open();
    const { traced, tracer, call } = stream;
    tracer.cancelling(cancelOf(call, { code: 12015 }), new Map());
    tracer.cancelling(cancelOf(call, { code: 12007 }), new Map());
    tracer.ended(call, { by: "rst", error: null, at: OPENED + 2n * SECOND });
    const span = traced.one(({ kind }) => kind === "SERVER");
    expect([span.status, span.attributes["rpc.status_code"], span.text]).toEqual([
      "ERROR",
      "12015",
      "[ttstream error, code=12015] [server-side stream] [canceled path: ServiceA] stopped",
    ]);
  });
});

describe("a cancel span", () => {
  it("has an elapsed time of 0 where the origin's clock is ahead of this one", async () => {
    await using stream = open();
    const { traced, tracer, call } = stream;
    const at = OPENED + SECOND;
    tracer.cancelling(cancelOf(call, { code: 12007, at, originAt: at + SECOND }), new Map([["ssat", "any"]]));
    const elapsed = traced.one(({ kind }) => kind === "INTERNAL").attributes["streamscope.cancel.elapsed_ms"];
    expect(elapsed).toBe(0);
  });

  it("puts its traceparent into the Rst that leaves", async () => {
    await using stream = open();
    const headers = new Map<string, string>();
    stream.tracer.cancelling(cancelOf(stream.call, { code: 12007, direction: "sent" }), headers);
    const { traceId, spanId } = stream.traced.one(({ kind }) => kind === "INTERNAL").context;
    expect(headers.get("traceparent")).toBe(`00-${traceId}-${spanId}-01`);
  });

  it("that nobody records puts nothing into the Rst, so that no hop is linked to what does not exist", async () => {
    await using stream = open(new AlwaysOffSampler());
    const headers = new Map<string, string>();
    stream.tracer.cancelling(cancelOf(stream.call, { code: 12007, direction: "sent" }), headers);
    expect([...headers.keys()]).toEqual([]);
  });
});

describe("ghost work", () => {
  it("begins when the cancel reached this service, not when its origin cancelled", async () => {
    await using stream = open();
    const { traced, tracer, call } = stream;
    const at = OPENED + 3n * SECOND;
    const cancel = cancelOf(call, { code: 12007, at, originAt: OPENED + SECOND });
    tracer.cancelling(cancel, new Map());
    tracer.ghost(ghostOf(cancel, "running", 0));
    const ghost = traced.exporter.getFinishedSpans().find(({ name }) => name === "ghost");
    expect(ghost?.startTime).toEqual([Number(at / SECOND), 0]);
  });

  it("that was told of while it ran and at its end counts each message once", async () => {
    await using stream = open();
    const { traced, tracer, call } = stream;
    const cancel = cancelOf(call, { code: 12007 });
    tracer.cancelling(cancel, new Map());
    tracer.ghost(ghostOf(cancel, "running", 2));
    tracer.ghost(ghostOf(cancel, "ended", 5));
    expect(await traced.points("streamscope.ghost.messages")).toMatchObject([{ value: 5 }]);
  });
});
