/**
 * Whatever happens to one connection or process, no innocent stream is lost, nothing hangs, nothing is invented, and memory stays flat: with
 * real Kitex on the other side, and with this runtime.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type Client, createClient, createServer, StreamException } from "../../src/runtime/index.ts";
import { type Make, ProcessChain, within } from "../interop/chain.ts";
import { Chat, type ChatMethods, Response, request } from "../support/chat.ts";
import { kitexPeer } from "../support/kitex.ts";
import { type Faults, faultyProxy } from "./faulty-proxy.ts";

const MAKES: readonly Make[] = kitexPeer() === null ? ["O"] : ["K", "O"];

/** Two services of a make, the victim first; calls of the second are the innocent ones. */
async function services(make: Make) {
  const stack = new AsyncDisposableStack();
  const start = async (name: string) => {
    const chain = stack.use(await ProcessChain.start([{ name, make, flags: ["--quiet"] }]));
    return { chain, address: chain.address(name), process: chain.services.get(name)?.process };
  };
  const victim = await start("ServiceB");
  const innocent = await start("ServiceC");
  const connect = (target: string, pingMs?: number) =>
    stack.use(createClient(Chat, { target, name: "ServiceA", pingMs, dialTimeoutMs: 5000 }));
  const client = connect(innocent.address);
  const stop = new AbortController();
  let responses = 0;
  const stream = (async () => {
    for await (const _ of client.serverStream(request("hi", { count: 0n, intervalUs: 5000n }), { signal: stop.signal }))
      responses += 1;
  })();
  stream.catch(() => {});
  return {
    victim,
    connect,
    /** The innocent stream goes on: it is not at an end, and responses still come. */
    async innocentLives() {
      const before = responses;
      await within(
        10_000,
        "the innocent stream goes on",
        (async () => {
          while (responses === before) await Promise.race([new Promise((resolve) => setTimeout(resolve, 5)), stream]);
        })(),
      );
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await stream.catch(() => {});
      await stack.disposeAsync();
    },
  };
}

