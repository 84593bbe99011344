/** The server of the test with a full disk: prints its address, and has a bug in one handler. Its stderr is not ours. */
import { createServer } from "../../src/runtime/index.ts";
import { Chat, Response } from "../support/chat.ts";

const server = createServer({ name: "ServiceB" });
server.add(Chat, {
  unary: ({ message }) => Response.create({ message }),
  async *serverStream({ message }) {
    for (let seq = 1n; seq <= 3n; seq += 1n) yield Response.create({ message, seq, from: "ServiceB" });
  },
  clientStream() {
    throw new TypeError("a bug");
  },
});
const { address } = await server.listen();
process.stdout.write(`${address}\n`);
