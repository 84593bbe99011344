import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve as serveHono } from "@hono/node-server";
import express from "express";
import { fastify } from "fastify";
import { Hono } from "hono";
import { stream } from "hono/streaming";
import { describe, expect, it } from "vitest";
import { type RequestScope, type RequestSubject, requestScope, withRequestScope } from "../../src/http/index.ts";
import { createClient, createServer as createRpcServer, memoryTransport } from "../../src/runtime/index.ts";
import { Chat, type Response as Reply, request } from "../support/chat.ts";
import { sent } from "./server.ts";

/** What a framework's handler does: it answers with what comes from a service below. */
type Serve = (
  answer: (subject: RequestSubject) => { scope: RequestScope; replies: () => AsyncIterable<Reply> },
) => Promise<{
  readonly port: number;
  readonly close: () => void;
}>;

async function listening(server: Server): Promise<{ port: number; close: () => void }> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

const frameworks: Readonly<Record<string, Serve>> = {
  "node:http": (answer) =>
    listening(
      createServer((_, response) => {
        const { scope, replies } = answer(response);
        void scope.run(async () => {
          for await (const { message } of replies()) response.write(message);
        });
      }),
    ),
  Express: (answer) => {
    const app = express();
    app.use((_, response, next) => {
      response.locals["edge"] = answer(response);
      response.locals["edge"].scope.run(next);
    });
    const router = express.Router();
    router.get("/chat/:id", async (_, response) => {
      const { replies } = response.locals["edge"] as ReturnType<typeof answer>;
      for await (const { message } of replies()) response.write(message);
    });
    app.use("/api", router);
    app.use((_: unknown, __: unknown, ___: unknown, ____: unknown) => {});
    return listening(createServer(app));
  },
  Fastify: async (answer) => {
    const app = fastify();
    const edges = new WeakMap<object, ReturnType<typeof answer>>();
    app.addHook("onRequest", (incoming, reply, done) => {
      const edge = answer(reply);
      edges.set(incoming, edge);
      edge.scope.run(done);
    });
    app.get("/api/chat/:id", async (incoming, reply) => {
      reply.hijack();
      const { replies } = edges.get(incoming) as ReturnType<typeof answer>;
      try {
        for await (const { message } of replies()) reply.raw.write(message);
      } catch {
        // Its client has left
      }
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { port: (app.server.address() as AddressInfo).port, close: () => void app.close() };
  },
  "Hono on Node.js": async (answer) => {
    const app = new Hono();
    app.get("/api/chat/:id", (context) => {
      const { scope, replies } = answer(context);
      return scope.run(() =>
        stream(context, async (out) => {
          await scope
            .run(async () => {
              for await (const { message } of replies()) await out.write(message);
            })
            .catch(() => {});
        }),
      );
    });
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    await once(server, "listening");
    return listening(server);
  },
};

/** A service below that streams until it is cancelled; what its handler saw then. */
async function startBelow() {
  const transport = memoryTransport();
  const server = createRpcServer({ name: "below", transport, log: null });
  const ended = Promise.withResolvers<unknown>();
  server.add(Chat, {
    async *serverStream({ message }, call) {
      yield { message, seq: 0n, from: "below", payload: new Uint8Array() };
      await once(call.signal, "abort");
      ended.resolve(call.signal.reason);
    },
    unary: ({ message }) => ({ message, seq: 0n, from: "below", payload: new Uint8Array() }),
    async clientStream() {
      return { message: "", seq: 0n, from: "below", payload: new Uint8Array() };
    },
    async *bidiStream() {},
  });
  const { address } = await server.listen();
  const client = createClient(Chat, { target: address, transport });
  return {
    client,
    ended: ended.promise,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close();
    },
  };
}

describe.each(Object.entries(frameworks))("the scope of a request of %s", (name, serving) => {
  it("ends what its handler calls when the client leaves", async () => {
    await using below = await startBelow();
    const scopes: RequestScope[] = [];
    const { port, close } = await serving((subject) => {
      const scope = requestScope(subject, { service: "edge" });
      scopes.push(scope);
      return { scope, replies: () => below.client.serverStream(request("x")) };
    });
    const socket = await sent(port, "GET /api/chat/7?secret=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "data");
    socket.destroy();
    expect(await below.ended).toMatchObject({
      code: 12013,
      path: ["edge"],
      text: "the HTTP client left",
      origin: "edge",
    });
    const [scope] = scopes;
    expect(scope?.exception).toMatchObject({ external: "the HTTP client of edge", intent: "user-left" });
    expect(scope?.http.path).toBe("/api/chat/7");
    expect(scope?.http.route).toBe(name === "node:http" ? null : "/api/chat/:id");
    close();
  });
});

describe("the scope of a handler in the style of fetch", () => {
  const handler = (below: Awaited<ReturnType<typeof startBelow>>) =>
    withRequestScope(
      () => {
        const replies = below.client.serverStream(request("x"));
        return new Response(
          new ReadableStream({
            async pull(controller) {
              const { done, value } = await replies.next();
              if (done === true) controller.close();
              else controller.enqueue(new TextEncoder().encode(value.message));
            },
          }),
        );
      },
      { service: "edge" },
    );

  it.each(["the signal of its request aborts", "its response's body is cancelled"])("ends when %s", async (how) => {
    await using below = await startBelow();
    const client = new AbortController();
    const incoming = new Request("http://edge/chat?secret=1", { signal: client.signal });
    const response = await handler(below)(incoming);
    const reader = response.body?.getReader();
    await reader?.read();
    if (how.includes("signal")) client.abort();
    else await reader?.cancel();
    expect(await below.ended).toMatchObject({ code: 12013, path: ["edge"], text: "the HTTP client left" });
  });

  it("is over when the body has been sent, not when the handler returns", async () => {
    const scope = requestScope(new Request("http://edge/chat"), { service: "edge" });
    const response = scope.respond(new Response("all of it"));
    expect(scope.scope.finished).toBe(false);
    expect(await response.text()).toBe("all of it");
    expect([scope.scope.finished, scope.exception, scope.http.status]).toEqual([true, null, 200]);
  });

  it("is a deadline where the server's own timer aborts the request", () => {
    const scope = requestScope(
      new Request("http://edge/chat", { signal: AbortSignal.abort(new DOMException("", "TimeoutError")) }),
      {
        service: "edge",
      },
    );
    expect(scope.exception).toMatchObject({ code: 12015, kind: "deadline", external: null });
  });

  it("is none of what is no request", () => {
    for (const wrong of [undefined, null, {}, "request", { signal: new AbortController().signal }]) {
      expect(() => requestScope(wrong as never, { service: "edge" })).toThrow(
        /^subject must be the response of a request/,
      );
    }
    expect(() => requestScope(new Request("http://edge"), {} as never)).toThrow(/^service /);
  });
});
