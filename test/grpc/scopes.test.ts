import { describe, expect, it } from "vitest";
import { addInstrument, type CancelEvent, CHANNELS, StreamException } from "../../src/runtime/index.ts";
import { allowCallSites } from "../support/call-sites.ts";
import { ChatClient, ChatServer, endOf, relay, type Word } from "../support/grpc-chain.ts";

/** Collects so many cancels. */
function cancels(count: number) {
  const events: CancelEvent[] = [];
  const all = Promise.withResolvers<readonly CancelEvent[]>();
  const remove = addInstrument({
    cancelling: (event) => {
      events.push(event);
      if (events.length === count) all.resolve(events);
    },
  });
  return { events, all: all.promise, [Symbol.dispose]: remove };
}

/** ServiceB passes on to ServiceC, which answers once and waits. */
async function chain(relayName = "ServiceB") {
  const stack = new DisposableStack();
  const atLeaf = Promise.withResolvers<StreamException>();
  const c = stack.use(
    await new ChatServer("ServiceC", (call, scope) => {
      scope.signal.addEventListener("abort", () => atLeaf.resolve(scope.signal.reason));
      call.write({ text: scope.callers.join() });
    }).listen(),
  );
  const toC = stack.use(new ChatClient(c.address));
  const b = stack.use(await new ChatServer(relayName, relay(toC)).listen());
  const a = stack.use(new ChatClient(b.address, "ServiceA"));
  return { a, b, c, atLeaf: atLeaf.promise, [Symbol.dispose]: () => stack.dispose() };
}

describe("a chain of plain grpc-js services with the interceptors", () => {
  it("ends below where it is cancelled above, though no handler passes anything on", async () => {
    using services = await chain();
    using seen = cancels(4);
    allowCallSites();
    const call = services.a.generate("hi");
    call.once("data", () => call.cancel());
    await endOf(call);
    await services.atLeaf;
    const told = (await seen.all).map(({ call, side, direction, role, path, origin }) =>
      [call.self, side, direction, role, path.join(" -> "), origin].join(", "),
    );
    expect(told).toEqual([
      "ServiceA, client, sent, origin, ServiceA, ServiceA",
      "ServiceB, server, received, relay, ServiceA, ServiceA",
      "ServiceB, client, sent, relay, ServiceA -> ServiceB, ServiceA",
      // A reset carries no more than a number: whether B has begun it or passed it on cannot be known here.
      "ServiceC, server, received, leaf, non-ttstream path, ",
    ]);
    expect(seen.events[0]?.callSite?.file).toBe(import.meta.filename);
    expect(new Set(seen.events.map(({ call }) => call.chainId)).size).toBe(1);
  });

  it("names the caller of a reset as Kitex does, and says in the client's error what the handler heard", async () => {
    using services = await chain();
    const call = services.a.generate("hi");
    call.once("data", () => call.cancel());
    const error = await endOf(call);
    expect(error?.message).toMatch(/^1 CANCELLED: \[ttstream error, code=12007\] \[client-side stream\] /);
    const { message } = await services.atLeaf;
    expect(message).toBe(
      "[ttstream error, code=12011] [server-side stream] [canceled path: non-ttstream path] rpc error: code = 1 desc = transport: RSTStream Frame received with error code: CANCEL [triggered by ServiceB]",
    );
  });

  it("knows its callers, whatever their names are", async () => {
    using services = await chain("dienst „zwei“");
    const call = services.a.generate("hi");
    const word = await new Promise<Word>((resolve) => call.once("data", resolve));
    expect(word.text).toBe("ServiceA,dienst „zwei“");
    call.cancel();
    await endOf(call);
  });

  it("ends with the deadline of its first caller, which is the origin at every hop", async () => {
    using services = await chain();
    using seen = cancels(4);
    const error = await endOf(services.a.generate("hi", 150));
    expect(error?.message).toMatch(/^4 DEADLINE_EXCEEDED: /);
    const events = await seen.all;
    expect(events.map(({ kind, origin }) => `${kind} ${origin}`)).toEqual(Array(4).fill("deadline ServiceA"));
    expect(new Set(events.map(({ reason }) => reason)).size).toBe(1);
    expect(events.map(({ call, side, role }) => [call.self, side, role].join(" ")).sort()).toEqual([
      "ServiceA client origin",
      "ServiceB client relay",
      expect.stringMatching(/^ServiceB server (?:relay|leaf)$/),
      "ServiceC server leaf",
    ]);
  });

  it("tells a lost connection from a reset", async () => {
    using services = await chain();
    using seen = cancels(2);
    const call = services.b;
    const a = services.a.generate("hi");
    await new Promise((resolve) => a.once("data", resolve));
    const ended = endOf(a);
    (services.a.client.getChannel() as { close(): void }).close();
    call.server.forceShutdown();
    await ended;
    const [first] = await seen.all;
    expect(first).toMatchObject({ side: "server", kind: "disconnect", role: "origin", origin: "ServiceB" });
    expect(first?.external).toBe("ServiceA, the caller of ServiceB");
  });
});

