import { describe, expect, it } from "vitest";
import { createClient, createServer, memoryTransport } from "../../src/runtime/index.ts";
import { watch } from "../support/chain.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { type Point, Traced, until } from "./traced.ts";

/** A service that answers `count` times, or waits for its cancel where it is 0. */
async function startLeaf() {
  const transport = memoryTransport();
  const server = createServer({ name: "ServiceB", transport, log: null });
  server.add(Chat, {
    async *serverStream({ count }, call) {
      for (let i = 0n; i < count; i += 1n) yield Response.create();
      if (count > 0n) return;
      yield Response.create();
      await watch(call, () => {});
    },
  });
  await server.listen({ path: "memory:B" });
  const clients = new Map<string, ReturnType<typeof createClient<(typeof Chat)["methods"]>>>();
  return {
    client(name: string) {
      const client = clients.get(name) ?? createClient(Chat, { target: "memory:B", transport, name });
      clients.set(name, client);
      return client;
    },
    async cancel(name: string) {
      const call = this.client(name).serverStream(request("x"));
      await call.next();
      call.cancel();
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients.values()) await client.close();
      await server.close({ graceMs: 0 });
    },
  };
}

describe("the count of cancels", () => {
  it("has one for a cancel, however many streams and sides of the process it reaches", async () => {
    await using traced = new Traced();
    await using leaf = await startLeaf();
    await leaf.cancel("ServiceA");
    await leaf.cancel("ServiceA");
    await until(() => traced.named("ChatService/ServerStream").length === 4);
    expect(await traced.points("streamscope.cancels")).toMatchObject([
      {
        value: 2,
        attributes: {
          "streamscope.cancel.origin": "ServiceA",
          "streamscope.cancel.kind": "cancel",
          "streamscope.cancel.role": "origin",
        },
      },
    ]);
  });

  it("has the role of the service where the cancel came from elsewhere", async () => {
    await using leaf = await startLeaf();
    // Opened before the instrumentation is there: only the server's side is seen, as where the caller is another process.
    await using traced = new Traced({ enabled: false });
    const call = leaf.client("ServiceA").serverStream(request("x"));
    traced.instrumentation.enable();
    await call.next();
    call.cancel();
    await until(() => traced.named("ChatService/ServerStream").length === 1);
    expect(await traced.points("streamscope.cancels")).toMatchObject([
      { value: 1, attributes: { "streamscope.cancel.origin": "ServiceA", "streamscope.cancel.role": "leaf" } },
    ]);
  });

  it("knows 200 origins by name; further ones are other", async () => {
    await using traced = new Traced();
    await using leaf = await startLeaf();
    for (let i = 0; i < 203; i += 1) await leaf.cancel(`Service${i}`);
    await until(() => traced.named("ChatService/ServerStream").length === 406);
    const points = await traced.points("streamscope.cancels");
    const values = new Map(points.map((point) => [point.attributes["streamscope.cancel.origin"], point.value]));
    expect(values.size).toBe(201);
    expect(values.get("other")).toBe(3);
  }, 60_000);
});

describe("the time a cancel takes", () => {
  it("is measured in seconds where it arrives", async () => {
    await using traced = new Traced();
    await using leaf = await startLeaf();
    await leaf.cancel("ServiceA");
    await until(() => traced.named("ChatService/ServerStream").length === 2);
    const [point] = await traced.points("streamscope.cancel.propagation.duration");
    const { count, sum } = (point as Point).value as { count: number; sum: number };
    expect(count).toBe(1);
    expect(sum).toBeGreaterThanOrEqual(0);
    expect(sum).toBeLessThan(10);
  });
});

describe("the messages a cancel saved", () => {
  it("are what streams of the method usually send, less what this one sent", async () => {
    await using traced = new Traced();
    await using leaf = await startLeaf();
    for (const count of [10n, 20n]) {
      for await (const _ of leaf.client("ServiceA").serverStream(request("x", { count })));
    }
    await leaf.cancel("ServiceA");
    await until(() => traced.named("ChatService/ServerStream").length === 6);
    expect(await traced.points("streamscope.cancel.saved_messages")).toMatchObject([
      { value: 14, attributes: { "streamscope.cancel.kind": "cancel", "rpc.method": "ChatService/ServerStream" } },
    ]);
  });

  it("are none while no stream of the method has ended well", async () => {
    await using traced = new Traced();
    await using leaf = await startLeaf();
    await leaf.cancel("ServiceA");
    await until(() => traced.named("ChatService/ServerStream").length === 2);
    expect(await traced.points("streamscope.cancel.saved_messages")).toEqual([]);
  });
});
