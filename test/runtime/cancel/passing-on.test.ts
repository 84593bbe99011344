import { describe, expect, it } from "vitest";
import {
  addInstrument,
  type CallOptions,
  type CancelEvent,
  createClient,
  createServer,
  memoryTransport,
  type ServerCall,
} from "../../../src/runtime/index.ts";
import { derive, watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** ServiceB, whose handler makes one call of ServiceC with these options; what was told of cancels, in order. */
async function up(options: (call: ServerCall) => CallOptions, outside = false) {
  const stack = new AsyncDisposableStack();
  const transport = memoryTransport();
  const clock = new FakeClock();
  const told: string[] = [];
  stack.defer(
    addInstrument({
      cancelling: ({ call, side, role, direction, path }: CancelEvent) =>
        void told.push(`${call.self} ${side} ${direction} ${role} ${path}`),
    }),
  );
  const cancelled = Promise.withResolvers<void>();
  const leaf = stack.use(createServer({ name: "C", transport, log: null }));
  leaf.add(Chat, {
    async *serverStream(_request, call) {
      yield Response.create({});
      await watch(call, () => {});
    },
  });
  const below = stack.use(createClient(Chat, { target: (await leaf.listen()).address, transport, name: "B" }));
  const jobs: (() => void)[] = [];
  const relay = stack.use(createServer({ name: "B", transport, log: null, clock }));
  relay.add(Chat, {
    async *serverStream(_request, call) {
      const over = watch(call, () => {});
      const open = async () => {
        const stream = below.serverStream(request("x"), options(call));
        await stream.next();
        void stream.next().catch(() => {});
      };
      if (outside) await new Promise<void>((resolve) => jobs.push(() => void open().then(resolve)));
      else await open();
      yield Response.create({});
      await over;
      cancelled.resolve();
    },
  });
  const client = stack.use(
    createClient(Chat, { target: (await relay.listen()).address, transport, name: "A", clock: new FakeClock() }),
  );
  const call = client.serverStream(request("x"), { timeoutMs: 5000 });
  const first = call.next();
  while (outside && jobs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const job of jobs) job();
  await first;
  return {
    call,
    clock,
    cancelled: cancelled.promise,
    /** What B was told of its own side, and of the call below. */
    ofB: () => told.filter((line) => line.startsWith("B ")),
    async [Symbol.asyncDispose]() {
      const over = stack.disposeAsync();
      clock.advance(10_000);
      await over;
    },
  };
}

const RELAYED = ["B server received relay A", "B client sent relay A,B"];

describe("a cancel that came in and is passed on by a call that does not end with the handler", () => {
  const ways: Readonly<Record<string, (call: ServerCall) => CallOptions>> = {
    "the handler's signal": (call) => derive("signal", call),
    "a combined one": (call) => derive("any", call),
    "one that forwards its reason": (call) => {
      const fresh = new AbortController();
      call.signal.addEventListener("abort", () => fresh.abort(call.signal.reason));
      return { signal: fresh.signal };
    },
  };
  it.each(Object.entries(ways))(
    "is relayed, and is told of before what it becomes: detached, with %s",
    async (_, way) => {
      await using chain = await up((call) => ({ ...way(call), detached: true }));
      chain.call.cancel();
      await chain.cancelled;
      expect(chain.ofB()).toEqual(RELAYED);
    },
  );

  it("is relayed also where the call was made by somebody else", async () => {
    await using chain = await up((call) => ({ signal: call.signal }), true);
    chain.call.cancel();
    await chain.cancelled;
    expect(chain.ofB()).toEqual(RELAYED);
  });

  it("is relayed also where the deadline of a caller that is silent ended it", async () => {
    await using chain = await up((call) => ({ signal: call.signal, detached: true }));
    chain.clock.advance(5100);
    await chain.cancelled;
    expect(chain.ofB()).toEqual(["B server sent relay A,B", "B client sent relay A,B"]);
  });
});

describe("a cancel that came in and that nobody passes on", () => {
  it.each<[string, CallOptions]>([
    ["no signal", { detached: true }],
    ["a signal of its own", { detached: true, signal: new AbortController().signal }],
  ])("ends there, beside a detached call with %s", async (_, options) => {
    await using chain = await up(() => options);
    chain.call.cancel();
    await chain.cancelled;
    expect(chain.ofB()).toEqual(["B server received leaf A"]);
  });

  it("ends there once, when the deadline of a silent caller ended it", async () => {
    await using chain = await up(() => ({ detached: true }));
    chain.clock.advance(5100);
    await chain.cancelled;
    expect(chain.ofB()).toEqual(["B server sent leaf A,B"]);
  });
});
