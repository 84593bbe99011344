import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { prefilter } from "../../../../src/dialects/index.ts";
import { type Receiver, type ReceiverOptions, startReceiver } from "../../../../src/sources/index.ts";

const TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

let receiver: Receiver;

async function listen(options: Partial<ReceiverOptions> = {}): Promise<void> {
  receiver = await startReceiver({ prefilter, httpPort: 0, grpcPort: 0, onRecords: () => undefined, ...options });
}

async function post(path: string, headers: Record<string, string> = {}, body = "{}"): Promise<number> {
  const response = await fetch(`${receiver.httpUrl}${path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  return response.status;
}

async function callGrpc(address: string, path: string, headers: Record<string, string> = {}): Promise<void> {
  const session = connectHttp2(`http://${address}`);
  const failed = new Promise<void>((done) => session.on("error", () => done()));
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", ...headers });
  stream.on("error", () => undefined);
  stream.resume();
  stream.end(Buffer.alloc(5));
  await Promise.race([new Promise((done) => stream.on("close", done)), failed]);
  session.destroy();
}

/** Sends bytes to a port and waits until the other side has closed the connection. */
async function knock(address: string, bytes: Buffer): Promise<void> {
  const [host, port] = address.split(":");
  const socket: Socket = connect(Number(port), host);
  socket.on("error", () => undefined);
  socket.resume();
  socket.write(bytes);
  await once(socket, "close");
}

const TLS_HELLO = Buffer.from("16030100c8010000c40303", "hex");

function refused(): unknown[] {
  return receiver.counts().refusals.map(({ port, status, reason, count }) => [port, status, reason, count]);
}

function advice(): string {
  return receiver
    .counts()
    .refusals.map((each) => each.advice)
    .join("\n");
}

afterEach(async () => {
  await receiver.close();
});

describe("what a receiver refuses is counted, with what to change", () => {
  it("when an HTTP exporter sends to the gRPC port", async () => {
    await listen();
    await knock(receiver.grpcAddress as string, Buffer.from("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    expect(refused()).toEqual([["grpc", null, "protocol", 1]]);
    expect(advice()).toContain(`send to ${receiver.httpUrl}, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc`);
  });

  it("when a gRPC exporter sends to the HTTP port", async () => {
    await listen();
    const address = (receiver.httpUrl as string).replace("http://", "");
    await callGrpc(address, TRACES);
    await callGrpc(address, TRACES);
    expect(refused()).toEqual([["http", 400, "protocol", 2]]);
    expect(advice()).toBe(
      `gRPC at the HTTP port: send to http://${receiver.grpcAddress}, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
    );
  });

  it("when only the HTTP port is open, without an address of the other", async () => {
    await listen({ grpcPort: null });
    await callGrpc((receiver.httpUrl as string).replace("http://", ""), TRACES);
    expect(advice()).toBe("gRPC at the HTTP port: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
  });

  it("when a sender speaks TLS, or no HTTP at all", async () => {
    await listen();
    await knock((receiver.httpUrl as string).replace("http://", ""), TLS_HELLO);
    await knock((receiver.httpUrl as string).replace("http://", ""), Buffer.from("hello\r\n\r\n"));
    expect(refused()).toEqual([
      ["http", 400, "tls", 1],
      ["http", 400, "malformed", 1],
    ]);
    expect(advice()).toContain("write http:// and not https://");
  });

  it("when the endpoint's path is left out or stands twice", async () => {
    await listen();
    expect(await post("/v1/traces/v1/traces")).toBe(404);
    expect(await post("/")).toBe(404);
    expect(refused()).toEqual([["http", 404, "path", 2]]);
    expect(advice()).toBe(
      `no such path, "/v1/traces/v1/traces": OTEL_EXPORTER_OTLP_ENDPOINT is ${receiver.httpUrl} without a path, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ends in /v1/traces`,
    );
  });

  it("when the token, the type, the compression or the method is wrong", async () => {
    await listen({ token: "s3cret" });
    expect(await post("/v1/traces")).toBe(401);
    const authorization = "Bearer s3cret";
    expect(await post("/v1/traces", { authorization, "content-type": "text/plain" })).toBe(415);
    expect(await post("/v1/traces", { authorization, "content-encoding": "br" })).toBe(400);
    expect(await post("/v1/traces", { authorization }, "[]")).toBe(400);
    await fetch(`${receiver.httpUrl}/v1/traces`);
    await callGrpc(receiver.grpcAddress as string, TRACES);
    await callGrpc(receiver.grpcAddress as string, "/nobody/Export");
    await callGrpc(receiver.grpcAddress as string, TRACES, { "content-type": "application/json" });
    expect(refused()).toEqual([
      ["http", 401, "token", 1],
      ["http", 415, "content-type", 1],
      ["http", 400, "encoding", 1],
      ["http", 400, "malformed", 1],
      ["http", 405, "method", 1],
      ["grpc", 16, "token", 1],
      ["grpc", 12, "path", 1],
      ["grpc", 415, "content-type", 1],
    ]);
    expect(receiver.counts()).toMatchObject({ malformed: 8, refused: 0, requests: 1 });
    expect(advice()).toContain("OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN");
    expect(advice()).toContain('content type "text/plain"');
    expect(advice()).toContain('compression "br"');
    expect(advice()).toContain("GET instead of POST");
  });

  it("but metrics are no mistake of the sender", async () => {
    await listen();
    expect(await post("/v1/metrics")).toBe(404);
    await callGrpc(receiver.grpcAddress as string, METRICS);
    expect(refused()).toEqual([
      ["http", 404, "metrics", 1],
      ["grpc", 12, "metrics", 1],
    ]);
    expect(receiver.counts().malformed).toBe(0);
    expect(advice()).toContain("OTEL_METRICS_EXPORTER=none");
  });

  it("and quotes nothing of a sender that a terminal could obey", async () => {
    await listen();
    expect(await post("/", { "content-type": `text/\u009b${"x".repeat(200)}` })).toBe(404);
    await post("/v1/traces", { "content-type": `text/\u009b31m${"x".repeat(200)}` });
    expect(advice()).toMatch(/^[\x20-\x7e\n]+$/);
    expect(advice()).toContain(`content type "text/?31m${"x".repeat(91)}"`);
  });

  it("and takes the name of the token's scheme in any case", async () => {
    await listen({ token: "s3cret" });
    expect(await post("/v1/traces", { authorization: "bearer s3cret" })).toBe(200);
    expect(await post("/v1/traces", { authorization: "basic s3cret" })).toBe(401);
    expect(refused()).toEqual([["http", 401, "token", 1]]);
  });
});
