import { ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { samplerFromEnvironment } from "../../src/tracer/env-sampler.ts";
import { cancelSampler, type TraceSampler } from "../../src/tracer/index.ts";
import { startChain } from "../support/chain.ts";
import { request } from "../support/chat.ts";
import { Traced, until } from "./traced.ts";

describe("cancelSampler", () => {
  it("keeps the cancels of traces that are dropped, and only them, in one trace", async () => {
    await using traced = new Traced({}, cancelSampler(new ParentBasedSampler({ root: new AlwaysOffSampler() })));
    await using chain = await startChain();
    const call = chain.client.serverStream(request("x"));
    await call.next();
    call.cancel();
    await until(() => traced.spans.length === 6);
    expect(new Set(traced.spans.map((span) => span.name))).toEqual(new Set(["cancel ChatService/ServerStream"]));
    expect(new Set(traced.spans.map((span) => span.context.traceId)).size).toBe(1);
    expect(traced.spans.flatMap((span) => span.links)).toHaveLength(5);
  });

  it("leaves other spans and sampled traces to the inner sampler", () => {
    const ask = (sampler: TraceSampler, kind: SpanKind, attributes = {}) =>
      sampler.shouldSample(ROOT_CONTEXT, "0af7651916cd43dd8448eb211c80319c", "x", kind, attributes, []).decision;
    const off = cancelSampler(new AlwaysOffSampler());
    expect(ask(off, SpanKind.CLIENT)).toBe(0);
    expect(ask(off, SpanKind.INTERNAL, { "rpc.system.name": "kitex" })).toBe(0);
    expect(ask(off, SpanKind.SERVER, { "rpc.system.name": "kitex" })).toBe(1);
    expect(ask(off, SpanKind.INTERNAL, { "streamscope.cancel.id": "1" })).toBe(2);
    expect(ask(cancelSampler(new AlwaysOnSampler()), SpanKind.CLIENT)).toBe(2);
    expect(off.toString()).toBe("CancelSampler{AlwaysOffSampler}");
  });
});

describe("the sampler of the environment", () => {
  const traceIds = Array.from({ length: 200 }, (_, i) =>
    (BigInt(i + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n).toString(16).padStart(32, "0").slice(-32),
  );
  const decisions = (sampler: TraceSampler, context = ROOT_CONTEXT) =>
    traceIds.map((id) => sampler.shouldSample(context, id, "x", SpanKind.INTERNAL, {}, []).decision);

  it.each<[string | undefined, string | undefined, TraceSampler]>([
    [undefined, undefined, new ParentBasedSampler({ root: new AlwaysOnSampler() })],
    ["always_on", undefined, new AlwaysOnSampler()],
    ["always_off", undefined, new AlwaysOffSampler()],
    ["traceidratio", "0.3", new TraceIdRatioBasedSampler(0.3)],
    ["traceidratio", "1", new TraceIdRatioBasedSampler(1)],
    ["traceidratio", "7", new TraceIdRatioBasedSampler(1)],
    ["parentbased_always_on", undefined, new ParentBasedSampler({ root: new AlwaysOnSampler() })],
    ["parentbased_always_off", undefined, new ParentBasedSampler({ root: new AlwaysOffSampler() })],
    ["parentbased_traceidratio", "0.5", new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) })],
    ["nonsense", undefined, new ParentBasedSampler({ root: new AlwaysOnSampler() })],
  ])("decides for %s %s as the SDK's does", (name, arg, theirs) => {
    const ours = samplerFromEnvironment({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg });
    expect(decisions(ours)).toEqual(decisions(theirs));
    for (const traceFlags of [0, 1]) {
      const parent = { traceId: traceIds[0] ?? "", spanId: "b7ad6b7169203331", traceFlags, isRemote: true };
      const context = trace.setSpanContext(ROOT_CONTEXT, parent);
      expect(decisions(ours, context)).toEqual(decisions(theirs, context));
    }
  });
});
