/** Servers that come and go, and servers that are full: what a client's calls see of it. */
import { describe, expect, it } from "vitest";
import { createClient, createServer, memoryTransport, type ServerOptions } from "../../src/runtime/index.ts";
import { Chat, Response, request } from "../support/chat.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Servers by name, and a client of all of them. */
async function fleet(names: readonly string[], options: Partial<ServerOptions> = {}) {
  const transport = memoryTransport();
  const stack = new AsyncDisposableStack();
  const waiting: (() => void)[] = [];
  const servers = await Promise.all(
    names.map(async (name) => {
      const server = stack.use(createServer({ name, transport, log: null, ...options }));
      server.add(Chat, {
        async unary({ message }) {
          if (message === "wait") await new Promise<void>((resolve) => waiting.push(resolve));
          return Response.create({ from: name, message });
        },
        async clientStream(requests) {
          let message = "";
          for await (const each of requests) message += each.message;
          return Response.create({ from: name, message });
        },
        async *bidiStream(requests) {
          for await (const { message } of requests) yield Response.create({ from: name, message });
        },
      });
      await server.listen({ path: name });
      return server;
    }),
  );
  const client = stack.use(createClient(Chat, { target: names, transport, name: "A" }));
  return { servers, client, waiting, transport, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("a server that closes", () => {
  it("loses none of the calls that come while it lets its handlers finish", async () => {
    await using all = await fleet(["a", "b"]);
    const long = [all.client.unary(request("wait")), all.client.unary(request("wait"))];
    while (all.waiting.length < 2) await turn();
    // Nobody has heard of these when the server begins to close.
    const racing = Array.from({ length: 20 }, async (_, i) => (await all.client.unary(request(`${i}`))).message);
    const closing = all.servers[0]?.close();
    expect(await Promise.all(racing)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
    for (let i = 0; i < 20; i += 1) expect((await all.client.unary(request("x"))).from).toBe("b");
    for (const go of all.waiting) go();
    await closing;
    expect((await Promise.all(long)).map(({ from }) => from).sort()).toEqual(["a", "b"]);
  });

  it("has what was sent to it sent elsewhere again, in its order, with the half-close", async () => {
    await using all = await fleet(["a", "b"]);
    const busy = [all.client.unary(request("wait")), all.client.unary(request("wait"))];
    while (all.waiting.length < 2) await turn();
    const calls = Array.from({ length: 4 }, () => all.client.clientStream());
    const talks = Array.from({ length: 4 }, () => all.client.bidiStream());
    for (const call of calls) {
      for (const each of ["1", "2", "3"]) call.send(request(each));
      void call.closeSend();
    }
    for (const talk of talks) talk.send(request("hello"));
    const closing = all.servers[0]?.close();
    for (const call of calls) expect(await call).toMatchObject({ from: "b", message: "123" });
    for (const talk of talks) {
      expect((await talk.next()).value).toMatchObject({ from: "b", message: "hello" });
      await talk.send(request("more"));
      expect((await talk.next()).value?.message).toBe("more");
      await talk.closeSend();
    }
    for (const go of all.waiting) go();
    await closing;
    await Promise.all(busy);
  });

  it("says why where there is no other", async () => {
    await using all = await fleet(["a"]);
    const long = all.client.unary(request("wait"));
    while (all.waiting.length < 1) await turn();
    const late = all.client.unary(request("x"));
    const closing = all.servers[0]?.close();
    await expect(late).rejects.toThrow("stream refused: a is shutting down");
    all.waiting[0]?.();
    await Promise.all([long, closing]);
  });
});

describe("a server with as many streams on a connection as it allows", () => {
  it("keeps further calls waiting, not failing", async () => {
    await using all = await fleet(["a"], { limits: { streamsPerConnection: 3 } });
    const calls = Array.from({ length: 20 }, (_, i) => all.client.unary(request(`${i}`)));
    expect((await Promise.all(calls)).map(({ message }) => message)).toEqual(calls.map((_, i) => `${i}`));
  });

  it("forgets a call that is cancelled while it waits, and lets the next one in", async () => {
    await using all = await fleet(["a"], { limits: { streamsPerConnection: 1 } });
    const first = all.client.unary(request("wait"));
    while (all.waiting.length < 1) await turn();
    const given = all.client.unary(request("given up"));
    const last = all.client.unary(request("last"));
    for (let i = 0; i < 20; i += 1) await turn();
    given.cancel();
    await expect(given).rejects.toThrow("code=12007");
    all.waiting[0]?.();
    expect([(await first).message, (await last).message]).toEqual(["wait", "last"]);
  });
});

describe("a server that is busy", () => {
  it("is passed by where another one is not", async () => {
    await using all = await fleet(["a", "b"], { limits: { handlers: 1 } });
    const long = all.client.unary(request("wait"));
    while (all.waiting.length < 1) await turn();
    const answers = new Set<string>();
    for (let i = 0; i < 5; i += 1) answers.add((await all.client.unary(request("x"))).from);
    expect(answers.size).toBe(1);
    all.waiting[0]?.();
    expect(answers.has((await long).from)).toBe(false);
  });
});

describe("calls", () => {
  it("go where the fewest are under way", async () => {
    await using all = await fleet(["a", "b", "c"]);
    const long = Array.from({ length: 30 }, () => all.client.unary(request("wait")));
    while (all.waiting.length < 30) await turn();
    expect(all.servers.map(({ callCount }) => callCount)).toEqual([10, 10, 10]);
    for (const go of all.waiting) go();
    await Promise.all(long);
  });
});
