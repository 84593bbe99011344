import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { describe, expect, it } from "vitest";
import { type RequestScope, requestScope } from "../../src/http/index.ts";
import type { StreamException } from "../../src/runtime/index.ts";
import { GET, request2, sent, serve, serve2, session2, UPLOAD } from "./server.ts";

const LEFT = {
  code: 12013,
  kind: "disconnect",
  text: "the HTTP client left",
  origin: "edge",
  external: "the HTTP client of edge",
  intent: "user-left",
};
const UPLOAD_ABORTED = { ...LEFT, text: "the HTTP client aborted its upload" };
const TIMED_OUT = {
  code: 12015,
  kind: "deadline",
  text: "the HTTP server's own timeout ended the request",
  external: null,
};
const CLOSING = { code: 12010, kind: "shutdown", text: "canceled by upstream: edge is closing its HTTP server" };

function destroyed(why = "") {
  return {
    code: 12008,
    kind: "cancel",
    text: `edge destroyed its HTTP response${why}`,
    origin: "edge",
    external: null,
  };
}

/** What the scope of a request ends with: made when it arrives, and made again after it has ended. */
async function ends(
  port: Promise<number> | number,
  scopes: Promise<{ scope: RequestScope; subject: ServerResponse }>,
  client: (port: number) => Promise<void>,
): Promise<{ first: StreamException | null; late: StreamException | null }> {
  await client(await port);
  const { scope, subject } = await scopes;
  while (!scope.scope.finished) await new Promise((resolve) => setImmediate(resolve));
  const late = requestScope(subject, { service: "edge" });
  expect(late.scope.finished).toBe(true);
  return { first: scope.exception, late: late.exception };
}

interface Case {
  readonly name: string;
  readonly bytes: string;
  /** What the server does once it has the request. */
  readonly serve?: (response: ServerResponse) => void;
  /** What the client does once it has the head of a response, or where there is none, once the server has its request. */
  readonly client?: "close" | "reset" | "garbage";
  readonly server?: { readonly timeout?: number; readonly requestTimeout?: number };
  readonly expected: object;
}

const begin = (response: ServerResponse): void => {
  response.write("x");
};

const cases: readonly Case[] = [
  { name: "its client closes the connection", bytes: GET, serve: begin, client: "close", expected: LEFT },
  { name: "its client resets the connection", bytes: GET, serve: begin, client: "reset", expected: LEFT },
  { name: "its client leaves before there is a response", bytes: GET, client: "close", expected: LEFT },
  { name: "its client aborts the upload", bytes: UPLOAD, client: "close", expected: UPLOAD_ABORTED },
  {
    name: "its client aborts an upload that is read",
    bytes: UPLOAD,
    serve: (response) => void response.req.resume(),
    client: "reset",
    expected: UPLOAD_ABORTED,
  },
  {
    name: "its client sends what is no HTTP",
    bytes: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    client: "garbage",
    expected: { code: 12013, kind: "reset", text: "the HTTP client sent what is no HTTP", external: LEFT.external },
  },
  { name: "the server's idle timer fires", bytes: GET, serve: begin, server: { timeout: 30 }, expected: TIMED_OUT },
  {
    name: "the response's own timer fires and destroys it",
    bytes: GET,
    serve: (response) => {
      begin(response);
      response.setTimeout(30, () => response.destroy());
    },
    expected: TIMED_OUT,
  },
  {
    name: "the upload takes longer than the server allows",
    bytes: UPLOAD,
    server: { requestTimeout: 30 },
    expected: TIMED_OUT,
  },
  {
    name: "the server destroys the response",
    bytes: GET,
    serve: (response) => {
      begin(response);
      setImmediate(() => response.destroy());
    },
    expected: destroyed(),
  },
  {
    name: "the server destroys the response with an error",
    bytes: GET,
    serve: (response) => {
      begin(response);
      setImmediate(() => response.destroy(new Error("no credit left")));
    },
    expected: destroyed(": no credit left"),
  },
  {
    name: "the server destroys the socket",
    bytes: GET,
    serve: (response) => setImmediate(() => response.socket?.destroy()),
    expected: destroyed(),
  },
];

