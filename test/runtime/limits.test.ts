import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import {
  BusinessError,
  CHANNELS,
  createClient,
  createServer,
  type Handlers,
  type LogLine,
  memoryTransport,
} from "../../src/runtime/index.ts";
import { Chat, type ChatMethods, Response, request } from "../support/chat.ts";

/** Beside a call that is too much for a limit runs a neighbour on the same connection, which must not notice. */
async function up(handlers: Handlers<ChatMethods>) {
  const transport = memoryTransport();
  const stack = new AsyncDisposableStack();
  const server = stack.use(createServer({ name: "B", transport, log: null, limits: { maxFrameBytes: 200_000 } }));
  server.add(Chat, {
    unary: ({ message }) => Response.create({ message }),
    async *bidiStream(requests) {
      for await (const { message } of requests) yield Response.create({ message });
    },
    ...handlers,
  });
  const { address } = await server.listen();
  const client = stack.use(createClient(Chat, { target: address, transport, name: "A" }));
  const neighbour = client.bidiStream();
  await neighbour.send(request("before"));
  await neighbour.next();
  return {
    client,
    transport,
    address,
    async neighbourLives() {
      await neighbour.send(request("after"));
      expect((await neighbour.next()).value?.message).toBe("after");
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const failure = (call: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(call).then(
    () => "ended well",
    (error: Error) => error.message,
  );

const LONG = "x".repeat(60_000);

describe("what a handler writes beyond a limit ends its own call, with a text", () => {
  const cases: Readonly<Record<string, { handlers: Handlers<ChatMethods>; says: string }>> = {
    "a header": {
      handlers: {
        unary: (_request, call) => {
          call.setHeader("a", LONG);
          call.setHeader("b", LONG);
          return Response.create({});
        },
      },
      says: "header of 120032 bytes exceeds the limit of 65536 bytes",
    },
    "a trailer": {
      handlers: {
        unary: (_request, call) => {
          call.setTrailer("a", LONG);
          call.setTrailer("b", LONG);
          return Response.create({});
        },
      },
      says: "trailer could not be encoded: header of 120032 bytes exceeds the limit of 65536 bytes",
    },
    "a business error": {
      handlers: {
        unary: () => {
          throw new BusinessError(5, LONG, { more: LONG });
        },
      },
      says: `biz error: code=5, msg=${"x".repeat(1000)}`,
    },
    "a message": {
      handlers: { unary: () => Response.create({ payload: Buffer.alloc(300_000) }) },
      says: "exceeds the limit of 200000 bytes",
    },
    "the text of an error": {
      handlers: {
        unary: () => {
          throw new Error("x".repeat(300_000));
        },
      },
      says: "exceeds the limit of 200000 bytes",
    },
  };
  for (const [what, { handlers, says }] of Object.entries(cases)) {
    it(what, async () => {
      await using both = await up(handlers);
      expect(await failure(both.client.unary(request("x")))).toContain(says);
      await both.neighbourLives();
    });
  }
});

describe("what a caller writes beyond a limit", () => {
  it("of its own ends the call", async () => {
    await using both = await up({});
    const headers = { a: LONG, b: LONG };
    expect(await failure(both.client.unary(request("x"), { metadata: { headers } }))).toMatch(
      /^header of \d+ bytes exceeds the limit of 65536 bytes$/,
    );
    await both.neighbourLives();
  });

  it("or of the peer's ends the call there, not the connection", async () => {
    await using both = await up({});
    const payload = Buffer.alloc(300_000);
    expect(await failure(both.client.unary(request("x", { payload })))).toBe(
      "[ttstream error, code=12009] [client-side stream] [canceled path: B] " +
        "canceled by downstream: B: frame of 300072 bytes exceeds the limit of 200000 bytes",
    );
    await both.neighbourLives();
  });
});

describe("a call that inherits too much", () => {
  it("goes without the longest of it, keeps its own, and says so", async () => {
    const seen: string[][] = [];
    const lines: LogLine[] = [];
    const listen = (line: unknown) => lines.push(line as LogLine);
    await using leaf = await up({
      unary(_request, call) {
        seen.push([...call.metadata.persistent.keys()].sort());
        return Response.create({});
      },
    });
    const below = createClient(Chat, { target: leaf.address, transport: leaf.transport });
    await using relay = await up({
      unary: async () => await below.unary(request("x"), { metadata: { persistent: { OWN: "y".repeat(30_000) } } }),
    });
    subscribe(CHANNELS.log, listen);
    const persistent = { USER: "me", BIG: "x".repeat(40_000) };
    expect(await failure(relay.client.unary(request("x"), { metadata: { persistent } }))).toBe("ended well");
    unsubscribe(CHANNELS.log, listen);
    expect(seen).toEqual([["OWN", "SSCHAIN", "USER"]]);
    expect(lines.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^B left 1 inherited values out of a call of ChatService\.Unary: header of \d+ bytes/),
    ]);
    await below.close();
    await leaf.neighbourLives();
    await relay.neighbourLives();
  });
});
