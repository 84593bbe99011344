/**
 * A service as an application has it, which knows nothing of tracing: `node chain.mjs NAME` is the last of a chain, `node chain.mjs NAME ADDRESS` one
 * before it, `node chain.mjs NAME ADDRESS stop` the first, which reads three tokens and stops. Says where it listens and when a handler has ended.
 */
import { createClient, createServer, defineService, field, serverStreaming, struct, t } from "streamscope/runtime";

const Text = struct({ text: field(1, t.string) });
const Chat = defineService("ChatService", {
  generate: serverStreaming("Generate", { request: Text, response: Text }),
});
const [name, target, stop] = process.argv.slice(2);

function say(event, text) {
  process.stdout.write(`${JSON.stringify({ event, text })}\n`);
}

async function* tokens(signal) {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield { text: "token" };
  }
}

if (stop === undefined) {
  const next = target === undefined ? null : createClient(Chat, { target });
  const server = createServer({ name });
  server.add(Chat, {
    async *generate(request, call) {
      try {
        yield* next === null ? tokens(call.signal) : next.generate(request);
      } finally {
        say("end");
      }
    },
  });
  await server.listen({ host: "127.0.0.1" });
  say("listen", server.address);
  process.once("SIGTERM", async () => {
    await server.close();
    await next?.close();
  });
} else {
  const client = createClient(Chat, { target, name });
  const call = client.generate({ text: "hello" });
  try {
    let left = 3;
    for await (const _ of call) {
      left -= 1;
      if (left === 0) call.cancel({ intent: "user-stop" });
    }
  } catch {
    say("stopped");
  }
  await client.close();
}
