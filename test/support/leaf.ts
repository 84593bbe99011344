import { type Client, createClient, createServer, type Server, type ServerCall } from "../../src/runtime/index.ts";
import { watch } from "./chain.ts";
import { Chat, type ChatMethods, Response } from "./chat.ts";
import { FakeClock } from "./fake-clock.ts";
import type { Wiretap } from "./wiretap.ts";

/** A service of one process, its client, and the calls it got. */
export interface Leaf extends AsyncDisposable {
  readonly server: Server;
  readonly client: Client<ChatMethods>;
  readonly calls: ServerCall[];
  readonly clock: FakeClock;
}

/** A service that answers once and then waits for its end; `calls` are its calls. */
export async function startLeaf(wire: Wiretap, clock: FakeClock = new FakeClock(), name = "ServiceB"): Promise<Leaf> {
  const calls: ServerCall[] = [];
  const ends: Promise<void>[] = [];
  const server = createServer({ name, transport: wire, clock, log: null });
  server.add(Chat, {
    async *serverStream({ message }, call) {
      calls.push(call);
      yield Response.create({ message });
      const done = watch(call, () => {});
      ends.push(done);
      await done;
    },
    async clientStream(_requests, call) {
      calls.push(call);
      await watch(call, () => {});
      return Response.create();
    },
  });
  await server.listen({ path: name });
  const client = createClient(Chat, { target: name, transport: wire, clock, name: "ServiceA" });
  return {
    server,
    client,
    calls,
    clock,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ graceMs: 0 });
    },
  };
}
