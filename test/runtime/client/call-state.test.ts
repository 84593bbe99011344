import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import {
  addInstrument,
  type CallOptions,
  type CancelEvent,
  createClient,
  createServer,
  memoryTransport,
  type ServerCall,
  type StreamException,
} from "../../../src/runtime/index.ts";
import { watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** A service below that answers as asked, a service that uses it in `work`, and a client of that service. */
async function startRelay(work: (below: ReturnType<typeof connectBelow>, call: ServerCall) => Promise<void>) {
  const transport = memoryTransport();
  const clock = new FakeClock();
  const stack = new AsyncDisposableStack();
  const leaf = stack.use(createServer({ name: "ServiceC", transport, clock, log: null }));
  leaf.add(Chat, {
    unary: ({ message }) => Response.create({ message }),
    async *serverStream(_input, call) {
      yield Response.create();
      await watch(call, () => {});
    },
  });
  await leaf.listen({ path: "c" });
  const below = stack.use(connectBelow(transport, clock));
  const relay = stack.use(createServer({ name: "ServiceB", transport, clock, log: null }));
  relay.add(Chat, {
    async *serverStream(_input, call) {
      await work(below, call);
      yield Response.create();
      await watch(call, () => {});
    },
  });
  await relay.listen({ path: "b" });
  // The caller has a clock of its own, which stands still: its timers never fire.
  const client = stack.use(createClient(Chat, { target: "b", transport, clock: new FakeClock(), name: "ServiceA" }));
  return { client, clock, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function connectBelow(transport: ReturnType<typeof memoryTransport>, clock: FakeClock) {
  return createClient(Chat, { target: "c", transport, clock });
}

describe("a call that has ended", () => {
  it("leaves no listener on the signal it was given, well ended or not", async () => {
    const { signal } = new AbortController();
    await using chain = await startRelay(async (below) => {
      for (let i = 0; i < 1000; i += 1) await below.unary(request("x"), { signal });
      for (let i = 0; i < 10; i += 1) below.serverStream(request("x"), { signal }).cancel();
    });
    await chain.client.serverStream(request("x")).next();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("leaves its handler's scope: a handler whose calls have all ended is a leaf of the next cancel", async () => {
    const events: CancelEvent[] = [];
    const scopes: ServerCall[] = [];
    const remove = addInstrument({ cancelling: (event) => void events.push(event) });
    try {
      await using chain = await startRelay(async (below, call) => {
        scopes.push(call);
        await below.unary(request("x"));
        const failed = below.serverStream(request("x"));
        failed.cancel();
        await failed.ended();
      });
      const call = chain.client.serverStream(request("x"));
      await call.next();
      expect(scopes[0]?.scope.hasCalls).toBe(false);
      events.length = 0;
      call.cancel();
      await watch(scopes[0] as ServerCall, () => {});
      const received = events.filter((event) => event.direction === "received" && event.call.self === "ServiceB");
      expect(received.map((event) => event.role)).toEqual(["leaf"]);
    } finally {
      remove();
    }
  });
});

describe("a call inside a deadline that is not its own", () => {
  /** A call made in a handler whose caller's timer never fires: only the timers here do. */
  async function belowDeadline(options: CallOptions) {
    const made = Promise.withResolvers<{ error: StreamException | null }>();
    const chain = await startRelay(async (below) => {
      const call = below.serverStream(request("x"), options);
      await call.next();
      made.resolve(call as unknown as { error: StreamException | null });
    });
    const outer = chain.client.serverStream(request("x"), { timeoutMs: 5000 });
    void outer.next().catch(() => {});
    return { chain, call: await made.promise, outer };
  }

  it("ends 100 ms after the deadline at the latest if it has a signal of its own", async () => {
    const { chain, call } = await belowDeadline({ signal: new AbortController().signal });
    chain.clock.advance(5099);
    expect(call.error).toBeNull();
    chain.clock.advance(1);
    expect(call.error).not.toBeNull();
    await chain[Symbol.asyncDispose]();
  });

  it("is a relay of the deadline's owner then, not an origin, with the id of the call above", async () => {
    const events: CancelEvent[] = [];
    const remove = addInstrument({ cancelling: (event) => void events.push(event) });
    const { chain, call } = await belowDeadline({ signal: new AbortController().signal });
    chain.clock.advance(5100);
    expect(call.error).toMatchObject({ code: 12015, origin: "ServiceA", path: ["ServiceA"], travelled: true });
    const here = events.filter(({ call: { self } }) => self === "ServiceB");
    expect(here.map(({ side, role, origin }) => `${side} ${role} ${origin}`).sort()).toEqual([
      "client relay ServiceA",
      "server relay ServiceA",
    ]);
    expect(new Set(here.map(({ cancelId }) => cancelId)).size).toBe(1);
    remove();
    await chain[Symbol.asyncDispose]();
  });

  it("has no timer of its own if it belongs to the handler, and none at all without the deadline", async () => {
    for (const detached of [false, true]) {
      const { chain, call } = await belowDeadline({ detached });
      const before = chain.clock.pending;
      const ended = (call as unknown as { ended(): Promise<void> }).ended();
      (call as unknown as { cancel(): void }).cancel();
      await ended;
      expect(chain.clock.pending).toBe(before);
      await chain[Symbol.asyncDispose]();
    }
  });

  it("is ended by its own timer where that is nearer, and leaves no timer behind", async () => {
    const { chain, call } = await belowDeadline({ timeoutMs: 300, signal: new AbortController().signal });
    chain.clock.advance(299);
    expect(call.error).toBeNull();
    chain.clock.advance(1);
    expect(call.error).toMatchObject({ code: 12015, origin: "ServiceB" });
    await chain[Symbol.asyncDispose]();
  });
});
