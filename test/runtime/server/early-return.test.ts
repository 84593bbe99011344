import { describe, expect, it } from "vitest";
import { BusinessError, createClient, createServer, memoryTransport } from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";

describe("a handler that returns before the client has half-closed", () => {
  it.each([
    { how: "well", end: () => null },
    { how: "with an error", end: () => new Error("model backend: connection refused") },
    { how: "with a business error", end: () => new BusinessError(7, "no more") },
  ])("$how ends its own reading with 12012, not with a half-close nobody sent", async ({ end }) => {
    const transport = memoryTransport();
    const read = Promise.withResolvers<unknown>();
    await using server = createServer({ name: "ServiceB", transport, log: null });
    server.add(Chat, {
      async *bidiStream(requests) {
        const iterator = requests[Symbol.asyncIterator]();
        await iterator.next();
        yield Response.create({ from: "ServiceB" });
        iterator.next().then(read.resolve, read.resolve);
        const error = end();
        if (error !== null) throw error;
      },
    });
    await server.listen({ path: "memory:b" });
    await using client = createClient(Chat, { target: "memory:b", transport, name: "ServiceA" });
    const call = client.bidiStream();
    await call.send(request("hi"));
    await call.next();
    await call.next().catch(() => {});
    expect(((await read.promise) as Error).message).toBe(
      "[ttstream error, code=12012] [server-side stream] canceled by business handler returning",
    );
  });
});
