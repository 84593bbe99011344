/**
 * The edge: the page, its event stream, and the stop button. `node gateway.ts [PORT] [AGENT-ADDRESS]`
 *
 * A browser that closes the tab, or whose user presses stop, ends everything that was done for it, down to the backend.
 */
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { type RequestScope, requestScope, sse } from "streamscope/http";
import { createClient } from "streamscope/runtime";
import { AgentService } from "./agent-service.ts";
import { log } from "./log.ts";

const agent = createClient(AgentService, { target: process.argv[3] ?? "127.0.0.1:7002", name: "gateway" });
const answers = new Map<string, RequestScope>();

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://gateway");
  const [, action, id = ""] = url.pathname.split("/");
  if (action === "chat") {
    const edge = requestScope(response, { service: "gateway", route: "/chat/:id" });
    answers.set(id, edge);
    const tokens = () => edge.run(() => agent.answer({ text: url.searchParams.get("prompt") ?? "" }));
    void sse(edge, events(tokens)).then(({ sent }) => {
      answers.delete(id);
      if (edge.exception !== null) log("WARN", `answer ended after ${sent} events: ${edge.exception.message}`);
    });
    return;
  }
  if (action === "stop" && request.method === "POST") {
    answers.get(id)?.cancel({ intent: "user-stop", text: "the user pressed stop" });
    response.writeHead(204).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  createReadStream(join(import.meta.dirname, "page.html")).pipe(response);
});

/** The answer as events; the last one tells the page not to come back. */
async function* events(tokens: () => AsyncIterable<{ readonly text: string }>) {
  for await (const { text } of tokens()) yield { event: "token", data: text };
  yield { event: "done", data: "" };
}

server.listen(Number(process.argv[2] ?? 7001), "127.0.0.1", () => {
  const address = server.address();
  log("INFO", `gateway listens at ${typeof address === "object" ? address?.port : address}`);
});
