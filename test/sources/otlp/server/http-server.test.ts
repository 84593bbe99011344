import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { prefilter } from "../../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../../src/model/index.ts";
import { counter, type Receiver, type ReceiverOptions, startReceiver } from "../../../../src/sources/index.ts";
import { cancelledTrace, encodeRequest, logRequest, traceRequest } from "../../../support/otlp-messages.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const request = encodeRequest("traces", traceRequest(...cancelledTrace(TRACE)));

let receiver: Receiver | null = null;
const records: SourceRecord[] = [];

async function listen(options: Partial<ReceiverOptions> = {}): Promise<Receiver> {
  records.length = 0;
  receiver = await startReceiver({
    prefilter,
    httpPort: 0,
    grpcPort: null,
    onRecords: (found) => records.push(...found),
    ...options,
  });
  return receiver;
}

async function post(
  body: Uint8Array | string,
  headers: Record<string, string> = {},
  path = "/v1/traces",
): Promise<Response> {
  return await fetch(`${receiver?.httpUrl}${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : new Uint8Array(body),
    headers: { "content-type": "application/x-protobuf", ...headers },
  });
}

/** A connection on which a request has begun. */
async function openSocket(head: string): Promise<Socket> {
  const { hostname, port } = new URL(receiver?.httpUrl as string);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(head);
  return socket;
}

afterEach(async () => {
  await receiver?.close();
  receiver = null;
});

describe("OTLP over HTTP", () => {
  it("takes protobuf and answers with an empty success", async () => {
    await listen();
    const response = await post(request);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-protobuf");
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(records.map((each) => each.service)).toEqual(["gateway", "gateway", "chat", "chat", "model"]);
  });

  it("takes JSON and makes the same records", async () => {
    await listen();
    await post(request);
    const own = [...records];
    await receiver?.close();
    await listen();
    const json = JSON.stringify(traceRequest(...cancelledTrace(TRACE)));
    const response = await post(json, { "content-type": "application/json; charset=utf-8" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ partialSuccess: {} });
    const sorted = (all: readonly SourceRecord[]): SourceRecord[] =>
      [...all].sort((a, b) => String(a.spanId).localeCompare(String(b.spanId)));
    expect(sorted(records)).toEqual(sorted(own));
  });

  it("takes logs: those in which something is found", async () => {
    await listen();
    const line = "recv failed: [ttstream error, code=12007] [client-side stream] [canceled path: gateway] x";
    const response = await post(encodeRequest("logs", logRequest("chat", "hello", line)), {}, "/v1/logs");
    expect(response.status).toBe(200);
    expect(records.map(({ service, texts }) => [service, texts[0]])).toEqual([["chat", line]]);
    expect(receiver?.counts()).toMatchObject({ logs: 2, kept: 1 });
  });

  it.each([
    ["gzip", gzipSync(request)],
    ["zstd", zstdCompressSync(request)],
  ])("takes bodies packed with %s", async (encoding, body) => {
    await listen();
    expect((await post(body, { "content-encoding": encoding })).status).toBe(200);
    expect(records).toHaveLength(5);
  });

  it("refuses other methods, types and paths in the Collector's words", async () => {
    await listen();
    const get = await fetch(`${receiver?.httpUrl}/v1/traces`);
    expect([get.status, await get.text()]).toEqual([405, "405 method not allowed, supported: [POST]"]);
    const text = await post("x", { "content-type": "text/plain" });
    expect([text.status, await text.text()]).toEqual([
      415,
      "415 unsupported media type, supported: [application/json, application/x-protobuf]",
    ]);
    expect((await post("", {}, "/")).status).toBe(404);
    expect((await post("", {}, "/v1/metrics")).status).toBe(404);
  });

  it("refuses what is no request with 400 and a status that says why", async () => {
    await listen();
    const cut = await post(request.subarray(0, request.length - 3));
    expect(cut.status).toBe(400);
    expect(Buffer.from(await cut.arrayBuffer()).toString("latin1")).toContain("longer than what holds it");
    const json = await post("{", { "content-type": "application/json" });
    expect(json.status).toBe(400);
    expect(await json.json()).toMatchObject({ code: 3, message: expect.any(String) });
    expect((await post(request, { "content-encoding": "br" })).status).toBe(400);
    expect((await post(request, { "content-encoding": "gzip" })).status).toBe(400);
    expect(records).toEqual([]);
    expect(receiver?.counts().malformed).toBe(4);
  });

  it("refuses bodies above 20 MiB, also such that only grow to it", async () => {
    await listen();
    const big = Buffer.alloc(20 * 1024 * 1024 + 1);
    const bomb = await post(gzipSync(big), { "content-encoding": "gzip", "content-type": "application/json" });
    expect(bomb.status).toBe(400);
    expect(await bomb.json()).toEqual({ code: 3, message: "http: request body too large" });
    // The answer may come while the body is still being sent, and then ends the connection
    const plain = await post(big).then(
      (response) => response.status,
      () => "connection ended",
    );
    expect([400, "connection ended"]).toContain(plain);
    expect(records).toEqual([]);
  });

  it("asks to try again when there is no room, and counts it", async () => {
    await listen({ maxBufferedBytes: 100 });
    const response = await post(request);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(receiver?.counts()).toMatchObject({ refused: 1, kept: 0 });
  });

  it("gives the room of a request back", async () => {
    await listen({ maxBufferedBytes: request.length });
    for (let i = 0; i < 3; i += 1) expect((await post(request)).status).toBe(200);
    expect(receiver?.counts()).toMatchObject({ refused: 0, kept: 5, duplicates: 10 });
  });

  it("gives the room of uploads back that are given up", async () => {
    await listen({ maxBufferedBytes: request.length + 100 });
    const statusBecomes = async (wanted: number): Promise<void> => {
      while ((await post(request)).status !== wanted);
    };
    for (let i = 0; i < 3; i += 1) {
      const socket = await openSocket(
        `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 9999\r\n\r\n`,
      );
      socket.write(Buffer.alloc(101));
      await statusBecomes(429);
      socket.destroy();
      await statusBecomes(200);
    }
  });

  it("does not wait for the rest of a body that it refuses", async () => {
    await listen();
    const socket = await openSocket("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n");
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*\r\nconnection: close\r\n/i);
  });

  it("asks for a body that waits to be wanted only where it is", async () => {
    await listen({ token: "secret" });
    const answerTo = async (headers: string, body: Uint8Array): Promise<string> => {
      const socket = await openSocket(
        `POST /v1/traces HTTP/1.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${request.length}\r\nExpect: 100-continue\r\nConnection: close\r\n${headers}\r\n`,
      );
      let answer = "";
      for await (const chunk of socket) {
        answer += chunk;
        if (answer.endsWith("100 Continue\r\n\r\n")) socket.write(body);
      }
      return answer.match(/^HTTP\S+ \d+/gm)?.join() ?? "";
    };
    const known = "Authorization: Bearer secret\r\n";
    expect(await answerTo(`Host: localhost\r\n${known}`, request)).toBe("HTTP/1.1 100,HTTP/1.1 200");
    expect(await answerTo("Host: localhost\r\n", request)).toBe("HTTP/1.1 401");
    expect(await answerTo(`Host: evil.example\r\n${known}`, request)).toBe("HTTP/1.1 403");
    expect(receiver?.counts()).toMatchObject({ requests: 1, kept: 5 });
  });

  it("refuses a body of no told length as soon as it is above 20 MiB", async () => {
    await listen();
    const chunk = `${(1024 * 1024).toString(16)}\r\n${"x".repeat(1024 * 1024)}\r\n`;
    const head =
      "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n";
    const socket = await openSocket(head);
    for (let i = 0; i < 20; i += 1) socket.write(chunk);
    socket.write("1\r\nx\r\n");
    let answer = "";
    for await (const each of socket) answer += each;
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(receiver?.counts()).toMatchObject({ requests: 0, refusals: [{ status: 400, reason: "too-large" }] });
  });

  it("serves others while more connections than it holds say nothing, and counts those it closed", async () => {
    await listen({ maxConnections: 64 });
    const closed: Promise<unknown>[] = [];
    for (let i = 0; i < 100; i += 1) {
      const socket = await openSocket("POST /v1/traces HTTP/1.1\r\nhost: x\r\n");
      socket.resume();
      closed.push(once(socket, "close"));
    }
    expect((await post(request)).status).toBe(200);
    // The fetch was let in as well, so the 37 that were there first had to go
    await Promise.all(closed.slice(0, 37));
    expect(receiver?.counts().refusals).toMatchObject([{ port: "http", reason: "connections", count: 37 }]);
  });

  it("asks for the token where one is wanted", async () => {
    await listen({ token: "s3cret" });
    expect((await post(request)).status).toBe(401);
    expect((await post(request, { authorization: "Bearer wrong!" })).status).toBe(401);
    expect((await post(request, { authorization: "Bearer s3cret" })).status).toBe(200);
  });

  it("lets web pages send only where their origin is allowed", async () => {
    await listen();
    const ask = { origin: "https://app.example", "access-control-request-method": "POST" };
    const closed = await fetch(`${receiver?.httpUrl}/v1/traces`, { method: "OPTIONS", headers: ask });
    expect(closed.status).toBe(405);
    expect(closed.headers.get("access-control-allow-origin")).toBeNull();
    await receiver?.close();
    await listen({ corsOrigin: "https://app.example" });
    const open = await fetch(`${receiver?.httpUrl}/v1/traces`, { method: "OPTIONS", headers: ask });
    expect(open.status).toBe(204);
    expect(open.headers.get("access-control-allow-origin")).toBe("https://app.example");
    const other = await post(request, { origin: "https://evil.example" });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("says which port is taken", async () => {
    const { httpUrl } = await listen();
    const port = Number(new URL(httpUrl as string).port);
    await expect(
      startReceiver({ prefilter, httpPort: port, grpcPort: 0, onRecords: () => undefined }),
    ).rejects.toMatchObject({ name: "ListenError", code: "EADDRINUSE", port });
  });

  it("says that it lives, and what it counts, to those who look", async () => {
    const { httpUrl } = await listen({ metrics: () => [counter("cascades_total", "Cascades.", 4)] });
    await post(request);
    await post("no", { "content-type": "text/plain" });
    const health = await fetch(`${httpUrl}/healthz`);
    expect([health.status, await health.text()]).toEqual([200, "ok\n"]);
    const metrics = await fetch(`${httpUrl}/metrics`);
    expect(metrics.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await metrics.text();
    expect(text).toContain("\nstreamscope_receiver_requests_total 1\n");
    expect(text).toContain('\nstreamscope_receiver_refused_total{port="http",reason="content-type"} 1\n');
    expect(text).toContain("\nstreamscope_cascades_total 4\n");
    expect(text).toMatch(/\nstreamscope_process_resident_memory_bytes \d{7,}\n/);
    const head = await fetch(`${httpUrl}/metrics`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(receiver?.counts().malformed).toBe(1);
  });

  it("tells figures to those with the token only, and to everybody that it lives", async () => {
    const { httpUrl } = await listen({ token: "t0k" });
    expect((await fetch(`${httpUrl}/healthz`)).status).toBe(200);
    expect((await fetch(`${httpUrl}/metrics`)).status).toBe(401);
    expect((await fetch(`${httpUrl}/metrics`, { headers: { authorization: "Bearer t0k" } })).status).toBe(200);
  });

  it("tells web pages of strangers nothing", async () => {
    const { httpUrl } = await listen();
    const socket = await openSocket("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /);
    expect(httpUrl).not.toBeNull();
    socket.destroy();
  });
});
