import { propagation, ROOT_CONTEXT, type Span, type TextMapPropagator } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, it, vi } from "vitest";
import { addInstrument, createClient, createServer, memoryTransport } from "../../src/runtime/index.ts";
import { inject } from "../../src/tracer/propagation.ts";
import { w3cPropagator } from "../../src/tracer/w3c.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { Traced, until } from "./traced.ts";

/** Makes one call; the string keys of its Header as the server got them. */
async function headersOfACall(headers: Readonly<Record<string, string>> = {}): Promise<ReadonlyMap<string, string>> {
  const transport = memoryTransport();
  const server = createServer({ name: "ServiceB", transport, log: null });
  server.add(Chat, { unary: () => Response.create() });
  await server.listen({ path: "memory:B" });
  let seen: ReadonlyMap<string, string> = new Map();
  const remove = addInstrument({
    serverOpen(_call, strings, run) {
      seen = strings;
      run();
    },
  });
  const client = createClient(Chat, { target: "memory:B", transport, name: "ServiceA" });
  await client.unary(request("x"), { metadata: { transient: headers } });
  remove();
  await client.close();
  await server.close();
  return seen;
}

afterEach(() => {
  propagation.disable();
  vi.unstubAllEnvs();
});

describe("the trace context of a stream", () => {
  it("travels as Kitex's tracing suite carries it, with the caller's service name", async () => {
    await using traced = new Traced();
    const headers = await headersOfACall();
    await until(() => traced.spans.length === 2);
    const { traceId, spanId } = traced.one((span) => span.kind === "CLIENT").context;
    expect(headers.get("RPC_TRANSIT_traceparent")).toBe(`00-${traceId}-${spanId}-01`);
    expect(headers.get("RPC_TRANSIT_service.name")).toBe("ServiceA");
  });

  it("names the caller as its resource does, also before detectors have settled the rest of it", () => {
    const resource = {
      asyncAttributesPending: true,
      getRawAttributes: () => [
        ["host.id", Promise.resolve("h1")],
        ["service.name", "gateway"],
      ],
      get attributes(): never {
        throw new Error("not settled yet");
      },
    };
    const span = { isRecording: () => true, resource } as unknown as Span;
    const headers = new Map<string, string>();
    inject(null, ROOT_CONTEXT, span, "ServiceA", headers);
    expect([...headers]).toEqual([["RPC_TRANSIT_service.name", "gateway"]]);
  });

  it("does not travel while the span is not recording", async () => {
    await using _traced = new Traced({}, new AlwaysOffSampler());
    const headers = await headersOfACall();
    expect([...headers.keys()].filter((key) => key.startsWith("RPC_TRANSIT_"))).toEqual([]);
  });

  it("is taken from a caller that is not ours", async () => {
    await using traced = new Traced({ propagator: readOnly() });
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    await headersOfACall({ traceparent: `00-${traceId}-b7ad6b7169203331-01`, "service.name": "gateway" });
    await until(() => traced.spans.length === 2);
    const server = traced.one((span) => span.kind === "SERVER");
    expect([server.context.traceId, server.parent?.spanId]).toEqual([traceId, "b7ad6b7169203331"]);
  });

  it("goes through the registered propagator", async () => {
    await using _traced = new Traced();
    propagation.setGlobalPropagator({
      fields: () => ["x-own"],
      inject: (_context, carrier, setter) => setter.set(carrier, "x-own", "1"),
      extract: (context) => context,
    });
    const headers = await headersOfACall();
    expect(headers.get("RPC_TRANSIT_x-own")).toBe("1");
    expect(headers.has("RPC_TRANSIT_traceparent")).toBe(false);
  });

  it.each([
    ["the configuration says null", { propagator: null }, ""],
    ["OTEL_PROPAGATORS is none", {}, "none"],
  ])("does not travel where %s", async (_name, config, variable) => {
    vi.stubEnv("OTEL_PROPAGATORS", variable);
    await using _traced = new Traced(config);
    expect((await headersOfACall()).has("RPC_TRANSIT_traceparent")).toBe(false);
  });
});

/** W3C that reads only: as if the caller were another program. */
function readOnly(): TextMapPropagator {
  return {
    fields: () => ["traceparent"],
    inject() {},
    extract: (context, carrier, getter) => w3cPropagator.extract(context, carrier, getter),
  };
}
