import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  ApplicationException,
  addInstrument,
  createClient,
  createScope,
  createServer,
  defineService,
  type Handlers,
  httpScope,
  type ServerOptions,
  StreamException,
  unary,
} from "../../../src/runtime/index.ts";
import { Chat, type ChatMethods, Response, request } from "../../support/chat.ts";

const echo: Handlers<ChatMethods> = {
  unary: ({ message }) => Response.create({ message }),
  async *serverStream({ message, count }) {
    for (let seq = 1n; seq <= count; seq += 1n) yield Response.create({ message, seq });
  },
  async clientStream(requests) {
    const words: string[] = [];
    for await (const { message } of requests) words.push(message);
    return Response.create({ message: words.join(" ") });
  },
  async *bidiStream(requests) {
    for await (const { message } of requests) yield Response.create({ message: message.toUpperCase() });
  },
};

async function serve(handlers: Handlers<ChatMethods>, options: Partial<ServerOptions> = {}) {
  const server = createServer({ name: "ServiceB", log: null, ...options });
  server.add(Chat, handlers);
  const { address, port } = await server.listen();
  const client = createClient(Chat, { target: address, name: "ServiceA" });
  return {
    server,
    client,
    port,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ graceMs: 0 });
    },
  };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("calls over TCP", () => {
  it("pass in all four kinds", async () => {
    await using up = await serve(echo);
    expect((await up.client.unary(request("hi"))).message).toBe("hi");
    expect(await all(up.client.serverStream(request("x", { count: 300n })))).toHaveLength(300);
    expect((await up.client.clientStream([request("a"), request("b")])).message).toBe("a b");
    const bidi = up.client.bidiStream(
      (async function* () {
        yield request("a");
        yield request("b");
      })(),
    );
    expect((await all(bidi)).map(({ message }) => message)).toEqual(["A", "B"]);
  });

  it("may be driven by hand: send, read, half-close", async () => {
    await using up = await serve(echo);
    const call = up.client.bidiStream();
    await call.send(request("one"));
    expect((await call.next()).value?.message).toBe("ONE");
    await call.closeSend();
    expect((await call.next()).done).toBe(true);
    expect(() => call.send(request("late"))).toThrow(
      "[ttstream error, code=12005] [client-side stream] stream is closed send",
    );
  });

  it("pass messages of many megabytes, and ten thousand of them in order", async () => {
    await using up = await serve({
      ...echo,
      unary: ({ payload }) => Response.create({ payload }),
    });
    const payload = Buffer.alloc(9_000_000, "x");
    expect(Buffer.compare((await up.client.unary(request("", { payload }))).payload, payload)).toBe(0);
    const seqs = (await all(up.client.serverStream(request("x", { count: 10_000n })))).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 10_000 }, (_, i) => BigInt(i + 1)));
  });

  it("pass over unix sockets and TLS", async () => {
    const path = join(tmpdir(), `streamscope-${process.pid}.sock`);
    const folder = join(import.meta.dirname, "../../fixtures/tls");
    const cert = readFileSync(join(folder, "cert.pem"));
    const key = readFileSync(join(folder, "key.pem"));
    const plain = createServer({ name: "B", log: null }).add(Chat, echo);
    const secure = createServer({ name: "B", log: null, tls: { cert, key } }).add(Chat, echo);
    const { address: unix } = await plain.listen({ path });
    const { port } = await secure.listen();
    await using first = createClient(Chat, { target: unix });
    await using second = createClient(Chat, { target: `localhost:${port}`, tls: { ca: cert } });
    expect(unix).toBe(`unix:${path}`);
    expect((await first.unary(request("unix"))).message).toBe("unix");
    expect((await second.unary(request("tls"))).message).toBe("tls");
    await plain.close();
    await secure.close();
  });

  it("carry persistent and transient values, headers and trailers", async () => {
    await using leaf = await serve({
      unary(_input, call) {
        const { persistent, transient, headers } = call.metadata;
        const text = `${persistent.get("USER")} ${transient.get("HOP")} ${headers.get("x-key")}`;
        call.setHeader("h", "1");
        call.setTrailer("t", "2");
        return Response.create({ message: text });
      },
    });
    await using relay = await serve({ unary: (input) => leaf.client.unary(input).response() });
    const metadata = { persistent: { USER: "u1" }, transient: { HOP: "one" }, headers: { "x-key": "v" } };
    expect((await relay.client.unary(request("x"), { metadata })).message).toBe("u1 undefined undefined");
    const call = leaf.client.unary(request("x"), { metadata });
    expect((await call).message).toBe("u1 one v");
    expect((await call.headers()).get("h")).toBe("1");
    expect((await call.trailers()).get("t")).toBe("2");
  });
});

