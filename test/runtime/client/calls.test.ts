import { describe, expect, it } from "vitest";
import { createClient, createServer, memoryTransport, type ServerOptions } from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";

async function up(options: Partial<ServerOptions> = {}) {
  const transport = memoryTransport();
  const stack = new AsyncDisposableStack();
  const server = stack.use(createServer({ name: "B", transport, log: null, ...options }));
  server.add(Chat, {
    unary: ({ message }) => Response.create({ message }),
    async *bidiStream(requests) {
      for await (const { message } of requests) yield Response.create({ message });
    },
  });
  const { address } = await server.listen();
  const client = stack.use(createClient(Chat, { target: address, transport, name: "A" }));
  return { client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("a call", () => {
  it("with all the time there is has no deadline", async () => {
    await using both = await up();
    for (const timeoutMs of [Number.POSITIVE_INFINITY, Number.MAX_VALUE]) {
      expect((await both.client.unary(request("hi"), { timeoutMs })).message).toBe("hi");
    }
  });

  it("may be waited for by tens of thousands, who all hear of its Header and its end", async () => {
    await using both = await up();
    const call = both.client.bidiStream();
    const waits = Array.from({ length: 30_000 }, () => [call.headers(), call.ended()]).flat();
    await call.send(request("hi"));
    expect((await call.next()).value?.message).toBe("hi");
    await call.closeSend();
    expect((await call.next()).done).toBe(true);
    await Promise.all(waits);
    expect(call.error).toBe(null);
    expect(await call.headers()).toBe(await waits[0]);
  });

  it("that an interceptor refuses with nothing is not told as its handler's panic", async () => {
    await using both = await up({ interceptors: [() => Promise.reject(undefined)] });
    await expect(both.client.unary(request("hi")).response()).rejects.toThrow("[client-side stream] undefined");
  });

  it("runs its handler once, however often an interceptor calls next", async () => {
    await using both = await up({
      interceptors: [
        async (_call, next) => {
          await next();
          await next();
        },
      ],
    });
    expect((await both.client.unary(request("hi"))).message).toBe("hi");
  });
});

describe("messages that are sent while the connection is dialled", () => {
  it("arrive whole and in their order, whenever the dial is done", async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const seen: string[] = [];
      const transport = memoryTransport();
      await using server = createServer({ name: "B", transport, log: null });
      server.add(Chat, {
        async clientStream(requests) {
          for await (const { message } of requests) seen.push(message);
          return Response.create({});
        },
      });
      const { address } = await server.listen();
      await using client = createClient(Chat, { target: address, transport });
      const call = client.clientStream();
      void call.send(request("1"));
      void call.send(request("2"));
      for (let i = 0; i < turns; i += 1) await null;
      void call.send(request("3"));
      await call.closeSend();
      await call;
      expect(seen).toEqual(["1", "2", "3"]);
    }
  });
});
