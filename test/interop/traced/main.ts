/**
 * A service or a caller of the ChatService for tests of tracing. It knows nothing of tracing itself:
 *
 *     node --import streamscope/register main.ts serve --name ServiceB [--next HOST:PORT]
 *     node --import streamscope/register main.ts call --name ServiceA --to HOST:PORT [--cancel-after MESSAGES] [--intent WORD] [--calls N]
 *
 * `serve` listens on a free port and says where in a line of JSON, and when a handler has ended; it ends on SIGTERM. Without --next it is a leaf that answers until it
 * is cancelled. `call` makes server-streaming calls, 16 at a time, cancels each after so many messages, and ends by itself.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Client, createClient, createServer } from "../../../src/runtime/index.ts";
import { Chat, type ChatMethods, Response, request } from "../../support/chat.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: "string", default: "ServiceB" },
    next: { type: "string" },
    to: { type: "string", default: "" },
    "cancel-after": { type: "string", default: "3" },
    intent: { type: "string" },
    calls: { type: "string", default: "1" },
  },
});

const AT_A_TIME = 16;

function say(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ service: values.name, ...line })}\n`);
}

async function serve(): Promise<void> {
  const next = values.next === undefined ? null : createClient(Chat, { target: values.next });
  const server = createServer({ name: values.name, log: null });
  server.add(Chat, {
    async *serverStream(input, call) {
      try {
        if (next !== null) {
          yield* next.serverStream(input);
          return;
        }
        for (let seq = 1n; ; seq += 1n) {
          yield Response.create({ message: input.message, seq, from: values.name });
          await pause(5, undefined, { signal: call.signal }).catch(() => {});
        }
      } finally {
        say({ event: "end" });
      }
    },
  });
  await server.listen({ host: "127.0.0.1" });
  say({ event: "listen", text: server.address });
}

async function callOnce(client: Client<ChatMethods>): Promise<void> {
  const stream = client.serverStream(request("hello"));
  let left = Number(values["cancel-after"]);
  try {
    for await (const _ of stream) {
      left -= 1;
      if (left > 0) continue;
      stream.cancel(values.intent === undefined ? undefined : { intent: values.intent });
    }
  } catch (error) {
    say({ event: "end", error: (error as Error).message });
  }
}

async function call(): Promise<void> {
  const client = createClient(Chat, { target: values.to, name: values.name });
  let left = Number(values.calls);
  const callOn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await callOnce(client);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, callOn));
  await client.close();
}

await (positionals[0] === "serve" ? serve() : call());
