import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import {
  CHANNELS,
  createClient,
  createServer,
  type Listener,
  memoryTransport,
  type Pipe,
  type Transport,
} from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** Counts dials per address, and closes what it dialled on demand. */
class Dials implements Transport {
  readonly all: string[] = [];
  readonly pipes: Pipe[] = [];
  readonly inner: Transport = memoryTransport();

  async dial(address: string, timeoutMs: number): Promise<Pipe> {
    this.all.push(address);
    const pipe = await this.inner.dial(address, timeoutMs);
    this.pipes.push(pipe);
    return pipe;
  }

  listen(address: { readonly path?: string }, accept: (pipe: Pipe) => void): Promise<Listener> {
    return this.inner.listen(address, accept);
  }
}

async function start(transport: Transport, name: string) {
  const server = createServer({ name, transport, log: null });
  server.add(Chat, {
    unary: () => Response.create({ from: name }),
    async *serverStream(_input, call) {
      yield Response.create({ from: name });
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
    },
  });
  await server.listen({ path: name });
  return server;
}

describe("a client's connections", () => {
  it("are shared by calls, dialled once even when many wait", async () => {
    const dials = new Dials();
    const server = await start(dials, "b");
    await using client = createClient(Chat, { target: "b", transport: dials });
    await Promise.all(Array.from({ length: 20 }, () => client.unary(request("x")).response()));
    expect(dials.all).toEqual(["b"]);
    await client.close();
    await server.close();
  });

  it("are closed when idle, and dialled anew when needed", async () => {
    const clock = new FakeClock();
    const dials = new Dials();
    const server = await start(dials, "b");
    await using client = createClient(Chat, { target: "b", transport: dials, clock, idleMs: 1000 });
    await client.unary(request("x"));
    clock.advance(999);
    await client.unary(request("x"));
    expect(dials.all).toHaveLength(1);
    clock.advance(2000);
    await client.unary(request("x"));
    expect(dials.all).toHaveLength(2);
    await client.close();
    await server.close();
  });

  it("are dialled again after a loss: the running call ends, the next one works", async () => {
    const dials = new Dials();
    const server = await start(dials, "b");
    await using client = createClient(Chat, { target: "b", transport: dials });
    const call = client.serverStream(request("x"));
    await call.next();
    dials.pipes[0]?.destroy();
    await expect(call.next()).rejects.toThrow("[ttstream error, code=12004] EOF peer close");
    expect((await client.unary(request("x"))).from).toBe("b");
    await client.close();
    await server.close({ graceMs: 0 });
  });

  it("go round several addresses and pass by one that refuses", async () => {
    const dials = new Dials();
    const servers = [await start(dials, "b1"), await start(dials, "b2")];
    await using client = createClient(Chat, { target: ["down", "b1", "b2"], transport: dials });
    const answers = new Set<string>();
    for (let i = 0; i < 12; i += 1) answers.add((await client.unary(request("x"))).from);
    expect([...answers].sort()).toEqual(["b1", "b2"]);
    expect(dials.all.filter((address) => address === "down")).toHaveLength(1);
    await client.close();
    for (const server of servers) await server.close();
  });

  it("follow a resolver when its answer changes", async () => {
    const clock = new FakeClock();
    const dials = new Dials();
    const servers = [await start(dials, "b1"), await start(dials, "b2")];
    let where = "b1";
    await using client = createClient(Chat, { target: async () => [where], transport: dials, clock, resolveMs: 100 });
    expect((await client.unary(request("x"))).from).toBe("b1");
    where = "b2";
    expect((await client.unary(request("x"))).from).toBe("b1");
    clock.advance(100);
    expect((await client.unary(request("x"))).from).toBe("b2");
    await client.close();
    for (const server of servers) await server.close();
  });

  it("to an address that left the resolver's answer end once its last stream has, and not before", async () => {
    const clock = new FakeClock();
    const dials = new Dials();
    const servers = [await start(dials, "b1"), await start(dials, "b2"), await start(dials, "b3")];
    let where = ["b1", "b3"];
    await using client = createClient(Chat, { target: () => where, transport: dials, clock, resolveMs: 100 });
    const live = client.serverStream(request("x"));
    expect((await live.next()).value?.from).toBe("b1");
    expect((await client.unary(request("x"))).from).toBe("b3");
    const lost: string[] = [];
    const closed = Promise.withResolvers<void>();
    const heard = (message: unknown) => {
      const { side, remote } = message as { side: string; remote: string };
      if (side !== "client") return;
      lost.push(remote);
      if (remote === "b1") closed.resolve();
    };
    subscribe(CHANNELS.connectionLost, heard);
    try {
      where = ["b2"];
      clock.advance(100);
      expect((await client.unary(request("x"))).from).toBe("b2");
      expect((await client.unary(request("x"))).from).toBe("b2");
      expect([live.error, lost]).toEqual([null, ["b3"]]);
      live.cancel();
      await closed.promise;
      expect(lost).toEqual(["b3", "b1"]);
    } finally {
      unsubscribe(CHANNELS.connectionLost, heard);
    }
    await client.close();
    for (const server of servers) await server.close({ graceMs: 0 });
  });

  it("are tried at addresses that did not refuse lately before those that did", async () => {
    const dials = new Dials();
    const server = await start(dials, "b");
    const target = ["down1", "b", "down2"];
    await using client = createClient(Chat, { target, transport: dials, clock: new FakeClock() });
    for (let calls = 0; calls < 3; calls += 1) expect((await client.unary(request("x"))).from).toBe("b");
    expect(dials.all).toEqual(["down1", "b", "down2"]);
    await client.close();
    await server.close();
  });

  it("closing the client cancels what runs, and says who", async () => {
    const dials = new Dials();
    const server = await start(dials, "b");
    const client = createClient(Chat, { target: "b", transport: dials, name: "ServiceA" });
    const call = client.serverStream(request("x"));
    await call.next();
    await client.close();
    await expect(call.next()).rejects.toThrow(
      "[ttstream error, code=12010] [client-side stream] canceled by upstream: ServiceA is closing",
    );
    await server.close({ graceMs: 0 });
  });
});
