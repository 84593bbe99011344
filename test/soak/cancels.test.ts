import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createClient, createServer } from "../../src/runtime/index.ts";
import { watch } from "../support/chain.ts";
import { Chat, Response, request } from "../support/chat.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

describe("100,000 quick cancels on one connection", () => {
  it("hurt none of ten healthy streams beside them and leave no memory behind", async () => {
    const server = createServer({ name: "ServiceB", log: null });
    server.add(Chat, {
      async *serverStream({ message }, call) {
        if (message !== "healthy") {
          yield Response.create({ message });
          await watch(call, () => {});
          return;
        }
        for (let seq = 1n; !call.signal.aborted; seq += 1n) {
          yield Response.create({ message, seq });
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      },
    });
    const { address } = await server.listen();
    const client = createClient(Chat, { target: address, name: "ServiceA" });
    const stop = new AbortController();
    let alive = 10;
    let last = 0n;
    const healthy = Array.from({ length: 10 }, async () => {
      let expected = 1n;
      try {
        for await (const { seq } of client.serverStream(request("healthy"), { signal: stop.signal })) {
          if (seq !== expected) throw new Error(`message ${seq} instead of ${expected}`);
          expected += 1n;
          last = seq;
        }
      } catch {
        if (!stop.signal.aborted) alive -= 1;
      }
    });
    const cancelMany = async (count: number) => {
      let left = count;
      const one = async () => {
        while (left > 0) {
          left -= 1;
          const call = client.serverStream(request("x"));
          await call.next();
          call.cancel();
        }
      };
      await Promise.all(Array.from({ length: 50 }, one));
    };
    await cancelMany(20_000);
    collect();
    const before = process.memoryUsage().heapUsed;
    await cancelMany(100_000);
    const seen = last;
    await new Promise((resolve) => setTimeout(resolve, 100));
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
    expect([alive, last > seen, server.callCount]).toEqual([10, true, 10]);
    stop.abort();
    await Promise.all(healthy);
    await client.close();
    await server.close({ graceMs: 0 });
  });
});