describe("the scope of a request of node:http", () => {
  it.each(cases)(
    "ends where $name, and says so afterwards, too",
    async ({ bytes, serve: serving, client, server, expected }) => {
      const seen = Promise.withResolvers<{ scope: RequestScope; subject: ServerResponse }>();
      await using edge = await serve(
        (_, response) => {
          const scope = requestScope(response, { service: "edge" });
          serving?.(response);
          seen.resolve({ scope, subject: response });
        },
        { ...server, connectionsCheckingInterval: 10 },
      );
      if (server?.timeout !== undefined) edge.server.timeout = server.timeout;
      const { first, late } = await ends(edge.port, seen.promise, async (port) => {
        const socket = await sent(port, bytes);
        if (serving === begin) await once(socket, "data");
        else await seen.promise;
        if (client === "close") socket.destroy();
        if (client === "reset") socket.resetAndDestroy();
        if (client === "garbage") socket.write("no chunk at all\r\n");
      });
      expect(first).toMatchObject(expected);
      expect(late).toMatchObject(expected);
    },
  );

  it("ends where the server closes its connections", async () => {
    const seen = Promise.withResolvers<RequestScope>();
    await using edge = await serve((_, response) => {
      begin(response);
      seen.resolve(requestScope(response, { service: "edge" }));
    });
    await sent(edge.port, GET);
    const scope = await seen.promise;
    edge.server.close();
    edge.server.closeAllConnections();
    while (!scope.scope.finished) await new Promise((resolve) => setImmediate(resolve));
    expect(scope.exception).toMatchObject(CLOSING);
  });

  it("is only over where the response was finished, though the client leaves then", async () => {
    const seen = Promise.withResolvers<RequestScope>();
    await using edge = await serve((_, response) => {
      seen.resolve(requestScope(response, { service: "edge" }));
      response.end("all of it");
    });
    const socket = await sent(edge.port, GET);
    await once(socket, "data");
    socket.destroy();
    const scope = await seen.promise;
    expect([scope.exception, scope.scope.finished, scope.http.status]).toEqual([null, true, 200]);
  });

  it("says that the client left who did so after a timer had fired that the server lived with", async () => {
    const seen = Promise.withResolvers<RequestScope>();
    await using edge = await serve((_, response) => {
      begin(response);
      seen.resolve(requestScope(response, { service: "edge" }));
    });
    const socket = await sent(edge.port, GET);
    const scope = await seen.promise;
    const fired = Promise.withResolvers<void>();
    edge.server.setTimeout(20, () => fired.resolve());
    const idle = await sent(edge.port, GET);
    await fired.promise;
    socket.destroy();
    idle.destroy();
    while (!scope.scope.finished) await new Promise((resolve) => setImmediate(resolve));
    expect(scope.exception).toMatchObject(LEFT);
  });

  it("has the request's method, route, path and client, and no query", async () => {
    const seen = Promise.withResolvers<RequestScope>();
    await using edge = await serve((_, response) => {
      seen.resolve(requestScope(response, { service: "edge", route: "/chat" }));
      response.end();
    });
    const socket = await sent(edge.port, GET);
    const scope = await seen.promise;
    expect(scope.method).toBe("GET /chat");
    expect(scope.http).toMatchObject({ method: "GET", route: "/chat", path: "/chat", scheme: "http", version: "1.1" });
    expect(scope.peer.address).toMatch(/^127\.0\.0\.1:\d+$/);
    socket.destroy();
  });
});

it("an option that there is not is refused", () => {
  const misspelt = { service: "edge", rout: "/chat" };
  expect(() => requestScope(new Request("http://edge"), misspelt)).toThrow(
    new TypeError("rout: there is no such option, route is meant?"),
  );
});