describe("a handler that fails", () => {
  it.each<[string, unknown, string]>([
    ["an error", new Error("no capacity"), "biz error: no capacity"],
    ["an error with a cause", new TypeError("fetch failed", { cause: new Error("x") }), "biz error: fetch failed"],
    [
      "the language's own error",
      new TypeError("x is not a function"),
      "panic: [happened in biz handler, method=ChatService.Unary, please check the panic at the server side] x is not a function",
    ],
    [
      "a value that is no error",
      "bare",
      "panic: [happened in biz handler, method=ChatService.Unary, please check the panic at the server side] bare",
    ],
  ])("with %s tells the client in Kitex's words", async (_name, thrown, text) => {
    await using up = await serve({
      unary() {
        throw thrown;
      },
    });
    await expect(up.client.unary(request("x"))).rejects.toThrow(
      `[ttstream error, code=12001] [client-side stream] ${text}`,
    );
  });

  it("after some data: the data comes first", async () => {
    await using up = await serve({
      async *serverStream() {
        yield Response.create({ seq: 1n });
        yield Response.create({ seq: 2n });
        throw new Error("late");
      },
    });
    const got: bigint[] = [];
    await expect(
      (async () => {
        for await (const { seq } of up.client.serverStream(request("x"))) got.push(seq);
      })(),
    ).rejects.toThrow("biz error: late");
    expect(got).toEqual([1n, 2n]);
  });
});

describe("interceptors", () => {
  it("of a server wrap every call, and may refuse one with a type of their own", async () => {
    const seen: string[] = [];
    await using up = await serve(echo, {
      interceptors: [
        async (call, next) => {
          seen.push(`before ${call.method}`);
          await next();
          seen.push(`after ${call.method}`);
        },
        async (call, next) => {
          if (call.metadata.headers.get("token") !== "ok") throw new ApplicationException(42, "who are you?");
          await next();
        },
      ],
    });
    await expect(up.client.unary(request("x"))).rejects.toThrow("[client-side stream] who are you?");
    await up.client.unary(request("x"), { metadata: { headers: { token: "ok" } } });
    expect(seen).toEqual(["before Unary", "before Unary", "after Unary"]);
  });

  it("of a client may change the options of a call", async () => {
    await using up = await serve({
      unary: (_input, call) => Response.create({ message: call.metadata.headers.get("who") ?? "" }),
    });
    await using client = createClient(Chat, {
      target: up.server.address,
      interceptors: [
        (call, next) => next({ ...call, options: { ...call.options, metadata: { headers: { who: "me" } } } }),
      ],
    });
    expect((await client.unary(request("x"))).message).toBe("me");
  });
});

describe("the service a client names", () => {
  /** What a client of the methods of ChatService hears that calls the service something else. */
  async function answerTo(name: string, method = "Unary"): Promise<string> {
    await using up = await serve(echo);
    const codecs = { request: Chat.methods.unary.request, response: Chat.methods.unary.response };
    const other = defineService(name, { call: unary(method, codecs) });
    await using client = createClient(other, { target: up.server.address, name: "ServiceA" });
    try {
      return (await client.call(request("hi"))).message;
    } catch (error) {
      return (error as Error).message;
    }
  }

  it("must be one the server has", async () => {
    expect(await answerTo("ChatService")).toBe("hi");
    expect(await answerTo("ChatX")).toBe("[ttstream error, code=12001] [client-side stream] unknown service ChatX");
    expect(await answerTo("ChatX", "Nothing")).toContain("unknown service ChatX");
    expect(await answerTo("ChatService", "Nothing")).toContain("unknown method Nothing");
  });

  it("may be one of the names Kitex's generic and combined clients send instead of it", async () => {
    for (const name of ["$GenericService", "$GenericClient", "CombineService"]) {
      expect(await answerTo(name)).toBe("hi");
      expect(await answerTo(name, "Nothing")).toContain("unknown method Nothing");
    }
  });

  it("may be missing, as some proxies drop it", async () => {
    const remove = addInstrument({ clientOpen: (_call, headers) => void headers.delete("isn") });
    try {
      expect(await answerTo("ChatService")).toBe("hi");
      expect(await answerTo("ChatService", "Nothing")).toContain("unknown method Nothing");
    } finally {
      remove();
    }
  });
});

