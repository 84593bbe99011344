/**
 * A stand-in for a model server: it speaks the protocol of OpenAI and streams tokens until it is told to stop. `node backend.ts [PORT]`
 *
 * It counts what it generates after its signal has fired: that is what would go on costing money.
 */
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { requestScope } from "streamscope/http";
import { log } from "./log.ts";

const TOKENS = 2_000;
const TOKEN_MS = 20;

const server = createServer((request, response) => {
  const scope = requestScope(response, { service: "backend", route: "/v1/chat/completions", internal: true });
  let stoppedAt: number | null = null;
  scope.signal.addEventListener("abort", () => {
    stoppedAt = Date.now();
  });
  void scope.run(async () => {
    await request.resume().toArray();
    response.writeHead(200, { "content-type": "text/event-stream" });
    let [before, after] = [0, 0];
    while (before < TOKENS && !scope.signal.aborted) {
      response.write(chunk(`token ${before} `));
      if (scope.signal.aborted) after += 1;
      else before += 1;
      // Not woken by the signal: what a model generates between two looks at it counts
      await wait(TOKEN_MS);
    }
    if (scope.exception === null) response.end("data: [DONE]\n\n");
    else log("WARN", `stopped at ${stoppedAt} after ${before} tokens, ${after} wasted: ${scope.exception.message}`);
  });
});

function chunk(content: string): string {
  const choices = [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }];
  return `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 0, model: "stub", choices })}\n\n`;
}

server.listen(Number(process.argv[2] ?? 7004), "127.0.0.1", () => {
  const address = server.address();
  log("INFO", `backend listens at ${typeof address === "object" ? address?.port : address}`);
});
