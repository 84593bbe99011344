import { describe, expect, it } from "vitest";
import { createClient, createServer, memoryTransport, runtimeLoad } from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve())));
const NOTHING = { connections: 0, streams: 0, queuedBytes: 0, unreadBytes: 0 };

describe("what a process has to do", () => {
  it("is counted for servers and clients: connections, streams, what waits to be sent and to be read", async () => {
    expect(runtimeLoad()).toEqual({ server: NOTHING, client: NOTHING });
    const transport = memoryTransport();
    const server = createServer({ name: "B", transport, log: null });
    const go = Promise.withResolvers<void>();
    server.add(Chat, {
      async *bidiStream(requests) {
        await go.promise;
        for await (const { message } of requests) yield Response.create({ message });
      },
    });
    const { address } = await server.listen();
    const client = createClient(Chat, { target: address, transport, name: "A" });
    const calls = [client.bidiStream(), client.bidiStream()];
    await calls[0]?.send(request("x", { payload: new Uint8Array(1000) }));
    void calls[0]?.send(request("x"));
    expect(runtimeLoad().client.queuedBytes).toBeGreaterThan(0);
    await turn();
    const { server: serving, client: calling } = runtimeLoad();
    expect([serving.connections, serving.streams, calling.connections, calling.streams]).toEqual([1, 2, 1, 2]);
    expect(serving.unreadBytes).toBeGreaterThan(1000);
    expect(calling.queuedBytes).toBe(0);
    go.resolve();
    for (const call of calls) {
      await call.closeSend();
      for await (const _ of call);
    }
    await client.close();
    await server.close();
    await turn();
    expect(runtimeLoad()).toEqual({ server: NOTHING, client: NOTHING });
  });
});
