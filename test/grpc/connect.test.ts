/** connect-es with the interceptors and nothing else. */

import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  type Interceptor,
  type ServiceImpl,
  type Transport,
} from "@connectrpc/connect";
import { connectNodeAdapter, createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "vitest";
import { connectClient, connectServer, currentCall } from "../../src/grpc/connect.ts";
import {
  addInstrument,
  type CancelEvent,
  createScope,
  createClient as createTtClient,
  createServer as createTtServer,
  memoryTransport,
  StreamException,
} from "../../src/runtime/index.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { Model } from "../support/model/model_pb.ts";

const stack: (() => void)[] = [];
afterEach(() => {
  for (const end of stack.splice(0)) end();
});

async function serve(name: string, handlers: Partial<ServiceImpl<typeof Model>>): Promise<string> {
  const routes = connectNodeAdapter({
    routes: (router) => router.service(Model, handlers),
    interceptors: [connectServer({ name })],
  });
  const server = createServer(routes);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  stack.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(baseUrl: string, name?: string): Client<typeof Model> {
  const interceptors = [connectClient(name === undefined ? {} : { name })];
  return createClient(Model, createGrpcTransport({ baseUrl, interceptors }));
}

/** ServiceA calls ServiceB, which calls ServiceC; both pass nothing on. */
async function chain(count: number) {
  const events: CancelEvent[] = [];
  const all = Promise.withResolvers<void>();
  stack.push(
    addInstrument({
      cancelling: (event) => {
        events.push(event);
        if (events.length === count) all.resolve();
      },
    }),
  );
  const atLeaf = Promise.withResolvers<StreamException>();
  const c = await serve("ServiceC", {
    async *generate() {
      const call = currentCall();
      yield { text: String(call?.callers) };
      await new Promise((resolve) => call?.signal.addEventListener("abort", resolve));
      if (call?.exception) atLeaf.resolve(call.exception);
    },
  });
  const toC = client(c);
  const b = await serve("ServiceB", {
    async *generate() {
      for await (const { text } of toC.generate({})) yield { text };
    },
    ask: async ({ text }) => ({ text: text.toUpperCase() }),
  });
  return { a: client(b, "ServiceA"), events, all: all.promise, atLeaf: atLeaf.promise };
}

describe("a chain of connect-es services", () => {
  it("ends below where it is cancelled above, though no handler passes anything on", async () => {
    const { a, events, all, atLeaf } = await chain(4);
    const stop = new AbortController();
    const failed = (async () => {
      for await (const { text } of a.generate({}, { signal: stop.signal })) {
        expect(text).toBe("ServiceA,ServiceB");
        stop.abort(new Error("the user closed the tab"));
      }
    })();
    await expect(failed).rejects.toThrow("the user closed the tab");
    expect((await atLeaf).text).toMatch(/CANCEL \[triggered by ServiceB\]$/);
    await all;
    expect(events.map(({ call, side, role, origin }) => `${call.self} ${side} ${role} ${origin}`)).toEqual([
      "ServiceA client origin ServiceA",
      "ServiceB server relay ServiceA",
      "ServiceB client relay ServiceA",
      "ServiceC server leaf null",
    ]);
  });

  it("ends with the deadline of its first caller", async () => {
    const { a, events, atLeaf } = await chain(4);
    await expect(drain(a.generate({}, { timeoutMs: 300 }))).rejects.toThrow();
    expect((await atLeaf).kind).toBe("deadline");
    expect(new Set(events.map(({ kind, origin }) => `${kind} ${origin}`))).toEqual(new Set(["deadline ServiceA"]));
  });

  it("answers as it would without", async () => {
    const { a } = await chain(1);
    expect((await a.ask({ text: "hi" })).text).toBe("HI");
  });
});

describe("a deadline that a call of connect-es inherits", () => {
  it.each([
    [1_000_000, true],
    [200_000_000, true],
    [5_000_000_000, false],
  ])("of %d ms goes on as far as a timer can hold it: %s", async (timeoutMs, goesOn) => {
    const model = client(await serve("model", { ask: () => ({ text: String(currentCall()?.deadline?.getTime()) }) }));
    const transport = memoryTransport();
    await using above = createTtServer({ name: "chat", transport, log: null });
    above.add(Chat, { unary: async () => Response.create({ message: (await model.ask({})).text }) });
    const { address: target } = await above.listen();
    await using chat = createTtClient(Chat, { target, transport, name: "gateway" });
    const { message } = await chat.unary(request("hi"), { timeoutMs });
    if (!goesOn) expect(message).toBe("undefined");
    else expect(Math.abs(Number(message) - Date.now() - timeoutMs)).toBeLessThan(60_000);
  });
});

describe("a handler of connect-es that cancels its own call", () => {
  it("is the origin, and its caller is told so at once", async () => {
    const waits = () => new Promise<never>(() => {});
    const left = Promise.withResolvers<void>();
    const model = client(
      await serve("model", {
        ask() {
          currentCall()?.cancel(new Error("no credit left"));
          return waits();
        },
        async *generate() {
          const call = currentCall();
          try {
            yield { text: "first" };
            setImmediate(() => call?.cancel(new Error("no credit left")));
            await new Promise((resolve) => call?.signal.addEventListener("abort", () => setImmediate(resolve)));
            yield { text: "for nobody" };
          } finally {
            left.resolve();
          }
        },
      }),
    );
    for (const ended of [model.ask({}), drain(model.generate({}))]) {
      const error = await ended.then(
        () => null,
        (thrown: unknown) => ConnectError.from(thrown),
      );
      expect(error?.code).toBe(Code.Canceled);
      expect(error?.rawMessage).toBe(
        "rpc error: code = 1 desc = [ttstream error, code=12008] [server-side stream] no credit left [biz error]",
      );
    }
    await left.promise;
  });
});

type TransportOf = (options: { readonly baseUrl: string; readonly interceptors: Interceptor[] }) => Transport;
const overConnect: TransportOf = (options) => createConnectTransport({ ...options, httpVersion: "2" });

describe("a call of connect-es that this side ends", () => {
  /** A client of a server of bare HTTP/2, and the numbers of the resets that server sees. */
  async function toBareServer(transport: TransportOf = createGrpcTransport) {
    const resets: number[] = [];
    const seen = Promise.withResolvers<number>();
    const arrived = Promise.withResolvers<void>();
    const server = createServer();
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      stream.on("close", () => {
        resets.push(stream.rstCode ?? 0);
        seen.resolve(stream.rstCode ?? 0);
      });
      stream.resume();
      arrived.resolve();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    stack.push(() => server.close());
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const interceptors = [connectClient({ name: "gateway" })];
    return {
      model: createClient(Model, transport({ baseUrl, interceptors })),
      resets,
      reset: seen.promise,
      arrived: arrived.promise,
    };
  }

  it("fails as a cancel, and is reset as one", async () => {
    const { model, reset, arrived } = await toBareServer();
    using job = createScope({ service: "gateway", caller: "queue" });
    const failed = job.run(() => model.ask({ text: "hi" })).catch((error: unknown) => error);
    await arrived;
    job.cancel(new Error("no longer wanted"));
    const error = await failed;
    expect(error).toBeInstanceOf(ConnectError);
    expect((error as ConnectError).code).toBe(Code.Canceled);
    expect((error as ConnectError).rawMessage).toContain("no longer wanted");
    expect(StreamException.in(error)).toMatchObject({ origin: "queue", code: 12008 });
    expect(await reset).toBe(8);
  });

  it.each([createGrpcTransport, overConnect])("is never made where its signal has aborted (%#)", async (transport) => {
    const { model, resets, arrived } = await toBareServer(transport);
    const early = AbortSignal.abort(new Error("too late"));
    await expect(model.ask({}, { signal: early })).rejects.toThrow("too late");
    await expect(drain(model.generate({}, { signal: early }))).rejects.toThrow("too late");
    using job = createScope({ service: "gateway", caller: "queue" });
    job.cancel(new Error("no longer wanted"));
    await expect(job.run(() => model.ask({}))).rejects.toThrow("no longer wanted");
    // The first that arrives is the one that was meant to
    void model.ask({}).catch(() => {});
    await arrived;
    expect(resets).toEqual([]);
  });
});

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}
