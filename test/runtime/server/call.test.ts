import { afterEach, describe, expect, it } from "vitest";
import {
  addInstrument,
  type CancelEvent,
  createClient,
  createServer,
  memoryTransport,
  type Pipe,
  type ServerCall,
} from "../../../src/runtime/index.ts";
import { watch } from "../../support/chain.ts";
import { Chat, Response, request } from "../../support/chat.ts";

const removers: (() => void)[] = [];
afterEach(() => {
  for (const remove of removers.splice(0)) remove();
});

describe("a server whose caller is gone without a word", () => {
  it("is the origin of what it ends: kind disconnect, nothing travels on this stream", async () => {
    const events: CancelEvent[] = [];
    removers.push(addInstrument({ cancelling: (event) => void events.push(event) }));
    const transport = memoryTransport();
    const pipes: Pipe[] = [];
    const dialling = {
      ...transport,
      async dial(address: string, timeoutMs: number): Promise<Pipe> {
        const pipe = await transport.dial(address, timeoutMs);
        pipes.push(pipe);
        return pipe;
      },
    };
    await using server = createServer({ name: "ServiceB", transport, log: null });
    const calls: ServerCall[] = [];
    const cancelled = Promise.withResolvers<void>();
    server.add(Chat, {
      async *serverStream(_input, call) {
        calls.push(call);
        yield Response.create();
        await watch(call, () => cancelled.resolve());
      },
    });
    await server.listen({ path: "b" });
    await using client = createClient(Chat, { target: "b", transport: dialling, name: "ServiceA" });
    await client.serverStream(request("x")).next();
    pipes[0]?.destroy();
    await cancelled.promise;
    expect(events.filter((event) => event.side === "server")).toMatchObject([
      {
        direction: "local",
        role: "origin",
        code: 12013,
        kind: "disconnect",
        origin: "ServiceB",
        external: "ServiceA, the caller of ServiceB",
        path: [],
        upstream: null,
      },
    ]);
    expect(events[0]?.cancelId).toMatch(/^[0-9a-f]{16}$/);
    expect(calls[0]?.exception?.cancelId).toBe(events.find((event) => event.side === "server")?.cancelId);
  });
});
