import { channel } from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";
import {
  addInstrument,
  type CancelEvent,
  CHANNELS,
  createClient,
  createServer,
  type GhostEvent,
  instrumentFailures,
  type ServerCall,
} from "../../../src/runtime/index.ts";
import { startChain, watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { Wiretap } from "../../support/wiretap.ts";

const removers: (() => void)[] = [];
afterEach(() => {
  for (const remove of removers.splice(0)) remove();
});

describe("hooks of a stream", () => {
  it("may add headers to a call and to its Rst, which the next hop reads", async () => {
    const wire = new Wiretap();
    const opened: string[] = [];
    const received: (string | undefined)[] = [];
    removers.push(
      addInstrument({
        clientOpen: (call, headers) => void headers.set("RPC_TRANSIT_traceparent", `tp-${call.self}`),
        serverOpen: (call, headers, run) => {
          opened.push(`${call.service}/${call.method} ${headers.get("RPC_TRANSIT_traceparent")}`);
          run();
        },
        cancelling: (event, headers) => {
          if (event.direction === "sent") headers.set("traceparent", `cancel-${event.call.self}`);
          else received.push(headers.get("traceparent"));
        },
      }),
    );
    await using chain = await startChain({ transport: wire });
    const call = chain.client.serverStream(request("x"));
    await call.next();
    await chain.reached;
    call.cancel();
    await chain.links[2]?.cancelled;
    expect(opened).toEqual(["ServiceA", "ServiceB", "ServiceC"].map((name) => `ChatService/ServerStream tp-${name}`));
    expect(received).toEqual(["cancel-ServiceA", "cancel-ServiceB", "cancel-ServiceC"]);
  });

  it("hear of each cancel at each side: roles, path, one id", async () => {
    const events: CancelEvent[] = [];
    removers.push(addInstrument({ cancelling: (event) => void events.push(event) }));
    await using chain = await startChain();
    const call = chain.client.serverStream(request("x"));
    await call.next();
    await chain.reached;
    call.cancel("enough");
    await chain.links[2]?.cancelled;
    expect(
      events.map((event) => [event.call.self, event.side, event.direction, event.role, event.path.join()]),
    ).toEqual([
      ["ServiceA", "client", "sent", "origin", "ServiceA"],
      ["ServiceB", "server", "received", "relay", "ServiceA"],
      ["ServiceB", "client", "sent", "relay", "ServiceA,ServiceB"],
      ["ServiceC", "server", "received", "relay", "ServiceA,ServiceB"],
      ["ServiceC", "client", "sent", "relay", "ServiceA,ServiceB,ServiceC"],
      ["ServiceD", "server", "received", "leaf", "ServiceA,ServiceB,ServiceC"],
    ]);
    expect(new Set(events.map(({ cancelId }) => cancelId)).size).toBe(1);
    expect(events.every(({ reason, kind, origin }) => `${reason} ${kind} ${origin}` === "enough cancel ServiceA")).toBe(
      true,
    );
    expect(events[2]?.call.parent).toBe(events[1]?.call);
  });

  it("that throw do no harm and are counted", async () => {
    const bad = () => {
      throw new Error("bug");
    };
    removers.push(addInstrument({ clientOpen: bad, serverOpen: bad, cancelling: bad, ended: bad }));
    const before = instrumentFailures().count;
    await using chain = await startChain();
    const call = chain.client.serverStream(request("x"));
    await call.next();
    call.cancel();
    await chain.links[2]?.cancelled;
    expect(instrumentFailures().count).toBeGreaterThan(before + 3);
  });

  it("hear of every stream's end exactly once, both sides", async () => {
    const ends: string[] = [];
    removers.push(
      addInstrument({ ended: (call, end) => void ends.push(`${call.side} ${end.by} ${call.sent} ${call.received}`) }),
    );
    const wire = new Wiretap();
    const server = createServer({ name: "B", transport: wire, log: null });
    server.add(Chat, { unary: () => Response.create() });
    await server.listen({ path: "b" });
    const client = createClient(Chat, { target: "b", transport: wire, name: "A" });
    await client.unary(request("x"));
    await client.close();
    await server.close();
    expect(ends.sort()).toEqual(["client trailer 1 1", "server trailer 1 1"]);
  });
});

describe("ghost work", () => {
  it("is reported one second after the cancel, and again at its end, with its messages", async () => {
    const clock = new FakeClock();
    const wire = new Wiretap();
    const ghosts: GhostEvent[] = [];
    removers.push(addInstrument({ ghost: (event) => void ghosts.push(event) }));
    const go = Promise.withResolvers<void>();
    const calls: ServerCall[] = [];
    const server = createServer({ name: "B", transport: wire, clock, log: null });
    server.add(Chat, {
      async *serverStream(_input, call) {
        calls.push(call);
        yield Response.create();
        await go.promise;
        yield Response.create();
      },
    });
    await server.listen({ path: "b" });
    const client = createClient(Chat, { target: "b", transport: wire, name: "A" });
    const stream = client.serverStream(request("x"));
    await stream.next();
    stream.cancel();
    await watch(calls[0] as ServerCall, () => {});
    clock.advance(999);
    expect(ghosts).toEqual([]);
    clock.advance(1);
    expect(ghosts.map(({ stage, durationMs, messages }) => [stage, durationMs, messages])).toEqual([
      ["running", 1000, 0],
    ]);
    go.resolve();
    clock.advance(500);
    await client.close();
    await server.close();
    expect(ghosts.map(({ stage, messages }) => [stage, messages])).toEqual([
      ["running", 0],
      ["ended", 1],
    ]);
  });
});

describe("diagnostics channels", () => {
  it("tell of streams, cancels and connections", async () => {
    const seen: string[] = [];
    const listeners = Object.values(CHANNELS).map((name) => {
      const listener = () => void seen.push(name);
      channel(name).subscribe(listener);
      return () => channel(name).unsubscribe(listener);
    });
    removers.push(...listeners);
    const wire = new Wiretap();
    const server = createServer({ name: "B", transport: wire, log: null });
    server.add(Chat, {
      async *serverStream(_input, call) {
        yield Response.create();
        await watch(call, () => {});
      },
    });
    await server.listen({ path: "b" });
    const client = createClient(Chat, { target: "b", transport: wire, name: "A" });
    const call = client.serverStream(request("x"));
    await call.next();
    call.cancel();
    await server.close();
    await client.close();
    const count = (name: string) => seen.filter((each) => each === name).length;
    expect(
      [CHANNELS.streamOpen, CHANNELS.streamEnd, CHANNELS.streamCancel, CHANNELS.connectionOpen].map(count),
    ).toEqual([2, 2, 2, 2]);
    expect(count(CHANNELS.connectionLost)).toBeGreaterThan(0);
  });
});
