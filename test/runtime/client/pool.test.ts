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

/** Dials that wait until they are let through, and what became of their pipes. */
class SlowDials extends Dials {
  readonly waiting: (() => void)[] = [];
  readonly held: boolean[] = [];
  destroyed = 0;
  /** True: what is written is never taken. */
  stuck = false;

  override async dial(address: string, timeoutMs: number): Promise<Pipe> {
    this.all.push(address);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    const pipe = await this.inner.dial(address, timeoutMs);
    return {
      remote: pipe.remote,
      start: (events) => pipe.start(events),
      write: (parts, done) => pipe.write(parts, this.stuck ? () => {} : done),
      pause: () => pipe.pause(),
      resume: () => pipe.resume(),
      hold: (alive) => void this.held.push(alive),
      end: () => pipe.end(),
      destroy: () => {
        this.destroyed += 1;
        pipe.destroy();
      },
    };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve())));

describe("a connection that nobody uses", () => {
  it("does not hold the process after a call that was cancelled while it was dialled, and closes when idle", async () => {
    const clock = new FakeClock();
    const dials = new SlowDials();
    const server = await start(dials, "b");
    const client = createClient(Chat, { target: "b", transport: dials, clock, idleMs: 500 });
    const call = client.serverStream(request("x"));
    call.cancel();
    dials.waiting.shift()?.();
    await turn();
    expect(dials.held.at(-1)).toBe(false);
    clock.advance(500);
    await turn();
    expect(clock.pending).toBe(0);
    await server.close();
  });

  it("is destroyed when its client closes and the peer does not read", async () => {
    const clock = new FakeClock();
    const dials = new SlowDials();
    const server = await start(dials, "b");
    const client = createClient(Chat, { target: "b", transport: dials, clock });
    const call = client.serverStream(request("x"));
    dials.stuck = true;
    dials.waiting.shift()?.();
    await turn();
    await client.close();
    await call.ended();
    clock.advance(1499);
    expect(dials.destroyed).toBe(0);
    clock.advance(1);
    expect(dials.destroyed).toBe(1);
    await server.close({ graceMs: 0 });
  });
});

describe("a resolver", () => {
  it("that moves on while a connection is dialled leaves the call that waits for it its connection", async () => {
    const clock = new FakeClock();
    const dials = new SlowDials();
    const [first, second] = [await start(dials, "a"), await start(dials, "b")];
    const answers = ["a", "b"];
    const target = () => [answers.shift() ?? "b"];
    const client = createClient(Chat, { target, transport: dials, clock, resolveMs: 100 });
    const early = client.unary(request("x")).response();
    await turn();
    clock.advance(100);
    const late = client.unary(request("x")).response();
    await turn();
    expect(dials.all).toEqual(["a", "b"]);
    for (const go of dials.waiting.splice(0)) go();
    expect((await early).from).toBe("a");
    expect((await late).from).toBe("b");
    await client.close();
    await Promise.all([first.close(), second.close()]);
  });

  it("is asked once for all calls that wait", async () => {
    const dials = new Dials();
    const server = await start(dials, "b");
    let asked = 0;
    const target = async () => {
      asked += 1;
      await turn();
      return ["b"];
    };
    const client = createClient(Chat, { target, transport: dials });
    await Promise.all(Array.from({ length: 200 }, () => client.unary(request("x")).response()));
    expect([asked, dials.all.length]).toEqual([1, 1]);
    await client.close();
    await server.close();
  });

  it("that fails keeps its last good answer, and is asked again a second later", async () => {
    const clock = new FakeClock();
    const dials = new Dials();
    const server = await start(dials, "b");
    let asked = 0;
    const target = () => {
      asked += 1;
      if (asked > 1) throw new Error("no name server");
      return ["b"];
    };
    const client = createClient(Chat, { target, transport: dials, clock, resolveMs: 5000 });
    for (const [advance, times] of [
      [0, 1],
      [5000, 2],
      [999, 2],
      [1, 3],
    ] as const) {
      clock.advance(advance);
      expect((await client.unary(request("x"))).from).toBe("b");
      expect(asked).toBe(times);
    }
    await client.close();
    await server.close();
  });

  it("that fails, says nothing or finds nonsense at the first time fails the call with a DialError", async () => {
    const clock = new FakeClock();
    const says = async (target: () => never | Promise<never>): Promise<string> => {
      const client = createClient(Chat, { target, transport: memoryTransport(), clock });
      const call = client.unary(request("x"));
      const failed = call.response().catch((error: unknown) => error);
      clock.advance(1000);
      const { name, message } = (await failed) as Error;
      await client.close();
      return `${name}: ${message}`;
    };
    const begin = "DialError: remote or network error: resolver:";
    expect(await says(() => Promise.reject(new Error("no name server")))).toBe(`${begin} no name server`);
    expect(await says(() => new Promise(() => {}))).toBe(`${begin} no answer within 1000 ms`);
    expect(await says(() => "b" as never)).toBe(`${begin} the resolver must give a list of addresses`);
    expect(await says(() => [] as never)).toBe(`${begin} the resolver found no address`);
  });
});
