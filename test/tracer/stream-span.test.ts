import { propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import {
  BusinessError,
  createClient,
  createServer,
  memoryTransport,
  type ServerOptions,
} from "../../src/runtime/index.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { contexts, inside, Traced, until } from "./traced.ts";

/** A service called B, and a client called A. Handlers: `fail`, `quota` or as many answers as asked for. */
async function pair(options: Partial<ServerOptions> = {}) {
  const transport = options.transport ?? memoryTransport();
  const server = createServer({ name: "ServiceB", transport, log: null, ...options });
  server.add(Chat, {
    *serverStream({ message, count }) {
      if (message === "fail") throw new Error("model backend: connection refused");
      if (message === "quota") throw new BusinessError(10001, "quota used up");
      for (let i = 0n; i < count; i += 1n) yield Response.create();
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

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

describe("a stream", () => {
  it("is one CLIENT and one SERVER span, in one trace, with the conventions' names", async () => {
    await using traced = new Traced();
    await using services = await pair();
    await drain(services.client.serverStream(request("x", { count: 3n })));
    await until(() => traced.spans.length === 2);
    const client = traced.one((span) => span.kind === "CLIENT");
    const server = traced.one((span) => span.kind === "SERVER");
    for (const span of [client, server]) {
      expect(span.name).toBe("ChatService/ServerStream");
      expect(span.status).toBe("UNSET");
      expect(span.attributes).toMatchObject({ "rpc.system.name": "kitex", "rpc.method": "ChatService/ServerStream" });
      expect(span.attributes).not.toHaveProperty(["rpc.status_code"]);
    }
    expect(server.parent?.spanId).toBe(client.context.spanId);
    expect(server.context.traceId).toBe(client.context.traceId);
    expect(client.attributes).toMatchObject({ "streamscope.stream.sent": 1, "streamscope.stream.received": 3 });
    expect(server.attributes).toMatchObject({ "streamscope.stream.sent": 3, "streamscope.stream.received": 1 });
    expect(server.attributes["client.service.name"]).toBe("ServiceA");
  });

  it("names host and port of the other end", async () => {
    await using traced = new Traced();
    const server = createServer({ name: "ServiceB", log: null });
    server.add(Chat, { unary: () => Response.create() });
    await server.listen({ host: "127.0.0.1" });
    const client = createClient(Chat, { target: server.address, name: "ServiceA" });
    await client.unary(request("x"));
    await until(() => traced.spans.length === 2);
    const port = Number(server.address.split(":")[1]);
    expect(traced.one((span) => span.kind === "CLIENT").attributes).toMatchObject({
      "server.address": "127.0.0.1",
      "server.port": port,
    });
    expect(traced.one((span) => span.kind === "SERVER").attributes).toMatchObject({ "client.address": "127.0.0.1" });
    await client.close();
    await server.close();
  });

  it("whose handler fails is ERROR at both ends, with code and text", async () => {
    await using traced = new Traced();
    await using services = await pair();
    await drain(services.client.serverStream(request("fail"))).catch(() => {});
    await until(() => traced.spans.length === 2);
    const client = traced.one((span) => span.kind === "CLIENT");
    expect([client.status, client.attributes["rpc.status_code"]]).toEqual(["ERROR", "12001"]);
    expect(client.attributes["error.type"]).toBe("12001");
    expect(client.text).toContain("biz error: model backend: connection refused");
    const server = traced.one((span) => span.kind === "SERVER");
    expect([server.status, server.attributes["error.type"]]).toEqual(["ERROR", "Error"]);
    expect(server.text).toBe("model backend: connection refused");
  });

  it("that answers with a business status has that status as its code", async () => {
    await using traced = new Traced();
    await using services = await pair();
    await drain(services.client.serverStream(request("quota"))).catch(() => {});
    await until(() => traced.spans.length === 2);
    for (const span of traced.spans) expect(span.attributes["rpc.status_code"]).toBe("10001");
  });

  it("that cannot be dialled is ERROR", async () => {
    await using traced = new Traced();
    const client = createClient(Chat, { target: "memory:nobody", transport: memoryTransport(), name: "ServiceA" });
    await drain(client.serverStream(request("x"))).catch(() => {});
    const span = traced.one(() => true);
    expect([span.status, span.attributes["error.type"]]).toEqual(["ERROR", "DialError"]);
    await client.close();
  });

  it("hangs under the application's active span", async () => {
    using _contexts = contexts();
    await using traced = new Traced();
    await using services = await pair();
    const own = traced.provider.getTracer("app").startSpan("own");
    await inside(trace.setSpan(ROOT_CONTEXT, own), () => drain(services.client.serverStream(request("x"))));
    expect(traced.one((span) => span.kind === "CLIENT").parent?.spanId).toBe(own.spanContext().spanId);
  });

  it("of a handler hangs under the handler's span, with a context manager and without", async () => {
    for (const managed of [false, true]) {
      using _contexts = managed ? contexts() : undefined;
      await using traced = new Traced();
      const transport = memoryTransport();
      await using below = await pair({ transport });
      const server = createServer({ name: "ServiceC", transport, log: null });
      server.add(Chat, {
        async unary() {
          await new Promise((resolve) => setImmediate(resolve));
          await drain(below.client.serverStream(request("x")));
          return Response.create();
        },
      });
      await server.listen({ path: "memory:C" });
      const client = createClient(Chat, { target: "memory:C", transport, name: "ServiceA" });
      await client.unary(request("x"));
      await until(() => traced.spans.length === 4);
      const handler = traced.one((span) => span.kind === "SERVER" && span.name.endsWith("Unary"));
      const inner = traced.one((span) => span.kind === "CLIENT" && span.name.endsWith("ServerStream"));
      expect(inner.parent?.spanId).toBe(handler.context.spanId);
      await client.close();
      await server.close({ graceMs: 0 });
    }
  });

  it("runs its handler inside its own span, baggage of the caller included", async () => {
    using _contexts = contexts();
    await using traced = new Traced();
    const seen: unknown[] = [];
    const transport = memoryTransport();
    const server = createServer({ name: "ServiceB", transport, log: null });
    server.add(Chat, {
      async *serverStream() {
        yield Response.create();
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(
          trace.getActiveSpan()?.spanContext().spanId,
          propagation.getActiveBaggage()?.getEntry("tenant")?.value,
        );
      },
    });
    await server.listen({ path: "memory:B" });
    const client = createClient(Chat, { target: "memory:B", transport, name: "ServiceA" });
    const bags = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ tenant: { value: "a b,c" } }));
    await inside(bags, () => drain(client.serverStream(request("x"))));
    await until(() => traced.spans.length === 2);
    expect(seen).toEqual([traced.one((span) => span.kind === "SERVER").context.spanId, "a b,c"]);
    await client.close();
    await server.close();
  });
});
