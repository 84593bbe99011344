/**
 * The program of one service of the demo: `node demo-service.js NAME PORT`, started with an IPC channel.
 *
 * It ends when told to, and when the channel closes: whatever happens to the demo, no service outlives it.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Handlers } from "../runtime/index.ts";
import { createClient, createServer } from "../runtime/index.ts";
import { createBackend } from "./backend.ts";
import { type ChatMethods, ChatService } from "./chat-service.ts";
import { createGateway } from "./gateway.ts";
import { agentHandlers, type Below, chatHandlers, modelHandlers } from "./handlers.ts";
import { isServiceName, type Notice, type Order, type ServiceName } from "./messages.ts";
import { type SpanSender, sendSpans } from "./spans.ts";

const HOST = "127.0.0.1";

function tell(notice: Notice): void {
  if (process.connected) process.send?.(notice, undefined, undefined, () => undefined);
}

/** What a service calls. */
interface Next {
  readonly client: () => Below;
  readonly url: () => string;
}

function handlersOf(name: Exclude<ServiceName, "gateway" | "backend">, next: Next): Handlers<ChatMethods> {
  if (name === "chat") return chatHandlers(next.client);
  if (name === "agent") return agentHandlers(next.client);
  return modelHandlers(next.url);
}

/** Listens and says where. */
async function listen(name: ServiceName, port: number, next: Next): Promise<string> {
  if (name === "gateway" || name === "backend") {
    const answered = (generated: number, asked: number) => tell({ type: "answer", generated, asked });
    const server = (name === "gateway" ? createGateway(next.client) : createBackend(answered)).listen(port, HOST);
    await once(server, "listening");
    return `${HOST}:${(server.address() as AddressInfo).port}`;
  }
  const server = createServer({ name, log: null });
  server.add(ChatService, handlersOf(name, next));
  const { address } = await server.listen({ host: HOST, port });
  return address;
}

async function main(name: string | undefined, port: number): Promise<void> {
  if (!isServiceName(name) || !process.connected) {
    throw new Error("this is a service of `streamscope demo`, which starts it itself");
  }
  // Ctrl-C reaches every process of the terminal; the demo decides what it means.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit());
  let client: Below | null = null;
  let spans: SpanSender | null = null;
  let address: string | null = null;
  const known = <Known>(value: Known | null): Known => {
    if (value === null) throw new Error(`${name} does not know yet whom to call`);
    return value;
  };
  const next: Next = { client: () => known(client), url: () => `http://${known(address)}/` };
  process.on("message", (order: Order) => {
    if (order.type === "end") {
      void (spans?.flush() ?? Promise.resolve()).then(() => process.exit());
      return;
    }
    spans = sendSpans(name, order.spansTo);
    address = order.next;
    if (order.next !== null) client = createClient(ChatService, { target: order.next, name });
    tell({ type: "linked" });
  });
  tell({ type: "listening", address: await listen(name, port, next) });
}

await main(process.argv[2], Number(process.argv[3] ?? 0));
