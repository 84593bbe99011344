import { EventEmitter } from "node:events";
import { createServer as createHttpServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import {
  createClient,
  createScope,
  createServer,
  httpScope,
  memoryTransport,
  type StreamException,
} from "../../../src/runtime/index.ts";
import { allowCallSites } from "../../support/call-sites.ts";
import { DERIVES, startChain, watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";

const M7 =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

describe("who is the origin", () => {
  it.each(DERIVES)("A is, at every hop, when A aborts and relays derive their signals by: %s", async (derive) => {
    await using chain = await startChain({ derive });
    const abort = new AbortController();
    const call = chain.client.serverStream(request("hi"), { signal: abort.signal });
    await call.next();
    await chain.reached;
    abort.abort();
    await expect(call.next()).rejects.toThrow(`[ttstream error, code=12007] [client-side stream] ${M7}`);
    const paths = ["ServiceA", "ServiceA -> ServiceB", "ServiceA -> ServiceB -> ServiceC"];
    for (const [i, link] of chain.links.entries()) {
      const exception = await link.cancelled;
      expect(exception.message).toBe(
        `[ttstream error, code=12007] [server-side stream] [canceled path: ${paths[i]}] ${M7}`,
      );
      expect(exception.origin).toBe("ServiceA");
    }
    for (const [i, link] of chain.links.slice(0, -1).entries()) {
      const error = (await link.downstream) as StreamException;
      expect(error.message).toBe(
        `[ttstream error, code=12007] [client-side stream] [canceled path: ${paths[i]}] ${M7}`,
      );
      expect(error.cause).toBe(await link.cancelled);
    }
  });

  it("ends a call with its handler's cancel before its own signal says anything", async () => {
    await using chain = await startChain({ derive: "timer" });
    const call = chain.client.serverStream(request("hi"));
    await call.next();
    call.cancel();
    const [first] = chain.links;
    const expected = { origin: "ServiceA", path: ["ServiceA"], relayReason: null };
    expect(await first?.downstream).toMatchObject(expected);
  });

  it("keeps an own reason that came too late as relayReason", async () => {
    const transport = memoryTransport();
    await using server = createServer({ name: "ServiceB", transport, log: null });
    const below = createClient(Chat, { target: "nobody", transport });
    const late = Promise.withResolvers<Error | null>();
    server.add(Chat, {
      async *serverStream(_input, call) {
        yield Response.create();
        await watch(call, () => {});
        const made = below.serverStream(request("x"), { signal: AbortSignal.abort(new Error("cleaning up")) });
        await made.ended();
        late.resolve(made.error);
      },
    });
    const { address } = await server.listen();
    const call = createClient(Chat, { target: address, transport, name: "ServiceA" }).serverStream(request("x"));
    await call.next();
    call.cancel();
    expect(await late.promise).toMatchObject({ origin: "ServiceA", relayReason: "cleaning up" });
  });

  it("is this service when another downstream stream's exception is the reason; that stream is the trigger", async () => {
    const transport = memoryTransport();
    await using server = createServer({ name: "ServiceC", transport, log: null });
    const ended = Promise.withResolvers<StreamException>();
    server.add(Chat, {
      async *serverStream({ message }, call) {
        yield Response.create({ message });
        if (message === "fails") throw new Error("no capacity");
        await watch(call, ended.resolve);
      },
    });
    await server.listen({ path: "c" });
    await using client = createClient(Chat, { target: "c", transport, name: "ServiceB" });
    const abort = new AbortController();
    const sibling = client.serverStream(request("stays"), { signal: abort.signal });
    await sibling.next();
    const failing = client.serverStream(request("fails"));
    await failing.next();
    const failure = await failing.next().catch((error: StreamException) => error);
    abort.abort(failure);
    expect(sibling.error).toMatchObject({ origin: "ServiceB", code: 12008, trigger: failure });
    expect((await ended.promise).message).toBe(
      "[ttstream error, code=12008] [server-side stream] [canceled path: ServiceB] [ttstream error, code=12001] [client-side stream] biz error: no capacity",
    );
  });

  it("is the service whose handler returned while its streams were open", async () => {
    const transport = memoryTransport();
    await using leaf = createServer({ name: "ServiceC", transport, log: null });
    const ended = Promise.withResolvers<StreamException>();
    leaf.add(Chat, {
      async *serverStream({ message }, call) {
        yield Response.create({ message });
        await watch(call, ended.resolve);
      },
    });
    await leaf.listen({ path: "c" });
    await using below = createClient(Chat, { target: "c", transport });
    await using relay = createServer({ name: "ServiceB", transport, log: null });
    relay.add(Chat, {
      async unary(input) {
        const open = below.serverStream(input);
        await open.next();
        return Response.create({ message: "early" });
      },
    });
    await relay.listen({ path: "b" });
    await using client = createClient(Chat, { target: "b", transport, name: "ServiceA" });
    expect((await client.unary(request("x"))).message).toBe("early");
    expect((await ended.promise).message).toBe(
      "[ttstream error, code=12012] [server-side stream] [canceled path: ServiceB] canceled by business handler returning",
    );
  });

  it("is the HTTP edge itself, kind disconnect, when its client leaves", async () => {
    await using chain = await startChain();
    const response = Object.assign(new EventEmitter(), { writableFinished: false });
    const edge = chain.client;
    const scope = httpScope(response, { service: "ServiceA" });
    const call = scope.run(() => edge.serverStream(request("hi")));
    await call.next();
    response.emit("close");
    expect(call.error).toMatchObject({ code: 12013, kind: "disconnect", origin: "ServiceA", path: [] });
    expect(await chain.links[1]?.cancelled).toMatchObject({
      kind: "disconnect",
      origin: "ServiceA",
      path: ["ServiceA", "ServiceB"],
    });
  });

  it("is the HTTP edge even where its calls were given the request's own signal", async () => {
    await using chain = await startChain();
    const ended = Promise.withResolvers<StreamException>();
    const edge = createHttpServer((incoming, response) => {
      const scope = httpScope(response, { service: "ServiceA" });
      void scope.run(async () => {
        const given = "signal" in incoming ? { signal: incoming.signal as AbortSignal } : {};
        const call = chain.client.serverStream(request("hi"), given);
        await call.next();
        response.write("first");
        await call.ended();
        ended.resolve(call.error as StreamException);
      });
    });
    await new Promise<void>((resolve) => edge.listen(0, "127.0.0.1", resolve));
    const { port } = edge.address() as AddressInfo;
    const browser = get({ port, host: "127.0.0.1" }, (response) => response.once("data", () => browser.destroy()));
    browser.on("error", () => {});
    expect(await ended.promise).toMatchObject({ code: 12013, kind: "disconnect", origin: "ServiceA" });
    expect(await chain.links[0]?.cancelled).toMatchObject({ kind: "disconnect", path: ["ServiceA"] });
    edge.close();
  });

  it("is the service whose handler cancels its own call, upwards and downwards, with the line that did it", async () => {
    const transport = memoryTransport();
    await using server = createServer({ name: "ServiceB", transport, log: null });
    const seen = Promise.withResolvers<StreamException | null>();
    server.add(Chat, {
      async *serverStream(_input, call) {
        yield Response.create();
        await new Promise((resolve) => setImmediate(resolve));
        allowCallSites();
        call.cancel("quota of the user is used up");
        seen.resolve(call.exception);
      },
    });
    await server.listen({ path: "b" });
    await using client = createClient(Chat, { target: "b", transport, name: "ServiceA" });
    const call = client.serverStream(request("x"));
    await call.next();
    await expect(call.next()).rejects.toThrow(
      "[ttstream error, code=12008] [client-side stream] [canceled path: ServiceB] quota of the user is used up",
    );
    expect((await seen.promise)?.callSite?.file).toBe(import.meta.filename);
  });

  it("is `non-ttstream path` only where a foreign caller cannot be named", async () => {
    await using chain = await startChain();
    const { client } = chain;
    using unnamed = createScope({ service: "ServiceA", caller: null });
    using named = createScope({ service: "ServiceA", caller: "Queue" });
    const first = client.serverStream(request("hi"), { parent: unnamed });
    await first.next();
    unnamed.cancel(new Error("rpc error: code = 1 desc = gone"));
    expect(first.error?.message).toBe(
      "[ttstream error, code=12011] [client-side stream] [canceled path: non-ttstream path] rpc error: code = 1 desc = gone",
    );
    expect((await chain.links[0]?.cancelled)?.path).toEqual(["non-ttstream path", "ServiceA"]);
    const second = client.serverStream(request("hi"), { parent: named });
    await second.next();
    named.cancel();
    expect(second.error).toMatchObject({ code: 12007, origin: "Queue", path: ["Queue"] });
  });
});
