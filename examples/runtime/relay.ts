/** A service in the middle of the chain: `node examples/runtime/relay.ts [PORT] [MODEL-ADDRESS]`. */
import { createClient, createServer, StreamException } from "streamscope/runtime";
import { ChatService } from "./chat.ts";

// No name: calls made in a handler carry the name of the server whose handler it is.
const model = createClient(ChatService, { target: process.argv[3] ?? "127.0.0.1:8889" });
const server = createServer({ name: "chat" });

server.add(ChatService, {
  async *generate(prompt) {
    // No signal is passed on: a call made in a handler ends with it, with the origin kept.
    try {
      yield* model.generate({ ...prompt, text: `chat:${prompt.text}` });
    } catch (error) {
      if (StreamException.is(error)) console.log(`chat: ${error.origin} stopped it: ${error.message}`);
      throw error;
    }
  },

  async *talk(prompts) {
    yield* model.talk(prompts);
  },
});

await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8888) });
console.log(`chat listens at ${server.address}`);

const stop = async () => {
  await server.close();
  await model.close();
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