/** Calls until they all have ended, somehow: what with. A byte that was changed in a message may end nothing. */
async function ends(client: Client<ChatMethods>, count: number, timeoutMs: number): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const calls = Array.from({ length: count }, async () => {
    let outcome = "well";
    try {
      for await (const _ of client.serverStream(request("hi", { count: 20n, intervalUs: 2000n }), { timeoutMs })) {
        // Only the end counts.
      }
    } catch (error) {
      outcome = StreamException.is(error) ? String(error.code) : (error as Error).name;
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  await within(60_000, "all calls end", Promise.all(calls));
  return outcomes;
}

const FAULTS: Readonly<Record<string, Faults>> = {
  delays: { delayMs: 30 },
  throttles: { throttle: 20_000 },
  cuts: { cut: 3000 },
  corrupts: { corrupt: 700 },
  swallows: { swallow: 2000 },
};

describe.each(MAKES)("beside an innocent stream to a server of make %s", (make) => {
  it.each(Object.entries(FAULTS))("a network that %s it ends only what goes through it", async (_what, faults) => {
    await using all = await services(make);
    await using proxy = await faultyProxy(all.victim.address, faults);
    const client = all.connect(proxy.address);
    for (let round = 0; round < 3; round += 1) {
      await ends(client, 20, 1500);
      await all.innocentLives();
    }
    // The service itself is as it was.
    expect([...(await ends(all.connect(all.victim.address), 5, 10_000)).keys()]).toEqual(["well"]);
  });

  it("a server that is killed ends its calls at once, and none is said to be cancelled by anybody", async () => {
    await using all = await services(make);
    const client = all.connect(all.victim.address);
    const call = client.serverStream(request("hi", { count: 0n, intervalUs: 5000n }));
    await call.next();
    all.victim.process?.kill("SIGKILL");
    const error = await within(5000, "the call ends", drained(call));
    expect(error).toMatchObject({ code: 12004, text: "EOF peer close", origin: null, path: [] });
    await all.innocentLives();
    // The kernel may take connections for a moment after the process has gone.
    for (const outcome of (await ends(client, 3, 5000)).keys()) expect(["DialError", "12004"]).toContain(outcome);
  });

  it("a server that is frozen holds its calls until their time is up, or it is known to be silent; and then goes on", async () => {
    await using all = await services(make);
    const client = all.connect(all.victim.address, 200);
    const call = client.serverStream(
      request("hi", { count: 0n, intervalUs: 5000n }),
      make === "K" ? { timeoutMs: 1500 } : {},
    );
    await call.next();
    all.victim.process?.kill("SIGSTOP");
    const error = await within(10_000, "the call ends", drained(call));
    if (make === "K") expect(error).toMatchObject({ code: 12015, origin: "ServiceA" });
    else expect(error).toMatchObject({ code: 12004, origin: null, text: "the peer is silent: it does not answer" });
    await all.innocentLives();
    all.victim.process?.kill("SIGCONT");
    expect([...(await ends(client, 3, 10_000)).keys()]).toEqual(["well"]);
  });

  it("a connection that is open at both ends and dead in the middle ends its calls, and new ones go through", async () => {
    await using all = await services(make);
    await using proxy = await faultyProxy(all.victim.address, {});
    const client = all.connect(proxy.address, 200);
    const options = make === "K" ? { timeoutMs: 1500 } : {};
    const call = client.serverStream(request("hi", { count: 0n, intervalUs: 5000n }), options);
    await call.next();
    proxy.halt();
    const error = await within(10_000, "the call ends", drained(call));
    if (make === "K") expect(error).toMatchObject({ code: 12015, origin: "ServiceA" });
    else expect(error).toMatchObject({ code: 12004, origin: null, text: "the peer is silent: it does not answer" });
    await all.innocentLives();
    // Who cannot be asked may be dead: a client that knows better makes a connection of its own.
    const again = make === "K" ? all.connect(proxy.address) : client;
    expect([...(await ends(again, 3, 10_000)).keys()]).toEqual(["well"]);
  });

  it("a wall clock that jumps a day on and two back times nothing out, and nothing is left waiting", async () => {
    await using all = await services(make);
    const client = all.connect(all.victim.address, 200);
    const real = Date.now;
    const stream = client.serverStream(request("hi", { count: 0n, intervalUs: 5000n }), { timeoutMs: 60_000 });
    await stream.next();
    try {
      for (const days of [1, -1, 0]) {
        Date.now = () => real() + days * 86_400_000;
        expect([...(await ends(client, 5, 5000)).keys()]).toEqual(["well"]);
        const late = client.serverStream(request("hi", { count: 0n, intervalUs: 5000n }), { timeoutMs: 300 });
        const began = performance.now();
        const error = await within(5000, "a timeout ends its call", drained(late));
        expect(error).toMatchObject({ code: 12015, origin: "ServiceA" });
        expect(performance.now() - began).toBeGreaterThanOrEqual(299);
        expect((await stream.next()).done).toBe(false);
        await all.innocentLives();
      }
    } finally {
      Date.now = real;
    }
    stream.cancel("enough");
    expect(stream.error).toMatchObject({ code: 12008, origin: "ServiceA" });
  });

  it("a thousand calls through a network that corrupts leave no memory behind", async () => {
    await using all = await services(make);
    await using proxy = await faultyProxy(all.victim.address, { corrupt: 5000 });
    const client = all.connect(proxy.address);
    const heap = () => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    await ends(client, 200, 2000);
    const before = heap();
    for (let round = 0; round < 5; round += 1) await ends(client, 200, 2000);
    expect(heap() - before).toBeLessThan(16 * 1024 ** 2);
    await all.innocentLives();
  });
});

describe("a server of this runtime", () => {
  it("whose disk is full loses lines of its log, and nothing else", async () => {
    const disk = openSync("/dev/full", "w");
    const program = join(import.meta.dirname, "full-disk.ts");
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", disk] });
    closeSync(disk);
    const lines = createInterface({ input: child.stdout as Readable });
    const [address = ""] = (await once(lines, "line")) as [string];
    await using client = createClient(Chat, { target: address, name: "ServiceA" });
    const strangers = async () => {
      const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
      socket.on("error", () => {});
      socket.resume().write("GET / HTTP/1.1\r\n\r\n");
      await once(socket, "close");
      await client
        .bidiStream(null)
        .next()
        .catch(() => {});
    };
    // A peer, a handler's bug and a refused call each have a line of their own kind.
    for (let round = 0; round < 3; round += 1) {
      await strangers();
      await client.clientStream([]).catch(() => {});
      expect((await client.unary(request("alive"))).message).toBe("alive");
    }
    if (kitexPeer() !== null) {
      await using chain = await ProcessChain.start([{ name: "ServiceC", make: "K" }]);
      const caller = chain.call("K", ["--count", "3", "--to", address]);
      await within(20_000, "a Kitex client ends its calls", caller.done);
      expect((await client.unary(request("alive"))).message).toBe("alive");
    }
    expect(child.exitCode).toBe(null);
    const gone = once(child, "exit");
    child.kill();
    await gone;
  });

  it("ends the calls of a Kitex client whose host is gone behind a dead connection once that closes, and no others", async () => {
    if (kitexPeer() === null) return;
    const cancelled = Promise.withResolvers<unknown>();
    const running = Promise.withResolvers<void>();
    await using server = createServer({ name: "ServiceB", log: null });
    server.add(Chat, {
      unary: ({ message }) => Response.create({ message }),
      async *serverStream(_request, call) {
        call.signal.addEventListener("abort", () => cancelled.resolve(call.exception));
        running.resolve();
        for (let seq = 0n; ; seq += 1n) {
          yield Response.create({ seq, from: "ServiceB" });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
    });
    const { address } = await server.listen();
    await using proxy = await faultyProxy(address, {});
    await using chain = await ProcessChain.start([{ name: "ServiceC", make: "K" }]);
    await using innocent = createClient(Chat, { target: address, name: "ServiceA" });
    const caller = chain.call("K", ["--to", proxy.address]);
    await within(20_000, "a Kitex client has called", running.promise);
    proxy.halt();
    expect((await innocent.unary(request("alive"))).message).toBe("alive");
    caller.process.kill("SIGKILL");
    const exception = await within(10_000, "the call ends", cancelled.promise);
    expect(exception).toMatchObject({ code: 12013, kind: "disconnect", origin: "ServiceB" });
    expect((await innocent.unary(request("alive"))).message).toBe("alive");
  });
});

async function drained(call: AsyncIterable<unknown>): Promise<unknown> {
  try {
    for await (const _ of call) {
      // Until it ends.
    }
    return null;
  } catch (error) {
    return error;
  }
}
