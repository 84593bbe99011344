import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addInstrument,
  type Client,
  type ClientOptions,
  type Codec,
  createClient,
  createScope,
  createServer,
  defineService,
  type Handlers,
  memoryTransport,
  type ServerOptions,
  serverStreaming,
  unary,
} from "../../src/runtime/index.ts";
import { Chat, type ChatMethods, Response, request } from "../support/chat.ts";
import { hostileValues } from "../support/hostile-values.ts";

interface Setup {
  readonly handlers?: Handlers<ChatMethods>;
  readonly server?: Partial<ServerOptions>;
  readonly client?: Partial<ClientOptions>;
}

/** A server and a client in memory, and a neighbour: a stream on the same connection that must live through whatever happens. */
async function up({ handlers = {}, server: more = {}, client: options = {} }: Setup) {
  const transport = memoryTransport();
  const server = createServer({ name: "B", transport, log: null, ...more }).add(Chat, {
    unary: ({ message }) => Response.create({ message }),
    async *serverStream({ count }) {
      for (let seq = 0n; seq < count; seq += 1n) yield Response.create({ seq });
    },
    async clientStream(requests) {
      for await (const _ of requests);
      return Response.create({});
    },
    async *bidiStream(requests) {
      for await (const { message } of requests) yield Response.create({ message });
    },
    ...handlers,
  });
  const { address } = await server.listen();
  const client = createClient(Chat, { target: address, transport, name: "A", captureCallSite: false, ...options });
  return { server, client, transport, address };
}

type Up = Awaited<ReturnType<typeof up>>;

/** Whether a call ended: with a value, or with an error whose words can be read. */
async function outcome(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
    return "ended well";
  } catch (error) {
    return error instanceof Error && typeof error.message === "string" ? "ended with a text" : "ended with a riddle";
  }
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const fling = (value: unknown) => () => {
  throw value;
};

/** Each place where code of the user's own is called, with what it throws there. */
const places: Readonly<Record<string, (value: unknown) => { setup: Setup; call: (up: Up) => PromiseLike<unknown> }>> = {
  "a handler": (value) => ({
    setup: { handlers: { unary: fling(value) } },
    call: ({ client }) => client.unary(request("x")),
  }),
  "a handler of many responses": (value) => ({
    setup: {
      handlers: {
        async *serverStream() {
          yield Response.create({});
          throw value;
        },
      },
    },
    call: ({ client }) => drain(client.serverStream(request("x"))),
  }),
  "an iterator of a handler, and its return": (value) => ({
    setup: {
      handlers: {
        serverStream: () => ({
          [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(value), return: fling(value) }),
        }),
      },
    },
    call: ({ client }) => drain(client.serverStream(request("x"))),
  }),
  "what a handler returns": (value) => ({
    setup: { handlers: { unary: () => value as never } },
    call: ({ client }) => client.unary(request("x")),
  }),
  "an interceptor": (value) => ({
    setup: { server: { interceptors: [async (call, next) => (call.peer.name === "N" ? next() : fling(value)())] } },
    call: ({ client }) => client.unary(request("x")),
  }),
  "a handler below an interceptor that does not wait": (value) => ({
    setup: {
      handlers: { unary: async () => fling(value)() },
      server: {
        interceptors: [
          async (call, next) => {
            const work = next();
            if (call.peer.name === "N") await work;
          },
        ],
      },
    },
    call: ({ client }) => client.unary(request("x")),
  }),
  "a handler's cancel": (value) => ({
    setup: {
      handlers: {
        unary: (_request, call) => {
          call.cancel(value);
          return Response.create({});
        },
      },
    },
    call: ({ client }) => client.unary(request("x")),
  }),
  "a logger": (value) => ({
    setup: { handlers: { unary: () => undefined as never }, server: { log: fling(value) } },
    call: ({ client }) => client.unary(request("x")),
  }),
  "an asynchronous logger": (value) => ({
    setup: {
      handlers: { unary: () => undefined as never },
      server: { log: async () => fling(value)() },
    },
    call: ({ client }) => client.unary(request("x")),
  }),
  "a caller's cancel": (value) => ({
    setup: {},
    call: ({ client }) => {
      const call = client.bidiStream();
      call.cancel(value);
      return drain(call);
    },
  }),
  "an abort reason": (value) => ({
    setup: {},
    async call({ client }) {
      const stop = new AbortController();
      const call = client.bidiStream(null, { signal: stop.signal });
      await call.send(request("x"));
      await call.next();
      stop.abort(value);
      return drain(call);
    },
  }),
  "the reason of a scope": (value) => ({
    setup: {},
    call({ client }) {
      const scope = createScope({ service: "edge", caller: null });
      const call = scope.run(() => client.bidiStream());
      scope.cancel(value);
      return drain(call);
    },
  }),
  "requests that are fed": (value) => ({
    setup: {},
    call: ({ client }) =>
      drain(
        client.bidiStream(
          (async function* () {
            yield request("x");
            throw value;
          })(),
        ),
      ),
  }),
  "a resolver": (value) => ({
    setup: { client: { target: fling(value) } },
    call: ({ client }) => client.unary(request("x")),
  }),
  "what a resolver finds": (value) => ({
    setup: { client: { target: () => value as never } },
    call: ({ client }) => client.unary(request("x")),
  }),
  "a transport": (value) => ({
    setup: { client: { transport: { dial: fling(value), listen: fling(value) } } },
    call: ({ client }) => client.unary(request("x")),
  }),
};

