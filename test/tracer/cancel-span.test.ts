import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { addInstrument, createClient, createServer, httpScope, memoryTransport } from "../../src/runtime/index.ts";
import { startChain, watch } from "../support/chain.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { type SeenSpan, Traced, until } from "./traced.ts";

const CANCEL = "cancel ChatService/ServerStream";

function at(spans: readonly SeenSpan[], side: string, path: string): SeenSpan {
  const span = spans.find(
    (each) =>
      each.attributes["streamscope.cancel.side"] === side &&
      (each.attributes["streamscope.cancel.path"] as string[]).join() === path,
  );
  if (span === undefined) throw new Error(`no ${side} span with path ${path}`);
  return span;
}

/** A chain of four services whose first cancels with `reason`; its cancel spans, once every stream has ended. */
async function cancelledChain(traced: Traced, reason?: unknown): Promise<readonly SeenSpan[]> {
  await using chain = await startChain();
  const call = chain.client.serverStream(request("x"));
  await call.next();
  call.cancel(reason);
  await until(() => traced.named("ChatService/ServerStream").length === 6);
  return traced.named(CANCEL);
}

describe("a cancel", () => {
  it("is one INTERNAL span per side and service, under the span of its stream, ended at once", async () => {
    await using traced = new Traced();
    const cancels = await cancelledChain(traced);
    expect(cancels).toHaveLength(6);
    const streams = traced.named("ChatService/ServerStream");
    for (const cancel of cancels) {
      expect(cancel.kind).toBe("INTERNAL");
      expect(cancel.durationNs).toBe(0);
      const parent = streams.find((stream) => stream.context.spanId === cancel.parent?.spanId);
      expect(parent?.kind.toLowerCase()).toBe(cancel.attributes["streamscope.cancel.side"]);
    }
    expect(new Set(streams.map((stream) => stream.parent?.spanId))).toHaveLength(6);
  });

  it("is linked to the cancel span of the hop before, over the wire and inside a service", async () => {
    await using traced = new Traced();
    const cancels = await cancelledChain(traced);
    const hops = [
      at(cancels, "client", "ServiceA"),
      at(cancels, "server", "ServiceA"),
      at(cancels, "client", "ServiceA,ServiceB"),
      at(cancels, "server", "ServiceA,ServiceB"),
      at(cancels, "client", "ServiceA,ServiceB,ServiceC"),
      at(cancels, "server", "ServiceA,ServiceB,ServiceC"),
    ];
    expect(hops[0]?.links).toEqual([]);
    for (const [i, hop] of hops.slice(1).entries()) {
      expect(hop.links.map((link) => link.spanId)).toEqual([hops[i]?.context.spanId]);
      expect(hop.links[0]?.traceId).toBe(hops[i]?.context.traceId);
    }
  });

  it("has the same id, code, kind, origin and words at every hop, and its own side, role and path", async () => {
    await using traced = new Traced();
    const cancels = await cancelledChain(traced, { intent: "user-stop", text: "the tab was closed" });
    const ids = new Set(cancels.map((each) => each.attributes["streamscope.cancel.id"]));
    expect(ids.size).toBe(1);
    for (const { attributes } of cancels) {
      expect(attributes).toMatchObject({
        "streamscope.cancel.code": 12008,
        "streamscope.cancel.kind": "cancel",
        "streamscope.cancel.origin": "ServiceA",
        "streamscope.cancel.reason": "the tab was closed",
        "streamscope.cancel.intent": "user-stop",
        "streamscope.cancel.intentional": true,
        "rpc.system.name": "kitex",
        "rpc.method": "ChatService/ServerStream",
      });
      expect(attributes["streamscope.cancel.elapsed_ms"]).toBeGreaterThanOrEqual(0);
    }
    const role = (side: string, path: string) => at(cancels, side, path).attributes["streamscope.cancel.role"];
    expect(role("client", "ServiceA")).toBe("origin");
    expect(role("server", "ServiceA")).toBe("relay");
    expect(role("client", "ServiceA,ServiceB")).toBe("relay");
    expect(role("server", "ServiceA,ServiceB,ServiceC")).toBe("leaf");
    const leaf = at(cancels, "server", "ServiceA,ServiceB,ServiceC").attributes["streamscope.cancel.description"];
    expect(leaf).toBe(
      "[ttstream error, code=12008] [server-side stream] [canceled path: ServiceA -> ServiceB -> ServiceC] the tab was closed",
    );
  });

  it("carries the runtime's own name of its service, on the spans of streams too", async () => {
    await using traced = new Traced();
    const cancels = await cancelledChain(traced);
    const self = (side: string, path: string) => at(cancels, side, path).attributes["streamscope.service.name"];
    expect(self("client", "ServiceA")).toBe("ServiceA");
    expect(self("server", "ServiceA")).toBe("ServiceB");
    expect(self("client", "ServiceA,ServiceB")).toBe("ServiceB");
    const streams = traced.named("ChatService/ServerStream");
    const names = streams.map((stream) => `${stream.kind} ${stream.attributes["streamscope.service.name"]}`);
    expect(names.sort()).toEqual([
      "CLIENT ServiceA",
      "CLIENT ServiceB",
      "CLIENT ServiceC",
      "SERVER ServiceB",
      "SERVER ServiceC",
      "SERVER ServiceD",
    ]);
  });

  it("says in words that an HTTP client outside left, at the edge only", async () => {
    await using traced = new Traced();
    await using chain = await startChain();
    const response = Object.assign(new EventEmitter(), { writableFinished: false });
    const edge = httpScope(response, { service: "gateway" });
    const call = edge.run(() => chain.client.serverStream(request("x")));
    await call.next();
    response.emit("close");
    await until(() => traced.named("ChatService/ServerStream").length === 6);
    const told = traced.named(CANCEL).map(({ attributes }) => attributes["streamscope.cancel.external"]);
    expect(told.filter((each) => each !== undefined)).toEqual(["the HTTP client of gateway"]);
    const first = traced.one(({ attributes }) => attributes["streamscope.cancel.external"] !== undefined);
    expect(first.attributes).toMatchObject({
      "streamscope.cancel.side": "client",
      "streamscope.cancel.kind": "disconnect",
    });
    expect(first.parent?.spanId).toBe(traced.one((span) => span.parent === undefined).context.spanId);
  });

  it("names the line that cancelled, at the origin only", async () => {
    await using traced = new Traced();
    const cancels = await cancelledChain(traced);
    const origin = at(cancels, "client", "ServiceA").attributes;
    expect(origin["code.file.path"]).toBe(import.meta.filename);
    expect(origin["code.function.name"]).toBe("cancelledChain");
    expect(origin["code.line.number"]).toBeGreaterThan(20);
    expect(at(cancels, "server", "ServiceA").attributes["code.file.path"]).toBeUndefined();
  });

  it("leaves status and error.type unset at every hop where somebody meant it, the text kept", async () => {
    await using traced = new Traced();
    await cancelledChain(traced);
    for (const span of traced.spans) {
      expect([span.status, span.text, span.attributes["error.type"]]).toEqual(["UNSET", undefined, undefined]);
    }
    for (const cancel of traced.named(CANCEL)) {
      expect(cancel.attributes["streamscope.cancel.description"]).toMatch(/^\[ttstream error, code=12007\]/);
    }
  });

  it("is ERROR with the text as description at every hop where a timer fired", async () => {
    await using traced = new Traced();
    await cancelledChain(traced, new DOMException("too late", "TimeoutError"));
    expect(traced.spans).toHaveLength(12);
    for (const span of traced.spans) {
      expect([span.status, span.attributes["error.type"]]).toEqual(["ERROR", "12015"]);
      expect(span.text).toMatch(/^\[ttstream error, code=12015\] \[(client|server)-side stream\]/);
    }
    for (const { text, attributes } of traced.named(CANCEL)) {
      expect(attributes["streamscope.cancel.description"]).toBe(text);
      expect(attributes["streamscope.cancel.intentional"]).toBe(false);
    }
  });

  it("is ERROR where the caller's connection was lost, at the service that noticed and at those below", async () => {
    await using traced = new Traced();
    const transport = memoryTransport();
    const links: { destroy(): void }[] = [];
    await using chain = await startChain({ transport, names: ["ServiceB", "ServiceC"] });
    const dialled = {
      listen: transport.listen.bind(transport),
      async dial(address: string, ms: number) {
        const link = await transport.dial(address, ms);
        links.push(link);
        return link;
      },
    };
    await using client = createClient(Chat, { target: "memory:ServiceB", transport: dialled, name: "ServiceA" });
    const call = client.serverStream(request("x"));
    await call.next();
    links[0]?.destroy();
    await chain.links[1]?.cancelled;
    await until(() => traced.named("ChatService/ServerStream").length === 4);
    const cancels = traced.named(CANCEL);
    expect(cancels.length).toBeGreaterThanOrEqual(3);
    for (const span of cancels) {
      expect([span.status, span.attributes["streamscope.cancel.kind"]]).toEqual(["ERROR", "disconnect"]);
    }
    const told = cancels.map(({ attributes }) => attributes["streamscope.cancel.external"]);
    expect(new Set(told)).toEqual(new Set(["ServiceA, the caller of ServiceB", undefined]));
    const lost = traced.one((span) => span.kind === "CLIENT" && span.parent === undefined);
    expect(lost.status).toBe("ERROR");
    expect(lost.text).toMatch(/code=1200[46]/);
  });

  it("that a server starts is an origin there and a leaf at its caller, linked", async () => {
    await using traced = new Traced();
    const transport = memoryTransport();
    const server = createServer({ name: "ServiceB", transport, log: null });
    server.add(Chat, {
      // biome-ignore lint/correctness/useYield: it cancels instead
      async *serverStream(_input, call) {
        call.cancel("no more quota");
      },
    });
    await server.listen({ path: "memory:B" });
    const client = createClient(Chat, { target: "memory:B", transport, name: "ServiceA" });
    await expect(client.serverStream(request("x")).next()).rejects.toThrow("no more quota");
    await until(() => traced.named("ChatService/ServerStream").length === 2);
    const [origin, leaf] = traced.named(CANCEL);
    expect(origin?.attributes).toMatchObject({
      "streamscope.cancel.role": "origin",
      "streamscope.cancel.side": "server",
      "streamscope.cancel.origin": "ServiceB",
    });
    expect(leaf?.attributes).toMatchObject({
      "streamscope.cancel.role": "leaf",
      "streamscope.cancel.side": "client",
      "streamscope.cancel.origin": "ServiceB",
    });
    expect(leaf?.links[0]?.spanId).toBe(origin?.context.spanId);
    await client.close();
    await server.close({ graceMs: 0 });
  });

  it("has no elapsed time where the frame did not say when the origin cancelled", async () => {
    await using traced = new Traced();
    const transport = memoryTransport();
    const server = createServer({ name: "ServiceB", transport, log: null });
    server.add(Chat, {
      async *serverStream(_input, call) {
        yield Response.create();
        await watch(call, () => {});
      },
    });
    await server.listen({ path: "memory:B" });
    const client = createClient(Chat, { target: "memory:B", transport, name: "ServiceA" });
    const call = client.serverStream(request("x"));
    await call.next();
    // As Kitex sends it: no instant.
    const remove = addInstrument({
      cancelling(event, headers) {
        if (event.direction === "sent") headers.delete("ssat");
      },
    });
    call.cancel();
    await until(() => traced.named("ChatService/ServerStream").length === 2);
    remove();
    const received = traced.one((span) => span.attributes["streamscope.cancel.side"] === "server");
    expect(received.attributes).not.toHaveProperty(["streamscope.cancel.elapsed_ms"]);
    await client.close();
    await server.close({ graceMs: 0 });
  });
});
