import { describe, expect, it } from "vitest";
import {
  type CallOptions,
  createClient,
  createServer,
  isCanceled,
  isTimeout,
  type ServerCall,
  type StreamException,
} from "../../../src/runtime/index.ts";
import { decodeException, type Frame } from "../../../src/runtime/wire/index.ts";
import { allowCallSites } from "../../support/call-sites.ts";
import { startChain, watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { startLeaf } from "../../support/leaf.ts";
import { Wiretap } from "../../support/wiretap.ts";

const M7 =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

describe("rule 1: an abort leaves as an Rst in the same turn", () => {
  it("with nobody reading", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const call = leaf.client.clientStream();
    await call.send(request("x"));
    await new Promise((resolve) => setImmediate(resolve));
    call.cancel();
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(wire.rst().strings.get("ttscp")).toBe("ServiceA");
  });
});

describe("rule 2: derived signals never turn a relay into an origin", () => {
  it("a call made after the cancel fails at once, with the same exception", async () => {
    const wire = new Wiretap();
    await using _leaf = await startLeaf(wire);
    const relay = createServer({ name: "ServiceX", transport: wire, log: null });
    const below = createClient(Chat, { target: "ServiceB", transport: wire });
    const seen = Promise.withResolvers<Error | null>();
    const detached = Promise.withResolvers<Error | null>();
    relay.add(Chat, {
      async *serverStream(input, call) {
        yield Response.create();
        await watch(call, () => {});
        await new Promise((resolve) => setTimeout(resolve, 1));
        const late = below.serverStream(input, { signal: new AbortController().signal });
        await late.next().catch(() => {});
        seen.resolve(late.error);
        const apart = below.serverStream(input, { detached: true });
        await apart.next();
        detached.resolve(apart.error);
        apart.cancel();
      },
    });
    await relay.listen({ path: "x" });
    const client = createClient(Chat, { target: "x", transport: wire, name: "ServiceA" });
    const call = client.serverStream(request("x"));
    await call.next();
    call.cancel("stop");
    expect(await seen.promise).toMatchObject({ code: 12008, text: "stop", path: ["ServiceA"], side: "client" });
    expect(await detached.promise).toBeNull();
    await client.close();
    await relay.close();
    await below.close();
  });

  it("every hop has the code, path, origin and text of its parent, and its own side", async () => {
    await using chain = await startChain();
    const call = chain.client.serverStream(request("x"));
    await call.next();
    call.cancel(new Error("enough"));
    for (const link of chain.links.slice(0, 2)) {
      const server = await link.cancelled;
      const client = (await link.downstream) as StreamException;
      expect(client).toMatchObject({ code: server.code, path: server.path, origin: server.origin, text: server.text });
      expect([server.side, client.side, client.cause]).toEqual(["server", "client", server]);
    }
  });
});

describe("rule 3: the reason travels", () => {
  const timeout = new DOMException("The operation was aborted due to timeout", "TimeoutError");
  it.each<[string, unknown, number, string, string]>([
    ["no reason", undefined, 12007, M7, "cancel"],
    ["a default abort", AbortSignal.abort().reason, 12007, M7, "cancel"],
    ["an Error", new Error("user closed the tab"), 12008, "user closed the tab", "cancel"],
    ["a string", "budget used up", 12008, "budget used up", "cancel"],
    ["a number", 42, 12008, "reason: number", "cancel"],
    ["null", null, 12008, "reason: null", "cancel"],
    ["an intent", { intent: "user-stop", text: "stop button" }, 12008, "stop button", "cancel"],
    ["a TimeoutError", timeout, 12015, "stream timeout, no explicit timeout set in stream ctx", "deadline"],
    [
      "a reset peer",
      Object.assign(new Error("aborted"), { code: "ECONNRESET" }),
      12013,
      "canceled by connection closed",
      "disconnect",
    ],
    ["a text of 5,000 bytes", "é".repeat(2500), 12008, "é".repeat(512), "cancel"],
  ])("%s", async (_name, reason, code, text, kind) => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const call = leaf.client.serverStream(request("x"));
    await call.next();
    call.cancel(reason);
    expect(call.error).toMatchObject({ code, text, kind, origin: "ServiceA", path: [] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(decodeException(wire.rst().payload)).toEqual({ code, message: text });
  });

  it("an own text stays at home where it must not be exposed", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const call = leaf.client.serverStream(request("x"), { exposeReason: false });
    await call.next();
    call.cancel(new Error("secret"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(decodeException(wire.rst().payload)).toEqual({ code: 12007, message: M7 });
  });

  it("an intent arrives as one", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const call = leaf.client.serverStream(request("x"));
    await call.next();
    call.cancel({ intent: "user-stop" });
    const [seen] = leaf.calls;
    await watch(seen as ServerCall, () => {});
    expect(seen?.exception).toMatchObject({ intent: "user-stop", text: "user-stop" });
  });

  it("a receive timeout is 12014, in Kitex's words", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const call = leaf.client.serverStream(request("x"), { recvTimeoutMs: 200 });
    await call.next();
    const next = call.next();
    leaf.clock.advance(200);
    const text = "stream Recv timeout, timeout config={Timeout:200ms DisableCancelRemote:false}";
    await expect(next).rejects.toThrow(`[ttstream error, code=12014] [client-side stream] ${text}`);
    expect([isTimeout(call.error), isCanceled(call.error)]).toEqual([true, false]);
    await watch(leaf.calls[0] as ServerCall, () => {});
    const { exception } = leaf.calls[0] as ServerCall;
    expect([isTimeout(exception), isCanceled(exception)]).toEqual([true, true]);
  });

  it("a receive timeout that keeps the stream fails one wait and no more", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const call = leaf.client.serverStream(request("x"), { recvTimeoutMs: 200, recvTimeoutKeep: true });
    await call.next();
    for (let tries = 0; tries < 2; tries += 1) {
      const next = call.next();
      leaf.clock.advance(200);
      await expect(next).rejects.toThrow("DisableCancelRemote:true}");
    }
    expect(call.error).toBeNull();
  });
});