describe("a call that is made in a handler", () => {
  it("ends with it once it has answered, and fails at once after that", async () => {
    using stack = new DisposableStack();
    const left = Promise.withResolvers<Error | null>();
    const late = Promise.withResolvers<Error | null>();
    const c = stack.use(await new ChatServer("ServiceC", (call) => call.write({ text: "first" })).listen());
    const toC = stack.use(new ChatClient(c.address));
    const b = stack.use(
      await new ChatServer("ServiceB", (call) => {
        const open = toC.generate("open");
        open.once("data", () => call.end());
        void endOf(open).then((error) => {
          left.resolve(error);
          void endOf(toC.generate("late")).then(late.resolve);
        });
      }).listen(),
    );
    const a = stack.use(new ChatClient(b.address, "ServiceA"));
    expect(await endOf(a.generate("hi"))).toBeNull();
    expect((await left.promise)?.message).toContain("code=12012");
    expect((await late.promise)?.message).toContain("code=12012");
  });

  it("outlives it where its client is detached", async () => {
    using stack = new DisposableStack();
    const left = Promise.withResolvers<Error | null>();
    const c = stack.use(
      await new ChatServer("ServiceC", (call) => {
        call.write({ text: "first" });
        setImmediate(() => call.end());
      }).listen(),
    );
    const toC = stack.use(new ChatClient(c.address, undefined, { detached: true }));
    const b = stack.use(
      await new ChatServer("ServiceB", (call) => {
        void endOf(toC.generate("open")).then(left.resolve);
        call.end();
      }).listen(),
    );
    const a = stack.use(new ChatClient(b.address, "ServiceA"));
    expect(await endOf(a.generate("hi"))).toBeNull();
    expect(await left.promise).toBeNull();
  });

  it("belongs to its own handler, though another call made the connection", async () => {
    using stack = new DisposableStack();
    const ends = new Map<string, Error | null>();
    const c = stack.use(await new ChatServer("ServiceC", (call) => call.write({ text: call.request.text })).listen());
    const toC = stack.use(new ChatClient(c.address));
    const b = stack.use(
      await new ChatServer("ServiceB", (call) => {
        const below = toC.generate(call.request.text);
        // Made in an event of the call below, which comes over a connection that the first handler has opened.
        below.once("data", () => {
          const again = toC.generate(`${call.request.text} again`);
          again.once("data", () => call.write({ text: "ready" }));
          void endOf(again).then((error) => ends.set(call.request.text, error));
        });
        below.on("error", () => {});
      }).listen(),
    );
    const a = stack.use(new ChatClient(b.address, "ServiceA"));
    const [first, second] = [a.generate("first"), a.generate("second")];
    await Promise.all([first, second].map((call) => new Promise((resolve) => call.once("data", resolve))));
    using seen = cancels(8);
    first.cancel();
    await endOf(first);
    await expect.poll(() => ends.has("first")).toBe(true);
    expect(ends.has("second")).toBe(false);
    second.cancel();
    await endOf(second);
    await expect.poll(() => ends.has("second")).toBe(true);
    expect(seen.events.every(({ exception }) => exception instanceof StreamException)).toBe(true);
  });
});

it("tells observers of streams as the runtime does", async () => {
  const { subscribe, unsubscribe } = await import("node:diagnostics_channel");
  const seen: string[] = [];
  const note = (message: unknown) => {
    const { call } = message as {
      call: { self: string; side: string; service: string; method: string; system: string };
    };
    seen.push(`${call.self} ${call.side} ${call.service}/${call.method} ${call.system}`);
  };
  subscribe(CHANNELS.streamOpen, note);
  try {
    using stack = new DisposableStack();
    const b = stack.use(await new ChatServer("ServiceB", (call) => call.end()).listen());
    const a = stack.use(new ChatClient(b.address, "ServiceA"));
    await endOf(a.generate("hi"));
  } finally {
    unsubscribe(CHANNELS.streamOpen, note);
  }
  expect(seen).toEqual(["ServiceA client chat.Chat/Generate grpc", "ServiceB server chat.Chat/Generate grpc"]);
});
