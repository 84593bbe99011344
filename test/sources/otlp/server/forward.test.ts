import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Forward, type ForwardRequest } from "../../../../src/sources/otlp/server/forward.ts";

interface Arrived {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let server: Server | null = null;
const arrived: Arrived[] = [];
let wake: () => void = () => undefined;

/** A receiver that answers the requests in turn with these codes, the last one again and again. */
async function collector(...answers: readonly number[]): Promise<URL> {
  arrived.length = 0;
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const status = answers[Math.min(arrived.length, answers.length - 1)] ?? 200;
      arrived.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
      wake();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`);
}

async function arrivals(count: number): Promise<void> {
  while (arrived.length < count)
    await new Promise<void>((done) => {
      wake = done;
    });
}

function forwarded(text: string, more: Partial<ForwardRequest> = {}): ForwardRequest {
  return { signal: "traces", json: false, body: [Buffer.from(text)], encoding: null, ...more };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

describe("forwarding", () => {
  it("passes bodies on as they came, with their type and packing", async () => {
    const forward = new Forward({ to: await collector(200) });
    forward.push(forwarded("one"));
    forward.push(forwarded("two", { signal: "logs", json: true, encoding: "gzip" }));
    await forward.close(5_000);
    expect(forward.counts).toMatchObject({ sent: 2, dropped: 0, queuedBytes: 0 });
    expect(arrived.map(({ path, body }) => [path, body]).sort()).toEqual([
      ["/base/v1/logs", "two"],
      ["/base/v1/traces", "one"],
    ]);
    const packed = arrived.find(({ body }) => body === "two");
    expect(packed?.headers).toMatchObject({ "content-type": "application/json", "content-encoding": "gzip" });
  });

  it("sends again what is refused for the moment, and gives up what is refused for good", async () => {
    const forward = new Forward({ to: await collector(503, 429, 200, 400), pauseMs: [1, 2] });
    forward.push(forwarded("one"));
    await arrivals(3);
    forward.push(forwarded("two"));
    await arrivals(4);
    await forward.close(5_000);
    expect(arrived.map(({ body }) => body)).toEqual(["one", "one", "one", "two"]);
    expect(forward.counts).toMatchObject({ sent: 1, dropped: 1, retried: 2, problem: "it refuses with 400" });
  });

  it("keeps at most so many bytes and counts what had no room", async () => {
    const to = await collector(200);
    server?.close();
    const forward = new Forward({ to, maxBytes: 10, pauseMs: [60_000, 60_000] });
    for (let i = 0; i < 5; i += 1) forward.push(forwarded("12345"));
    expect(forward.counts).toMatchObject({ dropped: 3, queuedBytes: 10 });
    await forward.close(0);
    expect(forward.counts).toMatchObject({ sent: 0, dropped: 5, queuedBytes: 0 });
  });
});
