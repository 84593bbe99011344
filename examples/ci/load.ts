/**
 * A load test of a chain of two: `node examples/ci/load.ts LOGS [--slow]`. Twenty users stream from a model; every fifth closes the tab. With
 * `--slow` the model is slower than what one of them waits for. Both ends log their errors to the folder LOGS.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createClient, createServer, StreamException } from "streamscope/runtime";
import { ChatService } from "../runtime/chat.ts";

const USERS = 20;
const [logs = "logs", ...flags] = process.argv.slice(2);
const slow = flags.includes("--slow");
mkdirSync(logs, { recursive: true });

function log(service: string, error: unknown): void {
  if (!StreamException.is(error)) throw error;
  const line = { time: new Date().toISOString(), level: "error", service, msg: "stream failed", err: error.message };
  appendFileSync(join(logs, `${service}.log`), `${JSON.stringify(line)}\n`);
}

await using server = createServer({ name: "model" });
server.add(ChatService, {
  async *generate({ text, maxTokens = 5 }, call) {
    try {
      for (let index = 0n; index < maxTokens; index += 1n) {
        await wait(2, undefined, { signal: call.signal });
        yield { text: `${text}#${index}`, index };
      }
    } finally {
      if (call.exception !== null) log("model", call.exception);
    }
  },
  async *talk(prompts) {
    for await (const { text } of prompts) yield { text, index: 0n };
  },
});
const { address } = await server.listen({ host: "127.0.0.1", port: 0 });
await using model = createClient(ChatService, { target: address, name: "gateway" });

async function user(number: number): Promise<void> {
  const tab = new AbortController();
  const closes = number % 5 === 4;
  const waits = slow && number === 7;
  const answer = model.generate(
    { text: `user ${number}`, maxTokens: closes || waits ? 1_000_000 : 5 },
    { signal: tab.signal, timeoutMs: waits ? 100 : 60_000 },
  );
  try {
    for await (const { index } of answer) if (closes && index === 2n) tab.abort();
  } catch (error) {
    log("gateway", error);
  }
}

await Promise.all(Array.from({ length: USERS }, (_, number) => user(number)));