describe("a stranger at the port", () => {
  it.each<[string, Buffer, string]>([
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "sent an HTTP request"],
    ["TLS", Buffer.from("1603010200010001fc0303", "hex"), "began a TLS handshake"],
    ["unary thrift", Buffer.from("0000004f8001000100000005556e617279", "hex"), "sent a unary thrift call"],
    ["gRPC", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "speaks HTTP/2"],
  ])("speaking %s is named in a plain sentence", async (_name, bytes, sentence) => {
    const logged = Promise.withResolvers<string>();
    await using up = await serve(echo, { log: (_level, text) => logged.resolve(text) });
    const socket = connect(up.port, "127.0.0.1", () => socket.write(bytes));
    socket.on("error", () => {});
    expect(await logged.promise).toContain(sentence);
    await new Promise((resolve) => socket.resume().once("close", resolve));
    expect((await up.client.unary(request("still there"))).message).toBe("still there");
  });

  it("sending broken frames loses its connection, nobody else does", async () => {
    const logged = Promise.withResolvers<string>();
    await using up = await serve(echo, { log: (_level, text) => logged.resolve(text) });
    const frame = Buffer.from("0000001e100000020000000100051000100002001b00013900090004426964690000", "hex");
    const socket = connect(up.port, "127.0.0.1", () => socket.write(frame));
    socket.on("error", () => {});
    expect(await logged.promise).toContain("[ttstream error, code=12004] unexpected frame type: 9");
    expect((await up.client.unary(request("fine"))).message).toBe("fine");
  });
});

describe("wrong arguments", () => {
  it.each<[string, () => unknown]>([
    ["name", () => createServer({} as never)],
    ["name", () => createServer({ name: "a,b" })],
    ["target", () => createClient(Chat, { target: "nowhere" })],
    ['target must be "host:port", no scheme', () => createClient(Chat, { target: "http://127.0.0.1:7102" })],
    ['target must be "host:port", no scheme', () => createClient(Chat, { target: ["a:1", "GRPC://b:2"] })],
    ["options", () => createScope(undefined as never)],
    ["response", () => httpScope(undefined as never, { service: "edge" })],
    ["response", () => httpScope({} as never, { service: "edge" })],
    ["options", () => httpScope({ writableFinished: false, once: () => {} }, undefined as never)],
    ["service", () => httpScope({ writableFinished: false, once: () => {} }, {} as never)],
    ["handlers.nope", () => createServer({ name: "B" }).add(Chat, { nope: () => {} } as never)],
    ["limits.maxFrameBytes", () => createServer({ name: "B", limits: { maxFrameBytes: -1 } })],
  ])("are TypeErrors that name %s", (name, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(name);
  });

  it("of a call are, too", async () => {
    await using up = await serve(echo);
    expect(() => up.client.unary(request("x"), { timeoutMs: -1 })).toThrow(
      new TypeError("timeoutMs must be a positive number of milliseconds"),
    );
    expect(() => up.client.unary(request("x"), { signal: {} as AbortSignal })).toThrow("signal must be an AbortSignal");
    await expect(up.client.unary({ message: 1 } as never)).rejects.toThrow(
      new TypeError("message must be a string, got 1"),
    );
    expect(StreamException.is(new TypeError())).toBe(false);
  });
});

describe("handlers of a service", () => {
  it("may be an instance of a class, with fields of its own", async () => {
    class Greeter {
      readonly greeting = "hello";
      unary({ message }: { message: string }) {
        return Response.create({ message: `${this.greeting} ${message}` });
      }
    }
    await using up = await serve(new Greeter());
    expect((await up.client.unary(request("you"))).message).toBe("hello you");
    await expect(up.client.clientStream([]).response()).rejects.toThrow("unknown method ClientStream");
  });

  it("are added once: a second time would take the first away unseen", () => {
    const server = createServer({ name: "B", log: null }).add(Chat, echo);
    expect(() => server.add(Chat, echo)).toThrow(new Error("the service ChatService was added before"));
  });
});
