/** The work of cancels.test.ts: prints its outcome as one line of JSON. */
import { subscribe } from "node:diagnostics_channel";
import {
  CHANNELS,
  type ConnectionEvent,
  createClient,
  createServer,
  StreamException,
} from "../../src/runtime/index.ts";
import { Chat, Response, request } from "../support/chat.ts";

const CANCELS = 100_000;
const AT_A_TIME = 100;
const HEALTHY = 10;

let connections = 0;
subscribe(CHANNELS.connectionOpen, (event) => {
  if ((event as ConnectionEvent).side === "client") connections += 1;
});

const server = createServer({ name: "ServiceB" });
server.add(Chat, {
  async *serverStream({ message }, call) {
    for (let seq = 1n; !call.signal.aborted; seq += 1n) {
      yield Response.create({ message, seq, from: "ServiceB" });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
});
const { address } = await server.listen();
const client = createClient(Chat, { target: address, name: "ServiceA" });

let stop = false;
const healthy = Array.from({ length: HEALTHY }, async (): Promise<number> => {
  let last = 0;
  try {
    for await (const { seq } of client.serverStream(request("healthy"))) {
      if (Number(seq) !== last + 1) return -1;
      last += 1;
      if (stop) return last;
    }
  } catch {
    return -1;
  }
  return -1;
});

let wrong = 0;

async function quick(index: number): Promise<void> {
  const abort = new AbortController();
  const stream = client.serverStream(request("quick"), { signal: abort.signal });
  // Some are given up before anything has left, some before the first response, some after it.
  if (index % 3 === 1) await new Promise((resolve) => setImmediate(resolve));
  if (index % 3 === 2) await stream.next();
  abort.abort();
  try {
    await stream.next();
    wrong += 1;
  } catch (error) {
    if (!StreamException.is(error) || error.code !== 12007) wrong += 1;
  }
}

const heaps: number[] = [];
for (let done = 0; done < CANCELS; done += AT_A_TIME) {
  await Promise.all(Array.from({ length: AT_A_TIME }, (_, index) => quick(done + index)));
  if (done % (CANCELS / 10) === CANCELS / 10 - AT_A_TIME) {
    globalThis.gc?.();
    heaps.push(process.memoryUsage().heapUsed);
  }
}
stop = true;
const counts = await Promise.all(healthy);
await client.close();
while (server.callCount > 0) await new Promise((resolve) => setImmediate(resolve));
process.stdout.write(JSON.stringify({ heaps, healthy: counts, wrong, connections, callsLeft: server.callCount }));
await server.close({ graceMs: 0 });
