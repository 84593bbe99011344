import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { createClient, createServer, instrumentFailures, memoryTransport } from "../../src/runtime/index.ts";
import { StreamscopeInstrumentation } from "../../src/tracer/index.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { Traced, until } from "./traced.ts";

async function pair() {
  const transport = memoryTransport();
  const server = createServer({ name: "ServiceB", transport, log: null });
  server.add(Chat, {
    unary: () => Response.create(),
    async *serverStream(_request, call) {
      yield Response.create();
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
    },
  });
  await server.listen({ path: "memory:B" });
  const client = createClient(Chat, { target: "memory:B", transport, name: "ServiceA" });
  return {
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ graceMs: 0 });
    },
  };
}

describe("StreamscopeInstrumentation", () => {
  it("is registered as instrumentations are, with a provider of one's own", async () => {
    await using services = await pair();
    const exporter = new InMemorySpanExporter();
    const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const unregister = registerInstrumentations({
      tracerProvider,
      instrumentations: [new StreamscopeInstrumentation()],
    });
    await services.client.unary(request("x"));
    await until(() => exporter.getFinishedSpans().length === 2);
    const [span] = exporter.getFinishedSpans();
    expect(span?.instrumentationScope.name).toBe("streamscope");
    expect(span?.instrumentationScope.version).toMatch(/^\d+\.\d+\.\d+/);
    unregister();
    await services.client.unary(request("x"));
    expect(exporter.getFinishedSpans()).toHaveLength(2);
  });

  it("makes no spans where it was made disabled or was disabled, and does again once enabled", async () => {
    await using services = await pair();
    await using traced = new Traced({ enabled: false });
    await services.client.unary(request("x"));
    traced.instrumentation.enable();
    traced.instrumentation.enable();
    await services.client.unary(request("x"));
    await until(() => traced.spans.length === 2);
    traced.instrumentation.disable();
    await services.client.unary(request("x"));
    expect(traced.spans).toHaveLength(2);
  });

  it("ends the spans of streams that are open when it is disabled", async () => {
    await using services = await pair();
    await using traced = new Traced();
    const call = services.client.serverStream(request("x"));
    await call.next();
    traced.instrumentation.disable();
    call.cancel();
    await until(() => traced.spans.length === 4);
    await services.client.unary(request("x"));
    expect(traced.spans).toHaveLength(4);
  });

  it("never throws into the application, whatever the SDK's parts do", async () => {
    await using services = await pair();
    const thrower = () => {
      throw new Error("broken");
    };
    const tracerProvider = new TracerProvider({
      spanProcessors: [
        { onStart: thrower, onEnd: thrower, forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() },
      ],
    });
    const before = instrumentFailures().count;
    const instrumentation = new StreamscopeInstrumentation({
      propagator: { fields: thrower, inject: thrower, extract: thrower },
    });
    instrumentation.setTracerProvider(tracerProvider);
    await services.client.unary(request("x"));
    const call = services.client.serverStream(request("x"));
    await call.next();
    call.cancel();
    await expect(call.next()).rejects.toMatchObject({ code: 12007 });
    instrumentation.disable();
    expect(instrumentFailures().count).toBe(before);
  });
});
