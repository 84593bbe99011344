/** The last service of the chain: `node examples/runtime/model.ts [PORT]`. */
import { setTimeout as wait } from "node:timers/promises";
import { createServer } from "streamscope/runtime";
import { ChatService } from "./chat.ts";

const server = createServer({ name: "model" });

server.add(ChatService, {
  async *generate({ text, maxTokens = 1_000_000 }, call) {
    try {
      for (let index = 0n; index < maxTokens; index += 1n) {
        // The signal aborts the moment a cancel arrives, so nothing is computed for nobody.
        await wait(20, undefined, { signal: call.signal });
        yield { text: `${text}#${index}`, index };
      }
    } finally {
      const { exception } = call;
      console.log(exception === null ? "model: done" : `model: ${exception.origin} stopped it: ${exception.message}`);
    }
  },

  async *talk(prompts) {
    let index = 0n;
    for await (const { text } of prompts) {
      yield { text: text.toUpperCase(), index };
      index += 1n;
    }
  },
});

await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8889) });
console.log(`model listens at ${server.address}`);

process.once("SIGTERM", () => server.close());
process.once("SIGINT", () => server.close());
