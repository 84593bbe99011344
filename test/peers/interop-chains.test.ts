import { describe, expect, it } from "vitest";
import {
  type Client,
  createClient,
  createServer,
  type Server,
  type ServerCall,
  type StreamException,
} from "../../src/runtime/index.ts";
import { DERIVES, type Derive, derive, watch } from "../support/chain.ts";
import { Chat, type ChatMethods, Response, request } from "../support/chat.ts";
import { callKitex, cancelWithKitex, freePort, kitexPeer, type PeerLine, serveKitex } from "../support/kitex.ts";

const program = kitexPeer() ?? "";
const M7 =
  "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively";

/** A relay of ours: what cancelled it, and what its downstream call ended with. */
async function startRelay(name: string, next: string, how: Derive, port = 0) {
  const cancelled = Promise.withResolvers<StreamException>();
  const downstream = Promise.withResolvers<StreamException>();
  const later = Promise.withResolvers<StreamException | null>();
  const server = createServer({ name, log: null });
  const below: Client<ChatMethods> = createClient(Chat, { target: next });
  server.add(Chat, {
    async *serverStream(input, call: ServerCall) {
      void watch(call, cancelled.resolve);
      const stream = below.serverStream(input, derive(how, call));
      try {
        for await (const response of stream) yield response;
      } finally {
        await stream.ended();
        downstream.resolve(stream.error as StreamException);
        await new Promise((resolve) => setTimeout(resolve, 2));
        const again = below.serverStream(input);
        await again.next().catch(() => {});
        later.resolve(again.error as StreamException);
        again.cancel();
      }
    },
  });
  const { address } = await server.listen({ port });
  return { server, below, address, cancelled: cancelled.promise, downstream: downstream.promise, later: later.promise };
}

async function startLeaf(name: string) {
  const cancelled = Promise.withResolvers<StreamException>();
  const server: Server = createServer({ name, log: null });
  server.add(Chat, {
    async *serverStream({ message }, call) {
      const done = watch(call, cancelled.resolve);
      for (let seq = 1n; seq <= 3n; seq += 1n) yield Response.create({ message, seq, from: name });
      await done;
    },
  });
  const { address } = await server.listen();
  return { server, address, cancelled: cancelled.promise };
}

