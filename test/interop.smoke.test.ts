import { describe, expect, it } from "vitest";
import { createClient, createServer, StreamException } from "../src/runtime/index.ts";
import { Chat, Response, request } from "./support/chat.ts";
import { cancelWithKitex, kitexPeer, serveKitex } from "./support/kitex.ts";

describe("with a real Kitex peer", () => {
  const program = kitexPeer();

  it.skipIf(program === null)("a stream and a cancel pass in both directions", { timeout: 120_000 }, async () => {
    if (program === null) return;
    const seen = Promise.withResolvers<StreamException>();
    await using server = createServer({ name: "ServiceB" });
    server.add(Chat, {
      async *serverStream({ message }, call) {
        call.signal.addEventListener("abort", () => seen.resolve(call.signal.reason as StreamException));
        for (let seq = 1n; !call.signal.aborted; seq += 1n) {
          yield Response.create({ message, seq, from: "ServiceB" });
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    });
    const { address } = await server.listen();
    const flags = ["--name", "ServiceA", "--cancel-after", "3"];
    const lines = await cancelWithKitex(program, address, flags, seen.promise);
    expect(lines.find((line) => line.event === "stream_error")?.code).toBe(12007);
    expect((await seen.promise).message).toContain("[server-side stream] [canceled path: ServiceA] user code");

    const kitex = await serveKitex(program, "ServiceC");
    await using peer = kitex.peer;
    await using chat = createClient(Chat, { target: kitex.address, name: "ServiceA" });
    const abort = new AbortController();
    const call = chat.serverStream(request("hello", { intervalUs: 1000n }), { signal: abort.signal });
    expect((await call.next()).value?.from).toBe("ServiceC");
    abort.abort(new Error("user closed the tab"));
    expect(StreamException.is(call.error)).toBe(true);
    const done = await peer.line((line) => line.event === "ctx_done");
    expect(done.error).toBe(
      "[ttstream error, code=12008] [server-side stream] [canceled path: ServiceA] user closed the tab",
    );
  });
});