describe("rule 4: the origin's call site", () => {
  it("is the line that called abort", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const abort = new AbortController();
    const call = leaf.client.serverStream(request("x"), { signal: abort.signal });
    await call.next();
    allowCallSites();
    abort.abort();
    expect((call.error as StreamException).callSite?.file).toBe(import.meta.filename);
  });

  it("is none for timers, relays, and where it is switched off", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    const first = leaf.client.serverStream(request("x"), { timeoutMs: 50 });
    await first.next();
    leaf.clock.advance(50);
    expect((first.error as StreamException).callSite).toBeNull();
    await using silent = createClient(Chat, { target: "ServiceB", transport: wire, captureCallSite: false });
    const second = silent.serverStream(request("x"));
    await second.next();
    second.cancel();
    expect((second.error as StreamException).callSite).toBeNull();
  });
});

describe("rule 5: a deadline travels", () => {
  async function startTwo() {
    const wire = new Wiretap();
    const clock = new FakeClock();
    const leaf = await startLeaf(wire, clock, "ServiceC");
    const relay = createServer({ name: "ServiceB", transport: wire, clock, log: null });
    const below = createClient(Chat, { target: "ServiceC", transport: wire, clock });
    const relayed: ServerCall[] = [];
    let options: CallOptions = {};
    relay.add(Chat, {
      async *serverStream(input, call) {
        relayed.push(call);
        yield* below.serverStream(input, options);
      },
    });
    await relay.listen({ path: "ServiceB" });
    const client = createClient(Chat, { target: "ServiceB", transport: wire, clock, name: "ServiceA" });
    return {
      wire,
      clock,
      leaf,
      relayed,
      client,
      use: (given: CallOptions) => {
        options = given;
      },
      async [Symbol.asyncDispose]() {
        await client.close();
        await below.close();
        await relay.close({ graceMs: 0 });
        await leaf[Symbol.asyncDispose]();
      },
    };
  }

  it("to every hop, with the caller's name", async () => {
    await using two = await startTwo();
    const call = two.client.serverStream(request("x"), { timeoutMs: 5000 });
    await call.next();
    const headers = two.wire.fromClient.filter((frame): frame is Frame => frame.type === "header");
    expect(headers.map(({ ints }) => [ints.get(3), ints.get(12)])).toEqual([
      ["ServiceA", "5000"],
      ["ServiceB", "5000"],
    ]);
    expect(two.leaf.calls[0]?.peer.name).toBe("ServiceB");
  });

  it("and its owner's timer ends all, with the time that was left in ns", async () => {
    await using two = await startTwo();
    const call = two.client.serverStream(request("x"), { timeoutMs: 5000 });
    await call.next();
    two.clock.advance(5000);
    expect(call.error?.message).toBe(
      "[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 5s",
    );
    await watch(two.leaf.calls[0] as ServerCall, () => {});
    expect(two.leaf.calls[0]?.exception?.path).toEqual(["ServiceA", "ServiceB"]);
  });

  it("and a callee's timer is a backstop 100 ms later that raises the owner's 12015", async () => {
    const wire = new Wiretap();
    const serverClock = new FakeClock();
    const leaf = await startLeaf(wire, serverClock);
    await using client = createClient(Chat, {
      target: "ServiceB",
      transport: wire,
      clock: new FakeClock(),
      name: "ServiceA",
    });
    const call = client.serverStream(request("x"), { timeoutMs: 300 });
    await call.next();
    serverClock.advance(399);
    expect(leaf.calls[0]?.exception).toBeNull();
    serverClock.advance(1);
    expect(leaf.calls[0]?.exception?.message).toBe(
      "[ttstream error, code=12015] [server-side stream] [canceled path: ServiceA] stream timeout, timeout in ctx: 300ms",
    );
    await leaf[Symbol.asyncDispose]();
  });

  it("but an own, shorter timeout is an own origin", async () => {
    await using two = await startTwo();
    two.use({ timeoutMs: 300 });
    const call = two.client.serverStream(request("x"), { timeoutMs: 5000 });
    await call.next();
    two.clock.advance(300);
    await watch(two.leaf.calls[0] as ServerCall, () => {});
    expect(two.leaf.calls[0]?.exception?.message).toBe(
      "[ttstream error, code=12015] [server-side stream] [canceled path: ServiceB] stream timeout, timeout in ctx: 300ms",
    );
    await expect(call.next()).rejects.toThrow(
      "[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 300ms",
    );
  });

  it("and an own, longer timeout changes nothing", async () => {
    await using two = await startTwo();
    two.use({ timeoutMs: 60_000 });
    const call = two.client.serverStream(request("x"), { timeoutMs: 5000 });
    await call.next();
    expect(two.leaf.calls[0]?.deadlineOwner).toEqual({ nanos: 5_000_000_000n, path: ["ServiceA", "ServiceB"] });
  });
});
