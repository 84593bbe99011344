import { context, propagation, trace } from "@opentelemetry/api";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { describe, expect, it } from "vitest";
import { scopedFetch } from "../../src/fetch/index.ts";
import { intentOf, type Kind } from "../../src/model/index.ts";
import { createScope } from "../../src/runtime/index.ts";
import { w3cPropagator } from "../../src/tracer/w3c.ts";
import { startBackend } from "../support/openai-backend.ts";
import { contexts, Traced, until } from "../tracer/traced.ts";

/** Asks in a scope, cancels after the first bytes, and waits for the backend to notice. */
async function cancelOne(baseURL: string): Promise<void> {
  using scope = createScope({ service: "model" });
  await scope.run(async () => {
    const response = await scopedFetch()(`${baseURL}/chat/completions?key=secret`, { method: "POST", body: "{}" });
    const reader = response.body?.getReader();
    await reader?.read();
    scope.cancel({ intent: "hedge", text: "another answer came first" });
    await expect(reader?.read()).rejects.toThrow("another answer came first");
  });
}

describe("spans of a request of a scoped fetch", () => {
  it("are a CLIENT span whose context the backend gets, and the cancel under it", async () => {
    using _ = contexts();
    await using traced = new Traced();
    await using backend = await startBackend();
    const parent = traced.provider.getTracer("test").startSpan("work");
    await context.with(trace.setSpan(context.active(), parent), () => cancelOne(backend.baseURL));
    await backend.left;
    const client = traced.one(({ name }) => name === "POST");
    expect(client.kind).toBe("CLIENT");
    expect(client.parent?.spanId).toBe(parent.spanContext().spanId);
    expect(client.attributes).toMatchObject({
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "url.full": `${backend.baseURL}/chat/completions`,
      "server.address": "127.0.0.1",
      "streamscope.service.name": "model",
    });
    expect(backend.requests[0]?.["traceparent"]).toBe(`00-${client.context.traceId}-${client.context.spanId}-01`);
    const cancel = traced.one(({ name }) => name === "cancel POST");
    expect(cancel.parent?.spanId).toBe(client.context.spanId);
    expect(cancel.attributes).toMatchObject({
      "streamscope.cancel.side": "client",
      "streamscope.cancel.kind": "cancel",
      "streamscope.cancel.intent": "hedge",
      "streamscope.cancel.reason": "another answer came first",
    });
  });

  it("are none twice beside the instrumentation of undici: the cancel hangs under its span", async () => {
    using _ = contexts();
    const undici = new UndiciInstrumentation();
    await using traced = new Traced();
    await using backend = await startBackend();
    undici.setTracerProvider(traced.provider);
    propagation.setGlobalPropagator(w3cPropagator);
    try {
      await cancelOne(backend.baseURL);
      await backend.left;
      await until(() => traced.spans.some(({ kind }) => kind === "CLIENT"));
      const client = traced.one(({ kind }) => kind === "CLIENT");
      const cancel = traced.one(({ name }) => name === "cancel POST");
      expect(cancel.parent?.spanId).toBe(client.context.spanId);
      expect(cancel.context.traceId).toBe(client.context.traceId);
      expect(backend.requests[0]?.["traceparent"]).toContain(client.context.spanId);
    } finally {
      undici.disable();
      propagation.disable();
    }
  });
});

describe("metrics of requests of a scoped fetch", () => {
  it("count cancels by what they were for, and the tokens that they saved", async () => {
    using _ = contexts();
    await using traced = new Traced();
    await using backend = await startBackend({ tokenMs: 1, tokens: 60 });
    const url = `${backend.baseURL}/chat/completions`;
    await (await scopedFetch({ service: "model" })(url, { method: "POST", body: "{}" })).text();
    using scope = createScope({ service: "model" });
    await scope.run(async () => {
      const response = await scopedFetch()(url, { method: "POST", body: "{}" });
      await response.body?.getReader().read();
      scope.cancel({ intent: "hedge" });
    });
    using other = createScope({ service: "model" });
    await other.run(async () => {
      const response = await scopedFetch()(url, { method: "POST", body: "{}" });
      await response.body?.getReader().read();
      other.cancel({ intent: "a word of our own" });
    });
    const [saved] = await traced.points("streamscope.cancel.saved_messages");
    expect(saved?.attributes).toEqual({ "streamscope.cancel.kind": "cancel", "http.request.method": "POST" });
    expect(saved?.value).toBeGreaterThan(60);
    expect(saved?.value).toBeLessThanOrEqual(122);
  });
});

describe("the intent of a cancel on metrics", () => {
  it.each<[string | null, Kind, string]>([
    ["user-stop", "cancel", "user-stop"],
    ["budget", "cancel", "budget"],
    ["a word of our own", "cancel", "other"],
    [null, "cancel", "unknown"],
    [null, "deadline", "deadline"],
    [null, "handler-return", "done"],
    [null, "shutdown", "shutdown"],
    [null, "disconnect", "failure"],
    ["user-left", "disconnect", "user-left"],
  ])("%j of kind %s is %s", (told, kind, intent) => {
    expect(intentOf(told, kind)).toBe(intent);
  });
});