describe.skipIf(program === "")("chains of Kitex and this runtime", () => {
  it.each(DERIVES)(
    "Kitex -> ours -> Kitex -> ours keeps the path from the true origin, signals derived by: %s",
    async (how) => {
      const d = await startLeaf("ServiceD");
      const c = await serveKitex(program, "ServiceC", ["--next", d.address, "--next-name", "ServiceD"]);
      await using _c = c.peer;
      const b = await startRelay("ServiceB", c.address, how);
      const flags = ["--name", "ServiceA", "--cancel-after", "2"];
      const lines = await cancelWithKitex(program, b.address, flags, b.cancelled);
      expect(lines.find((line) => line.event === "stream_error")?.error).toBe(
        `[ttstream error, code=12007] [client-side stream] ${M7}`,
      );
      expect((await b.cancelled).message).toBe(
        `[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] ${M7}`,
      );
      expect((await b.downstream).message).toBe(
        `[ttstream error, code=12007] [client-side stream] [canceled path: ServiceA] ${M7}`,
      );
      expect((await b.later)?.path).toEqual(["ServiceA"]);
      const done = await c.peer.line((line) => line.event === "ctx_done");
      expect(done.error).toBe(
        `[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA -> ServiceB] ${M7}`,
      );
      expect((await d.cancelled).message).toBe(
        `[ttstream error, code=12007] [server-side stream] [canceled path: ServiceA -> ServiceB -> ServiceC] ${M7}`,
      );
      await b.below.close();
      await b.server.close({ graceMs: 0 });
      await d.server.close({ graceMs: 0 });
    },
  );

  it.each(DERIVES)("ours -> Kitex -> ours -> Kitex keeps path and reason, signals derived by: %s", async (how) => {
    const d = await serveKitex(program, "ServiceD");
    await using _d = d.peer;
    const c = await startRelay("ServiceC", d.address, how, await freePort());
    const b = await serveKitex(program, "ServiceB", ["--next", c.address, "--next-name", "ServiceC"]);
    await using _b = b.peer;
    const client = createClient(Chat, { target: b.address, name: "ServiceA" });
    const abort = new AbortController();
    const call = client.serverStream(request("hi", { intervalUs: 2000n }), { signal: abort.signal });
    for (let i = 0; i < 3; i += 1) await call.next();
    abort.abort(new Error("user closed the tab"));
    const text = "user closed the tab";
    expect((await b.peer.line((line) => line.event === "ctx_done")).error).toBe(
      `[ttstream error, code=12008] [server-side stream] [canceled path: ServiceA] ${text}`,
    );
    expect((await c.cancelled).message).toBe(
      `[ttstream error, code=12008] [server-side stream] [canceled path: ServiceA -> ServiceB] ${text}`,
    );
    expect((await c.downstream).message).toBe(
      `[ttstream error, code=12008] [client-side stream] [canceled path: ServiceA -> ServiceB] ${text}`,
    );
    expect((await d.peer.line((line) => line.event === "ctx_done")).error).toBe(
      `[ttstream error, code=12008] [server-side stream] [canceled path: ServiceA -> ServiceB -> ServiceC] ${text}`,
    );
    await client.close();
    await c.below.close();
    await c.server.close({ graceMs: 0 });
  });

  it("our server never breaks a Kitex client's connection: no 12002, no healthy stream hurt", async () => {
    const server = createServer({ name: "ServiceB", log: null });
    server.add(Chat, {
      async *serverStream({ message }, call) {
        const sleep = /ServiceB:sleep=(\d+)ms/.exec(message)?.[1];
        if (sleep !== undefined) await new Promise((resolve) => setTimeout(resolve, Number(sleep)));
        for (let seq = 1n; !call.signal.aborted; seq += 1n) {
          yield Response.create({ message, seq, from: "ServiceB" });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
    });
    const { address } = await server.listen();
    const flags = "--mix 4 --parallel 8 --repeat 250 --cancel-after 30ms --quiet --message".split(" ");
    const lines = await callKitex(program, address, [...flags, "hi ServiceB:sleep=60ms"]);
    const errors = lines.filter((line) => line.event === "stream_error");
    const healthy = (line: PeerLine) => line.chain?.startsWith("healthy") === true;
    // The peer cancels the healthy ones itself at the very end; nothing else may have happened to them.
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set([12007]));
    expect(errors.filter((line) => !healthy(line))).toHaveLength(2000);
    const end = Math.max(...errors.filter((line) => !healthy(line)).map(({ ts }) => Date.parse(ts)));
    expect(errors.filter((line) => healthy(line) && Date.parse(line.ts) < end - 1000)).toEqual([]);
    expect(lines.filter((line) => line.event === "stream_open" && healthy(line))).toHaveLength(4);
    await server.close({ graceMs: 0 });
  });

  it("what a Kitex handler ends with arrives as Kitex's own client would show it", async () => {
    const leaf = await serveKitex(program, "ServiceK");
    await using _leaf = leaf.peer;
    await using client = createClient(Chat, { target: leaf.address, name: "ServiceA" });
    const end = async (message: string): Promise<string> => {
      try {
        for await (const _ of client.serverStream(request(message)));
        return "end";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await end("ServiceK:return-after=3")).toBe("end");
    expect(await end("ServiceK:err-after=3")).toBe(
      "[ttstream error, code=12001] [client-side stream] biz error: model backend: connection refused",
    );
    expect(await end("ServiceK:biz-after=3")).toBe("biz error: code=10001, msg=quota of the user is used up");
    expect(await end("ServiceK:panic-after=3")).toBe(
      "[ttstream error, code=12001] [client-side stream] panic: [happened in biz handler, method=ChatService.ServerStream, please check the panic at the server side] index out of range in prompt template",
    );
    leaf.peer.process.kill("SIGKILL");
    expect(await end("hi")).toMatch(/EOF peer close|dial tcp/);
  });
});
