/**
 * A service or a caller of the ChatService for tests of tracing. It knows nothing of tracing itself:
 *
 *     node --import streamscope/register main.ts serve --name ServiceB [--next HOST:PORT]
 *     node --import streamscope/register main.ts call --name ServiceA --to HOST:PORT [--cancel-after MESSAGES] [--intent WORD]
 *
 * `serve` listens on a free port and says where in a line of JSON, and when a handler has ended; it ends on SIGTERM. Without --next it is a leaf that answers until it
 * is cancelled. `call` makes one server-streaming call, cancels it after so many messages, and ends by itself.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient, createServer } from "../../../src/runtime/index.ts";
import { Chat, Response, request } from "../../support/chat.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: "string", default: "ServiceB" },
    next: { type: "string" },
    to: { type: "string", default: "" },
    "cancel-after": { type: "string", default: "3" },
    intent: { type: "string" },
  },
});

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

async function call(): Promise<void> {
  const client = createClient(Chat, { target: values.to, name: values.name });
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
  await client.close();
}

await (positionals[0] === "serve" ? serve() : call());
