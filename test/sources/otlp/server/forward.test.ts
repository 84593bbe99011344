import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
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
async function collector(
  ...answers: readonly (number | readonly [status: number, retryAfter: string])[]
): Promise<URL> {
  arrived.length = 0;
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = answers[Math.min(arrived.length, answers.length - 1)] ?? 200;
      const [status, retryAfter] = typeof answer === "number" ? [answer] : answer;
      arrived.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }).end();
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

/** Waits until the forward has begun to pause; its timers are fake, the server's are not. */
async function pausing(): Promise<void> {
  while (vi.getTimerCount() === 0) await new Promise((done) => setImmediate(done));
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
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

  it("counts nothing as queued once it is closed, and everything that was left as dropped", async () => {
    const to = await collector(200);
    server?.close();
    const forward = new Forward({ to, pauseMs: [60_000, 60_000] });
    for (let i = 0; i < 7; i += 1) forward.push(forwarded("12345"));
    expect(forward.counts.queuedBytes).toBe(35);
    await forward.close(0);
    expect(forward.counts).toMatchObject({ sent: 0, dropped: 7, queuedBytes: 0 });
  });

  it("waits as long as it is told to", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const forward = new Forward({ to: await collector([503, "2"], 200), pauseMs: [1, 1] });
    forward.push(forwarded("one"));
    await pausing();
    vi.advanceTimersByTime(1_999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    await arrivals(2);
    vi.useRealTimers();
    await forward.close(5_000);
    expect(forward.counts).toMatchObject({ sent: 1, retried: 1 });
  });

  it("waits twice as long each time, up to a limit", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.spyOn(Math, "random").mockReturnValue(1);
    const forward = new Forward({ to: await collector(503), pauseMs: [1_000, 3_000] });
    forward.push(forwarded("one"));
    for (const pauseMs of [1_000, 2_000, 3_000, 3_000]) {
      await pausing();
      vi.advanceTimersByTime(pauseMs - 1);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(1);
    }
    await arrivals(5);
    vi.useRealTimers();
    await forward.close(0);
    expect(forward.counts).toMatchObject({ sent: 0, dropped: 1 });
  });
});
