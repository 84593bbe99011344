import { describe, expect, it } from "vitest";
import { BusinessError, createClient, createServer, DialError } from "../../../src/runtime/index.ts";
import type { Frame } from "../../../src/runtime/wire/index.ts";
import { startChain, watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";
import { startLeaf } from "../../support/leaf.ts";
import { Wiretap } from "../../support/wiretap.ts";

describe("rule 6: cancel ids and chain ids", () => {
  it("are the same at every hop", async () => {
    const wire = new Wiretap();
    await using chain = await startChain({ transport: wire });
    const call = chain.client.serverStream(request("x"));
    await call.next();
    await chain.reached;
    call.cancel();
    await chain.links[2]?.cancelled;
    const frames = wire.fromClient.filter((frame): frame is Frame => "strings" in frame);
    const rsts = frames.filter((frame) => frame.type === "rst");
    const headers = frames.filter((frame) => frame.type === "header");
    expect(rsts).toHaveLength(3);
    expect(new Set(rsts.map(({ strings }) => strings.get("sscid"))).size).toBe(1);
    expect(new Set(rsts.map(({ strings }) => strings.get("ssat"))).size).toBe(1);
    expect(rsts[0]?.strings.get("ssat")).toMatch(/^\d{19}$/);
    const chains = new Set(headers.map(({ strings }) => strings.get("RPC_PERSIST_SSCHAIN")));
    expect([...chains]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  });
});

describe("rule 7: nothing hangs, nothing is poisoned", () => {
  it("an unknown method or service gets an exception trailer", async () => {
    const wire = new Wiretap();
    await using leaf = await startLeaf(wire);
    await expect(leaf.client.unary(request("x"))).rejects.toThrow(
      "[ttstream error, code=12001] [client-side stream] unknown method Unary",
    );
  });

  it("a refused dial fails its own call only", async () => {
    const wire = new Wiretap();
    await using client = createClient(Chat, { target: "ServiceB", transport: wire, name: "ServiceA" });
    const failure = await client.unary(request("x")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DialError);
    expect((failure as Error).message).toBe("remote or network error: dial tcp ServiceB: connection refused");
    await using leaf = await startLeaf(wire);
    expect((await client.serverStream(request("x")).next()).value?.message).toBe("x");
    expect(leaf.calls).toHaveLength(1);
  });

  it("a business error stays one through every relay that returns it", async () => {
    const wire = new Wiretap();
    const leaf = createServer({ name: "ServiceC", transport: wire, log: null });
    leaf.add(Chat, {
      // biome-ignore lint/correctness/useYield: a handler that only fails
      async *serverStream() {
        throw new BusinessError(10001, "used up", { user: "u-17" });
      },
    });
    await leaf.listen({ path: "c" });
    const below = createClient(Chat, { target: "c", transport: wire });
    const relay = createServer({ name: "ServiceB", transport: wire, log: null });
    relay.add(Chat, { serverStream: (input) => below.serverStream(input) });
    await relay.listen({ path: "b" });
    const client = createClient(Chat, { target: "b", transport: wire, name: "ServiceA" });
    const failure = await client
      .serverStream(request("x"))
      .next()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "BusinessError", status: 10001, text: "used up", extra: { user: "u-17" } });
    for (const each of [client, below, relay, leaf]) await each.close();
  });
});

describe("rule 8: bounded memory without deadlock", () => {
  it("a producer waits for a reader that does not read", async () => {
    const wire = new Wiretap();
    const server = createServer({ name: "ServiceB", transport: wire, log: null });
    let produced = 0;
    server.add(Chat, {
      async *serverStream({ message }) {
        for (;;) {
          produced += 1;
          yield Response.create({ message, payload: Buffer.alloc(4096) });
        }
      },
      unary: (input) => Response.create({ message: input.message }),
    });
    await server.listen({ path: "b" });
    await using client = createClient(Chat, { target: "b", transport: wire, name: "ServiceA" });
    const stuck = client.serverStream(request("x"));
    await stuck.next();
    // Other calls go through all the time, and the stuck producer stands still at its window.
    for (let i = 0; i < 50; i += 1) await client.unary(request("y"));
    expect(produced * 4096).toBeLessThan(1.3 * 1024 * 1024);
    const before = produced;
    for (let i = 0; i < 200; i += 1) await stuck.next();
    await client.unary(request("y"));
    expect(produced).toBeGreaterThan(before);
    stuck.cancel();
    await server.close({ graceMs: 0 });
  });

  it("streams and handlers beyond their limits are refused with an exception of type 6", async () => {
    const wire = new Wiretap();
    const server = createServer({ name: "ServiceB", transport: wire, log: null, limits: { handlers: 1 } });
    server.add(Chat, {
      async *serverStream(_input, call) {
        yield Response.create();
        await watch(call, () => {});
      },
    });
    await server.listen({ path: "b" });
    await using client = createClient(Chat, { target: "b", transport: wire, name: "ServiceA" });
    const first = client.serverStream(request("x"));
    await first.next();
    await expect(client.serverStream(request("x")).next()).rejects.toThrow(
      "[ttstream error, code=12001] [client-side stream] stream refused: ServiceB runs 1 handlers already",
    );
    first.cancel();
    await server.close();
  });
});

describe("rule 9: shutdown says who and why", () => {
  it("upwards and downwards", async () => {
    await using chain = await startChain();
    const call = chain.client.serverStream(request("x"));
    await call.next();
    await chain.reached;
    await chain.links[1]?.server.close({ graceMs: 0 });
    const text = "canceled by downstream: ServiceC is shutting down";
    expect(await chain.links[2]?.cancelled).toMatchObject({ code: 12009, kind: "shutdown", text, path: ["ServiceC"] });
    expect(await chain.links[0]?.downstream).toMatchObject({ code: 12009, side: "client", text, path: ["ServiceC"] });
    await expect(call.next()).rejects.toThrow(
      `biz error: [ttstream error, code=12009] [client-side stream] [canceled path: ServiceC] ${text}`,
    );
  });

  it("and lets handlers finish first", async () => {
    const wire = new Wiretap();
    const server = createServer({ name: "ServiceB", transport: wire, log: null });
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    server.add(Chat, {
      async unary() {
        started.resolve();
        await gate.promise;
        return Response.create({ message: "done" });
      },
    });
    await server.listen({ path: "b" });
    await using client = createClient(Chat, { target: "b", transport: wire, name: "ServiceA" });
    const answer = client.unary(request("x")).response();
    await started.promise;
    const closed = server.close();
    gate.resolve();
    expect((await answer).message).toBe("done");
    await closed;
  });
});
