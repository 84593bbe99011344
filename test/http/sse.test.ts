import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fastify } from "fastify";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import {
  type RequestScope,
  requestScope,
  type SseEnd,
  type SseMessage,
  sse,
  sseResponse,
} from "../../src/http/index.ts";
import { formatEvent } from "../../src/http/sse/message.ts";
import { request2, sent, serve, serve2, session2 } from "./server.ts";

const GET = "GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 41\r\n\r\n";

/** The body of a response that has ended, without the frames of HTTP/1.1. */
function eventsIn(raw: string): string {
  const body = raw.slice(raw.indexOf("\r\n\r\n") + 4);
  return body.replace(/[0-9a-f]+\r\n([^\r]*)\r\n/g, "$1").replace(/\r\n$/, "");
}

async function* count(from: number, to: number): AsyncGenerator<SseMessage> {
  for (let each = from; each <= to; each += 1) yield { id: String(each), data: { each } };
}

describe("an event", () => {
  it.each<[SseMessage | string, string]>([
    ["hi", "data: hi\n\n"],
    ["two\nlines\r\nor three", "data: two\ndata: lines\ndata: or three\n\n"],
    [{ data: { a: 1 } }, 'data: {"a":1}\n\n'],
    [{ data: undefined }, "data: null\n\n"],
    [{ event: "token", id: "7", retry: 1500, data: "x" }, "event: token\nid: 7\nretry: 1500\ndata: x\n\n"],
    ["", "data: \n\n"],
  ])("%j is written as the format wants it", (event, text) => {
    expect(formatEvent(event)).toBe(text);
  });

  it("cannot smuggle a field in by a line break", () => {
    for (const wrong of ["a\ndata: b", "a\rb", "a\0b"]) {
      expect(() => formatEvent({ data: "", id: wrong })).toThrow(new TypeError("id must be a text of one line"));
      expect(() => formatEvent({ data: "", event: wrong })).toThrow(new TypeError("event must be a text of one line"));
    }
  });
});