/** A codec that throws where it is asked to. */
function codecThat(value: unknown, fails: "encode" | "decode" | null): Codec<unknown> {
  return {
    encode: fails === "encode" ? fling(value) : () => Buffer.from("x"),
    decode: fails === "decode" ? fling(value) : () => "x",
  };
}

describe("whatever code of the user's own throws", () => {
  for (const [name, place] of Object.entries(places)) {
    it(`in ${name}: the call ends with a text, its neighbour goes on`, async () => {
      await fc.assert(
        fc.asyncProperty(hostileValues, async (make) => {
          const { setup, call } = place(make());
          const both = await up(setup);
          const neighbour = createClient(Chat, { target: both.address, transport: both.transport, name: "N" });
          const beside = neighbour.bidiStream();
          await beside.send(request("before"));
          await beside.next();
          expect(await outcome(call(both))).not.toBe("ended with a riddle");
          await beside.send(request("after"));
          expect((await beside.next()).value?.message).toBe("after");
          await both.client.close();
          await neighbour.close();
          await both.server.close({ graceMs: 0 });
          expect(both.server.callCount).toBe(0);
        }),
        { numRuns: 60 },
      );
    });
  }

  it("in a codec: the call ends with a text, and the connection lives", async () => {
    await fc.assert(
      fc.asyncProperty(
        hostileValues,
        fc.constantFrom("encode", "decode"),
        fc.boolean(),
        async (make, fails, atServer) => {
          const value = make();
          const bad = codecThat(value, fails);
          const good = codecThat(value, null);
          const define = (request: Codec<unknown>, response: Codec<unknown>) =>
            defineService("S", {
              one: unary("One", { request, response }),
              many: serverStreaming("Many", { request, response }),
            });
          let dials = 0;
          const memory = memoryTransport();
          const transport = {
            ...memory,
            dial: (address: string, timeoutMs: number) => {
              dials += 1;
              return memory.dial(address, timeoutMs);
            },
          };
          const handlers = { one: () => "x", many: () => ["x", "x"] };
          const server = createServer({ name: "B", transport, log: null });
          server.add(atServer ? define(bad, bad) : define(good, good), handlers);
          const { address } = await server.listen();
          const client = createClient(atServer ? define(good, good) : define(bad, bad), { target: address, transport });
          await outcome(client.one("x"));
          await outcome(drain(client.many("x")));
          expect(dials).toBe(1);
          await client.close();
          await server.close({ graceMs: 0 });
          expect(server.callCount).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("in any hook: every call goes on, and the failure is counted", async () => {
    await fc.assert(
      fc.asyncProperty(hostileValues, fc.boolean(), async (make, late) => {
        const value = make();
        const hook = late ? ((async () => fling(value)()) as () => never) : fling(value);
        const remove = addInstrument({
          clientOpen: hook,
          serverOpen: hook,
          cancelling: hook,
          ended: hook,
          ghost: hook,
        });
        const { client, server } = await up({});
        expect((await client.unary(request("hi"))).message).toBe("hi");
        const call = client.bidiStream();
        call.cancel();
        await outcome(drain(call));
        await client.close();
        await server.close({ graceMs: 0 });
        remove();
      }),
      { numRuns: 40 },
    );
  });
});

describe("an error that cannot be told", () => {
  async function answerOf(thrown: unknown): Promise<string> {
    const { client, server }: { client: Client<ChatMethods>; server: Up["server"] } = await up({
      handlers: { unary: fling(thrown) },
    });
    const error = await client.unary(request("x")).catch((failure: unknown) => failure);
    await client.close();
    await server.close({ graceMs: 0 });
    return (error as Error).message;
  }

  it("is told as far as it can be", async () => {
    expect(await answerOf(Object.create(null))).toContain("a value of type object that cannot be read");
    const evil = Object.defineProperty(new Error("x"), "message", {
      get() {
        throw new Error("evil");
      },
    });
    expect(await answerOf(evil)).toContain("a value of type object that cannot be read");
    expect(await answerOf(Object.assign(new Error("x"), { name: Symbol("n") }))).toContain("x");
    expect(await answerOf(Symbol("s"))).toContain("Symbol(s)");
  });
});
