import { describe, expect, it } from "vitest";
import {
  createClient,
  createServer,
  type Handlers,
  isCanceled,
  isTimeout,
  memoryTransport,
  StreamException,
} from "../../../src/runtime/index.ts";
import { Chat, type ChatMethods, Response, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const clientSide = { side: "client", text: "stop", origin: "ServiceA" } as const;

describe("a StreamException as JSON", () => {
  it("has every field in plain values, the instant as a decimal text", () => {
    const above = new StreamException({ code: 12008, side: "server", text: "stop", origin: "A", path: ["A"] });
    const exception = new StreamException({
      code: 12008,
      side: "client",
      path: ["A"],
      text: "stop",
      origin: "A",
      cancelId: "b437cea0837f28b8",
      cancelledAt: 1_795_763_741_889_152_569n,
      intent: "user-stop",
      travelled: true,
      relayReason: "mine",
      trigger: new Error("the other one"),
      callSite: { file: "/srv/a.ts", line: 3, column: 7, function: "stop" },
      cause: above,
    });
    expect(JSON.parse(JSON.stringify({ err: exception })).err).toEqual({
      name: "StreamException",
      message: "[ttstream error, code=12008] [client-side stream] [canceled path: A] stop",
      code: 12008,
      side: "client",
      path: ["A"],
      text: "stop",
      origin: "A",
      kind: "cancel",
      raisedAt: "client",
      cancelId: "b437cea0837f28b8",
      cancelledAt: "1795763741889152569",
      intent: "user-stop",
      travelled: true,
      relayReason: "mine",
      trigger: "the other one",
      callSite: { file: "/srv/a.ts", line: 3, column: 7, function: "stop" },
      external: null,
      nested: null,
      cause: above.message,
    });
  });

  it("says null for what is not there", () => {
    const plain = JSON.parse(JSON.stringify(new StreamException({ code: 12007, ...clientSide })));
    expect([plain.cancelledAt, plain.trigger, plain.cause, plain.cancelId]).toEqual([null, null, null, null]);
  });
});

describe("isCanceled and isTimeout", () => {
  it.each([
    [12001, false, false],
    [12002, false, false],
    [12004, false, false],
    [12005, false, false],
    [12007, true, false],
    [12008, true, false],
    [12009, true, false],
    [12010, true, false],
    [12011, true, false],
    [12012, true, false],
    [12013, true, false],
    [12014, false, true],
    [12015, false, true],
    [13, true, false],
    [4711, true, false],
  ])("of one's own code %i are %s and %s", (code, canceled, timeout) => {
    const exception = new StreamException({ code, ...clientSide });
    expect([isCanceled(exception), isTimeout(exception)]).toEqual([canceled, timeout]);
  });

  it("are both true of a timeout that travelled", () => {
    const exception = new StreamException({ code: 12015, ...clientSide, travelled: true });
    expect([isCanceled(exception), isTimeout(exception)]).toEqual([true, true]);
  });

  it("are false of everything else", () => {
    for (const other of [null, undefined, "12007", {}, new Error("[ttstream error, code=12007] x")]) {
      expect([isCanceled(other), isTimeout(other)]).toEqual([false, false]);
    }
  });
});

/** A client, a relay and a leaf: what the client sees of an end that began below the relay. */
async function relayed(leaf: Handlers<ChatMethods>["serverStream"], relay: Relay) {
  const transport = memoryTransport();
  const clock = new FakeClock();
  await using servers = new AsyncDisposableStack();
  const serve = async (name: string, serverStream: Handlers<ChatMethods>["serverStream"]) => {
    const server = servers.use(createServer({ name, transport, log: null, clock }));
    server.add(Chat, serverStream === undefined ? {} : { serverStream });
    return (await server.listen()).address;
  };
  const model = servers.use(createClient(Chat, { target: await serve("model", leaf), transport, clock }));
  const target = await serve("agent", (input, call) => relay(model, input, call, clock));
  const agent = servers.use(createClient(Chat, { target, transport, clock, name: "gateway" }));
  const call = agent.serverStream(request("x"));
  const ended = call.ended();
  await call.next().catch(() => {});
  await call.next().catch(() => {});
  await ended;
  return call.error;
}

type Relay = (
  model: ReturnType<typeof createClient<ChatMethods>>,
  input: Parameters<NonNullable<Handlers<ChatMethods>["serverStream"]>>[0],
  call: Parameters<NonNullable<Handlers<ChatMethods>["serverStream"]>>[1],
  clock: FakeClock,
) => AsyncIterable<Response>;

const untilCancelled: NonNullable<Handlers<ChatMethods>["serverStream"]> = async function* (_input, call) {
  yield Response.create({ from: "model" });
  await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
};

describe("the answer of a relay whose own stream did not end well", () => {
  it("is a timeout, a cancel, and the relay's, if the relay's timer ended its stream", async () => {
    const error = await relayed(untilCancelled, async function* (model, input, _call, clock) {
      const below = model.serverStream(input, { timeoutMs: 100 });
      for await (const each of below) {
        yield each;
        clock.advance(100);
      }
    });
    expect(error?.message).toBe(
      "[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 100ms",
    );
    expect([isTimeout(error), isCanceled(error)]).toEqual([true, true]);
    expect(error).toMatchObject({ code: 12001, kind: "error", origin: "agent" });
    expect(error).toMatchObject({
      nested: { code: 12015, side: "client", path: null, message: "stream timeout, timeout in ctx: 100ms" },
      cancelId: expect.stringMatching(/^[0-9a-f]{16}$/),
      cancelledAt: expect.any(BigInt),
    });
  });

  it("says so through words that the relay put around it", async () => {
    const error = await relayed(untilCancelled, async function* (model, input) {
      const below = model.serverStream(input);
      await below.next();
      below.cancel(new Error("enough"));
      yield* (async function* () {
        try {
          yield* below;
        } catch (cause) {
          throw new Error(`call model: ${(cause as Error).message}`, { cause });
        }
      })();
    });
    expect([isTimeout(error), isCanceled(error)]).toEqual([false, true]);
    expect(error).toMatchObject({ origin: "agent", nested: { code: 12008, message: "enough" } });
  });

  it("is only an error where the relay kept the end to itself, or failed by itself", async () => {
    const kept = await relayed(untilCancelled, async function* (model, input) {
      const below = model.serverStream(input);
      await below.next();
      below.cancel();
      yield* (async function* () {
        await below.next().catch((cause) => {
          throw new Error("no answer today", { cause });
        });
      })();
    });
    expect(kept).toMatchObject({ code: 12001, origin: null, nested: null, cancelId: null });
    const own = await relayed(untilCancelled, () => {
      throw new Error("backend refused");
    });
    expect(own).toMatchObject({ code: 12001, origin: null, nested: null, cancelId: null });
    expect([isTimeout(own), isCanceled(own)]).toEqual([false, false]);
  });
});