describe("an event stream", () => {
  it("goes on after the last event that its client has", async () => {
    await using edge = await serve((_, response) => {
      const scope = requestScope(response, { service: "edge" });
      void sse(scope, (last) => count(Number(last) + 1, 43)).then(() => response.socket?.end());
    });
    const socket = await sent(edge.port, GET);
    let raw = "";
    for await (const chunk of socket) raw += String(chunk);
    expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream; charset=utf-8\r\n/);
    expect(eventsIn(raw)).toContain('id: 42\ndata: {"each":42}\n\n');
    expect(eventsIn(raw)).not.toContain("id: 41");
  });

  it("closes its source when the client leaves, also one that is stuck, and says what it had sent", async () => {
    const over = Promise.withResolvers<SseEnd>();
    const closed = Promise.withResolvers<void>();
    await using edge = await serve((_, response) => {
      const scope = requestScope(response, { service: "edge" });
      const source = {
        async next() {
          if (scope.sent === 1) await new Promise(() => {});
          return { done: false, value: "x" } as const;
        },
        async return() {
          closed.resolve();
          return { done: true, value: undefined } as const;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
      sse(scope, source).then(over.resolve);
    });
    const socket = await sent(edge.port, GET);
    await once(socket, "data");
    socket.destroy();
    await closed.promise;
    expect(await over.promise).toEqual({ sent: 1, error: null });
  });

  it("sends a comment where nothing comes for a while", async () => {
    await using edge = await serve((_, response) => {
      void sse(requestScope(response, { service: "edge" }), idle(), { heartbeatMs: 5 });
    });
    const socket = await sent(edge.port, GET);
    let comments = 0;
    for await (const chunk of socket) {
      comments += String(chunk).split(":\n\n").length - 1;
      if (comments >= 3) break;
    }
    expect(comments).toBeGreaterThanOrEqual(3);
  });

  it("asks for no more than its client reads", async () => {
    const scopes: RequestScope[] = [];
    let asked = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        asked += 1;
        yield "x".repeat(64 * 1024);
      }
    }
    await using edge = await serve((_, response) => {
      const scope = requestScope(response, { service: "edge" });
      scopes.push(scope);
      void sse(scope, endless());
    });
    const socket = await sent(edge.port, GET);
    await once(socket, "readable");
    let before = -1;
    while (before !== asked) {
      before = asked;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(asked).toBeLessThan(500);
    socket.destroy();
    while (scopes[0]?.scope.finished !== true) await new Promise((resolve) => setImmediate(resolve));
    expect(scopes[0]?.exception?.text).toBe("the HTTP client left");
  });

  it("breaks off where its source fails, or tells of it as it is told to", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "one";
      throw new Error("the backend has a secret problem");
    }
    const ends: SseEnd[] = [];
    await using edge = await serve((request, response) => {
      const scope = requestScope(response, { service: "edge" });
      const failed = () => ({ event: "error", data: "something went wrong" });
      void sse(scope, failing(), request.url === "/told" ? { failed } : {}).then((end) => {
        ends.push(end);
        response.socket?.end();
      });
    });
    const bodies: string[] = [];
    for (const path of ["/events", "/told"]) {
      const socket = await sent(edge.port, GET.replace("/events", path));
      let raw = "";
      try {
        for await (const chunk of socket) raw += String(chunk);
      } catch {
        // Broken off
      }
      bodies.push(eventsIn(raw));
    }
    expect(ends.map(({ sent: count, error }) => [count, error?.message])).toEqual([
      [1, "the backend has a secret problem"],
      [1, "the backend has a secret problem"],
    ]);
    expect(bodies.join()).not.toContain("secret");
    expect(bodies[1]).toContain("event: error\ndata: something went wrong\n\n");
  });

  it.each<[string, () => SseMessage]>([
    [
      "throws",
      () => {
        throw new Error("the words are gone");
      },
    ],
    ["makes no event", () => ({ event: "two\nlines", data: "" })],
  ])("breaks off where what should tell of the failure %s, and does not reject", async (_, failed) => {
    async function* failing(): AsyncGenerator<string> {
      yield "one";
      throw new Error("the backend is gone");
    }
    const ended = Promise.withResolvers<SseEnd>();
    await using edge = await serve((__, response) => {
      sse(requestScope(response, { service: "edge" }), failing(), { failed }).then(ended.resolve, ended.reject);
    });
    const socket = await sent(edge.port, GET);
    await expect(
      (async () => {
        for await (const chunk of socket) expect(String(chunk)).not.toContain("0\r\n\r\n");
        throw new Error("closed");
      })(),
    ).rejects.toThrow();
    expect((await ended.promise).error?.message).toBe("the backend is gone");
    const scope = requestScope(new Request("http://edge/events"), { service: "edge" });
    await expect(sseResponse(scope, failing(), { failed }).text()).rejects.toThrow("the backend is gone");
  });

  it("refuses options that it has not", async () => {
    const scope = requestScope(new Request("http://edge/events"), { service: "edge" });
    for (const [wrong, words] of [
      [{ heartbeat: 5 }, "heartbeat: there is no such option, heartbeatMs is meant?"],
      [{ heartbeatMs: -1 }, "heartbeatMs must not be negative"],
      [{ failed: "oh no" }, "failed must be a function"],
    ] as const) {
      expect(() => sseResponse(scope, count(1, 1), wrong as object)).toThrow(new TypeError(words));
      await expect(sse(scope, count(1, 1), wrong as object)).rejects.toThrow(new TypeError(words));
    }
  });

  it("makes nothing for who asks for the headers alone", async () => {
    let made = 0;
    async function* counted(): AsyncGenerator<string> {
      made += 1;
      yield "one";
    }
    const ended = Promise.withResolvers<SseEnd>();
    await using edge = await serve((_, response) => {
      sse(requestScope(response, { service: "edge" }), counted()).then(ended.resolve, ended.reject);
    });
    const head = await fetch(`http://127.0.0.1:${edge.port}/events`, { method: "HEAD" });
    expect(head.headers.get("content-type")).toContain("text/event-stream");
    expect(await ended.promise).toEqual({ sent: 0, error: null });
    const scope = requestScope(new Request("http://edge/events", { method: "HEAD" }), { service: "edge" });
    const response = sseResponse(scope, counted());
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(await response.text()).toBe("");
    expect(scope.scope.finished).toBe(true);
    expect(made).toBe(0);
  });

  it("ends in order where a stop button cancels the scope", async () => {
    await using edge = await serve((_, response) => {
      const scope = requestScope(response, { service: "edge" });
      void sse(scope, idle()).then(() => response.socket?.end());
      scope.cancel({ intent: "user-stop" });
    });
    const socket = await sent(edge.port, GET);
    let raw = "";
    for await (const chunk of socket) raw += String(chunk);
    expect(raw.endsWith("0\r\n\r\n")).toBe(true);
  });

  it("is sent over HTTP/2, too", async () => {
    const over = Promise.withResolvers<SseEnd>();
    await using edge = await serve2((_, response) => {
      sse(requestScope(response, { service: "edge" }), count(1, 2)).then(over.resolve);
    });
    const session = session2(edge.port);
    let body = "";
    for await (const chunk of request2(session)) body += String(chunk);
    expect(body).toBe(':\n\nid: 1\ndata: {"each":1}\n\nid: 2\ndata: {"each":2}\n\n');
    expect(await over.promise).toEqual({ sent: 2, error: null });
    session.destroy();
  });

  it("takes the reply of Fastify away from it", async () => {
    const app = fastify();
    app.get("/events", (_, reply) => sse(requestScope(reply, { service: "edge" }), count(1, 1)));
    await app.listen({ port: 0, host: "127.0.0.1" });
    const response = await fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/events`);
    expect(await response.text()).toContain('data: {"each":1}');
    await app.close();
  });

  it("is a Response for Hono and for handlers in the style of fetch", async () => {
    const scopes: RequestScope[] = [];
    const app = new Hono().get("/events", (context) => {
      const scope = requestScope(context, { service: "edge" });
      scopes.push(scope);
      return sseResponse(scope, (last) => count(Number(last) + 1, 42));
    });
    const response = await app.request("/events", { headers: { "Last-Event-ID": "41" } });
    expect(await response.text()).toBe(':\n\nid: 42\ndata: {"each":42}\n\n');
    expect(scopes[0]?.scope.finished).toBe(true);
  });

  it("is written to Node's responses only by `sse`", async () => {
    const scope = requestScope(new Request("http://edge/"), { service: "edge" });
    await expect(sse(scope, idle())).rejects.toThrow(/^scope must be that of a Node.js response/);
  });
});

async function* idle(): AsyncGenerator<string> {
  await new Promise(() => {});
}