describe("the scope of a request of node:http2", () => {
  type Seen = { readonly scope: RequestScope; readonly response: import("node:http2").Http2ServerResponse };
  type Client = { readonly session: ReturnType<typeof session2>; readonly stream: ReturnType<typeof request2> };

  const both: readonly {
    readonly name: string;
    readonly upload?: boolean;
    readonly reads?: boolean;
    readonly client?: (client: Client) => void;
    readonly server?: (seen: Seen) => void;
    readonly expected: object;
  }[] = [
    { name: "its client resets the stream", client: ({ stream }) => stream.close(8), expected: LEFT },
    { name: "its client destroys the stream", client: ({ stream }) => stream.destroy(), expected: LEFT },
    { name: "its client closes the session", client: ({ session }) => session.destroy(), expected: LEFT },
    { name: "its client resets it with an error", client: ({ stream }) => stream.close(2), expected: LEFT },
    {
      name: "its client aborts the upload",
      upload: true,
      reads: true,
      client: ({ stream }) => stream.close(8),
      expected: UPLOAD_ABORTED,
    },
    {
      name: "the server closes the stream with an error",
      server: ({ response }) => response.stream.close(2),
      expected: destroyed(),
    },
    {
      name: "the server closes the stream with an error because its own timer fires",
      server: ({ response }) => response.setTimeout(20, () => response.stream.close(2)),
      expected: TIMED_OUT,
    },
    { name: "the server closes the stream", server: ({ response }) => response.stream.close(8), expected: destroyed() },
    {
      name: "the server destroys the response",
      server: ({ response }) => response.destroy(new Error("no credit left")),
      expected: destroyed(": no credit left"),
    },
    {
      name: "the server destroys the session",
      server: ({ response }) => response.stream.session?.destroy(),
      expected: destroyed(),
    },
    {
      name: "the stream's own timer fires",
      server: ({ response }) => response.setTimeout(20, () => response.stream.close(8)),
      expected: TIMED_OUT,
    },
    {
      name: "the session's timer fires",
      server: ({ response }) => response.stream.session?.setTimeout(20, () => response.stream.session?.destroy()),
      expected: TIMED_OUT,
    },
  ];

  it.each(both)(
    "ends where $name, and says so afterwards, too",
    async ({ upload, reads, client, server, expected }) => {
      const seen = Promise.withResolvers<Seen>();
      await using edge = await serve2((request, response) => {
        if (reads === true) request.resume();
        const scope = requestScope(response, { service: "edge" });
        if (upload !== true) response.write("x");
        seen.resolve({ scope, response });
      });
      const session = session2(edge.port);
      const stream = request2(session, upload);
      if (upload !== true) await once(stream, "response");
      const { scope, response } = await seen.promise;
      client?.({ session, stream });
      server?.({ scope, response });
      while (!scope.scope.finished) await new Promise((resolve) => setImmediate(resolve));
      expect(scope.exception).toMatchObject(expected);
      expect(requestScope(response, { service: "edge" }).exception).toMatchObject(expected);
      session.destroy();
    },
  );

  it("is only over where the response was finished", async () => {
    const seen = Promise.withResolvers<RequestScope>();
    await using edge = await serve2((_, response) => {
      seen.resolve(requestScope(response, { service: "edge" }));
      response.end("all of it");
    });
    const session = session2(edge.port);
    await once(request2(session), "close");
    const scope = await seen.promise;
    while (!scope.scope.finished) await new Promise((resolve) => setImmediate(resolve));
    expect(scope.exception).toBeNull();
    session.destroy();
  });

  it("is made for a stream as the types of Node.js have it, and for none of a client", async () => {
    const seen = Promise.withResolvers<RequestScope>();
    await using edge = await serve2(() => {});
    edge.server.removeAllListeners("request");
    edge.server.on("stream", (stream) => {
      stream.on("error", () => {});
      seen.resolve(requestScope(stream, { service: "edge" }));
    });
    const session = session2(edge.port);
    const stream = request2(session);
    expect(() => requestScope(stream, { service: "edge" })).toThrow(TypeError);
    expect((await seen.promise).http.path).toBe("/chat");
    session.destroy();
  });

  it("is made for the streams of the core API, too", async () => {
    const seen = Promise.withResolvers<RequestScope>();
    await using edge = await serve2(() => {});
    edge.server.removeAllListeners("request");
    edge.server.on("stream", (stream: ServerHttp2Stream) => {
      stream.on("error", () => {});
      stream.respond({ ":status": 200 });
      seen.resolve(requestScope(stream, { service: "edge" }));
    });
    const session = session2(edge.port);
    const stream = request2(session);
    await once(stream, "response");
    const scope = await seen.promise;
    expect(scope.http).toMatchObject({ path: "/chat", status: 200 });
    stream.close(8);
    while (!scope.scope.finished) await new Promise((resolve) => setImmediate(resolve));
    expect(scope.exception).toMatchObject(LEFT);
    session.destroy();
  });
});
