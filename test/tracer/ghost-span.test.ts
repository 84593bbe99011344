import { describe, expect, it } from "vitest";
import { createClient, createServer, memoryTransport } from "../../src/runtime/index.ts";
import { watch } from "../support/chain.ts";
import { Chat, Response, request } from "../support/chat.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { Traced, until } from "./traced.ts";

/** A cancelled call whose handler goes on until it is let go, and produces a message then. */
async function startGhost() {
  const clock = new FakeClock();
  const transport = memoryTransport();
  const release = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<unknown>();
  const server = createServer({ name: "ServiceB", transport, clock, log: null });
  server.add(Chat, {
    async *serverStream(_input, call) {
      yield Response.create();
      await watch(call, cancelled.resolve);
      await release.promise;
      yield Response.create();
    },
  });
  await server.listen({ path: "memory:B" });
  const client = createClient(Chat, { target: "memory:B", transport, clock, name: "ServiceA" });
  const call = client.serverStream(request("x"));
  await call.next();
  call.cancel();
  await cancelled.promise;
  return {
    clock,
    release: release.resolve,
    async [Symbol.asyncDispose]() {
      release.resolve();
      await client.close();
      await server.close({ graceMs: 0 });
    },
  };
}

describe("a handler that goes on after the cancel", () => {
  it("has a ghost span a second later, while it still runs, and a final one at its end", async () => {
    await using traced = new Traced();
    await using work = await startGhost();
    work.clock.advance(999);
    expect(traced.named("ghost")).toHaveLength(0);
    work.clock.advance(1);
    const [first] = traced.named("ghost");
    expect(first?.kind).toBe("INTERNAL");
    expect(first?.attributes).toMatchObject({ "streamscope.ghost.duration_ms": 1000, "streamscope.ghost.messages": 0 });
    expect(first?.durationNs).toBe(1_000_000_000);
    work.clock.advance(2500);
    work.release();
    await until(() => traced.named("ChatService/ServerStream").length === 2);
    const ghosts = traced.named("ghost");
    expect(ghosts).toHaveLength(2);
    expect(ghosts[1]?.attributes).toMatchObject({
      "streamscope.ghost.duration_ms": 3500,
      "streamscope.ghost.messages": 1,
      "streamscope.cancel.origin": "ServiceA",
      "streamscope.cancel.kind": "cancel",
    });
    const server = traced.one((span) => span.kind === "SERVER");
    const cancel = traced.one((span) => span.attributes["streamscope.cancel.side"] === "server");
    for (const ghost of ghosts) {
      expect(ghost.parent?.spanId).toBe(server.context.spanId);
      expect(ghost.links.map((link) => link.spanId)).toEqual([cancel.context.spanId]);
      expect(ghost.attributes["streamscope.cancel.id"]).toBe(cancel.attributes["streamscope.cancel.id"]);
    }
  });

  it("has none where it stops in time", async () => {
    await using traced = new Traced();
    await using work = await startGhost();
    work.clock.advance(900);
    work.release();
    await until(() => traced.named("ChatService/ServerStream").length === 2);
    work.clock.advance(5000);
    expect(traced.named("ghost")).toHaveLength(0);
  });

  it("counts its messages once in the metric", async () => {
    await using traced = new Traced();
    await using work = await startGhost();
    work.clock.advance(1000);
    work.release();
    await until(() => traced.named("ChatService/ServerStream").length === 2);
    expect(await traced.points("streamscope.ghost.messages")).toMatchObject([
      {
        value: 1,
        attributes: { "streamscope.cancel.origin": "ServiceA", "rpc.method": "ChatService/ServerStream" },
      },
    ]);
  });
});
