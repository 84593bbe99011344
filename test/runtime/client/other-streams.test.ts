import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { createClient, createServer, memoryTransport } from "../../../src/runtime/index.ts";
import { watch } from "../../support/chain.ts";
import { Chat, type Request, Response, request } from "../../support/chat.ts";

/** A service that answers three times and then waits for its end, and what it was ended with. */
async function up() {
  const stack = new AsyncDisposableStack();
  const transport = memoryTransport();
  const ended = Promise.withResolvers<number>();
  const server = stack.use(createServer({ name: "B", transport, log: null }));
  server.add(Chat, {
    async *serverStream({ message }, call) {
      for (let seq = 1n; seq <= 3n; seq += 1n) yield Response.create({ message, seq });
      await watch(call, ({ code }) => ended.resolve(code));
    },
    async clientStream(requests) {
      let count = 0n;
      for await (const _ of requests) count += 1n;
      return Response.create({ seq: count });
    },
  });
  const { address } = await server.listen();
  const client = stack.use(createClient(Chat, { target: address, transport, name: "A" }));
  return { client, ended: ended.promise, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("a call given to streams of other kinds", () => {
  it("ends when a ReadableStream of it is cancelled", async () => {
    await using both = await up();
    const reader = ReadableStream.from(both.client.serverStream(request("x"))).getReader();
    expect((await reader.read()).value?.seq).toBe(1n);
    await reader.cancel(new Error("the tab was closed"));
    expect(await both.ended).toBe(12007);
  });

  it("ends when a Readable of it is destroyed", async () => {
    await using both = await up();
    const readable = Readable.from(both.client.serverStream(request("x")));
    readable.on("error", () => {});
    await new Promise((resolve) => readable.once("data", resolve));
    readable.destroy(new Error("the tab was closed"));
    expect(await both.ended).toBe(12007);
  });

  it("ends when the last part of a pipeline has seen enough", async () => {
    await using both = await up();
    const seen: bigint[] = [];
    await pipeline(
      both.client.serverStream(request("x")),
      async function* (responses: AsyncIterable<Response>) {
        for await (const { seq } of responses) yield seq;
      },
      async (numbers: AsyncIterable<bigint>) => {
        for await (const seq of numbers) if (seen.push(seq) === 2) break;
      },
    );
    expect(seen).toEqual([1n, 2n]);
    expect(await both.ended).toBe(12007);
  });

  it("takes its requests from them", async () => {
    await using both = await up();
    const requests: Request[] = [request("a"), request("b")];
    expect((await both.client.clientStream(Readable.from(requests))).seq).toBe(2n);
    expect((await both.client.clientStream(ReadableStream.from(requests))).seq).toBe(2n);
  });
});
