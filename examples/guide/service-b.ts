/** ServiceB of the guide sends until it cannot, and asks whether that was a cancel: `node examples/guide/service-b.ts [PORT]`. */
import { setTimeout as wait } from "node:timers/promises";
import { createServer, isCanceled } from "streamscope/runtime";
import { Chat } from "./chat.ts";

const server = createServer({ name: "ServiceB" });

server.add(Chat, {
  async *serverStream(_request, call) {
    try {
      for (let seq = 1n; ; seq += 1n) {
        // A yield is a Send: once the stream has ended it does not come back, and the finally block runs.
        yield { message: seq === 5n ? "that is all I know" : "and another thing", seq };
        await wait(5);
      }
    } finally {
      const { exception } = call;
      if (exception !== null && isCanceled(exception)) console.log(`ServiceB: ${exception.message}`);
    }
  },
});

await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8888) });
console.log(`ServiceB listens at ${server.address}`);

process.once("SIGTERM", () => server.close());
process.once("SIGINT", () => server.close());
