/**
 * An OpenAI-compatible backend that streams tokens until it is told to stop, and counts those it generates after its client had left. It
 * knows nothing of this package.
 */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** A running backend. */
export interface Backend extends AsyncDisposable {
  /** What clients take as their base URL. */
  readonly baseURL: string;
  /** The headers of each request, in order. */
  readonly requests: readonly IncomingHttpHeaders[];
  /** Tokens generated while somebody waited for them. */
  readonly generated: number;
  /** Tokens generated after the client had left. */
  readonly wasted: number;
  /** When the first client had left, in milliseconds of this process's clock. */
  readonly left: Promise<number>;
}

/** Starts a backend that makes a token every `tokenMs`, `tokens` in all. */
export async function startBackend({
  tokenMs = 5,
  tokens = 10_000,
}: {
  readonly tokenMs?: number;
  readonly tokens?: number;
} = {}): Promise<Backend> {
  const requests: IncomingHttpHeaders[] = [];
  const left = Promise.withResolvers<number>();
  let generated = 0;
  let wasted = 0;
  const server = createServer(async (request, response) => {
    requests.push(request.headers);
    let gone = false;
    response.once("close", () => {
      gone = !response.writableFinished;
      if (gone) left.resolve(performance.now());
    });
    await request.resume().toArray();
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = (delta: object, finish: string | null) =>
      `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "stub", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    for (let each = 0; each < tokens && !gone; each += 1) {
      response.write(chunk({ role: "assistant", content: `t${each} ` }, null));
      if (gone) wasted += 1;
      else generated += 1;
      await wait(tokenMs);
    }
    if (!gone) response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get generated() {
      return generated;
    },
    get wasted() {
      return wasted;
    },
    left: left.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
