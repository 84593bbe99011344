import { once } from "node:events";
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from "node:http2";
import { connect as connectSocket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { prefilter } from "../../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../../src/model/index.ts";
import { type Receiver, type ReceiverOptions, startReceiver } from "../../../../src/sources/index.ts";
import { cancelledTrace, encodeRequest, logRequest, traceRequest } from "../../../support/otlp-messages.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const request = encodeRequest("traces", traceRequest(...cancelledTrace(TRACE)));
const TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

let receiver: Receiver | null = null;
let session: ClientHttp2Session | null = null;
const records: SourceRecord[] = [];

async function listen(options: Partial<ReceiverOptions> = {}): Promise<void> {
  records.length = 0;
  receiver = await startReceiver({
    prefilter,
    httpPort: null,
    grpcPort: 0,
    onRecords: (found) => records.push(...found),
    ...options,
  });
  session = connect(`http://${receiver.grpcAddress}`);
}

function frame(message: Buffer, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

interface Answer {
  readonly status: number;
  readonly grpc: string;
  readonly message: string;
  readonly details: string;
  readonly body: Buffer;
}

async function call(body: Buffer, path = TRACES, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  const stream = (session as ClientHttp2Session).request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  const chunks: Buffer[] = [];
  const answer: Record<string, unknown> = {};
  stream.on("response", (found) => Object.assign(answer, found));
  stream.on("trailers", (found) => Object.assign(answer, found));
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.end(body);
  await new Promise((done, fail) => {
    stream.on("close", done);
    stream.on("error", fail);
  });
  return {
    status: Number(answer[":status"]),
    grpc: String(answer["grpc-status"]),
    message: String(answer["grpc-message"] ?? ""),
    details: Buffer.from(String(answer["grpc-status-details-bin"] ?? ""), "base64").toString("latin1"),
    body: Buffer.concat(chunks),
  };
}

afterEach(async () => {
  session?.destroy();
  await receiver?.close();
  receiver = null;
});

describe("OTLP over gRPC", () => {
  it("takes traces and logs and answers OK with an empty message", async () => {
    await listen();
    expect(await call(frame(request))).toMatchObject({ status: 200, grpc: "0", body: Buffer.alloc(5) });
    const line = "recv failed: [ttstream error, code=12007] [client-side stream] [canceled path: gateway] x";
    expect(await call(frame(encodeRequest("logs", logRequest("chat", line))), LOGS)).toMatchObject({ grpc: "0" });
    expect(records.map((each) => each.service)).toEqual(["gateway", "gateway", "chat", "chat", "model", "chat"]);
  });

  it("takes packed messages, and plain ones of clients that could pack", async () => {
    await listen();
    expect(await call(frame(gzipSync(request), 1), TRACES, { "grpc-encoding": "gzip" })).toMatchObject({ grpc: "0" });
    expect(await call(frame(request), TRACES, { "grpc-encoding": "gzip" })).toMatchObject({ grpc: "0" });
    expect(receiver?.counts()).toMatchObject({ spans: 10, kept: 5, duplicates: 5 });
  });

  it("refuses what it does not know with UNIMPLEMENTED", async () => {
    await listen();
    expect(await call(frame(request), "/nobody/Export")).toMatchObject({ grpc: "12" });
    expect(await call(frame(request, 1), TRACES, { "grpc-encoding": "br" })).toMatchObject({
      grpc: "12",
      message: 'grpc: Decompressor is not installed for grpc-encoding "br"',
    });
    expect(await call(frame(request), TRACES, { "content-type": "application/json" })).toMatchObject({ status: 415 });
  });

  it("refuses broken calls with INTERNAL", async () => {
    await listen();
    expect(await call(frame(request.subarray(0, request.length - 3)))).toMatchObject({ grpc: "13" });
    expect(await call(frame(request).subarray(0, 100))).toMatchObject({ grpc: "13", message: "the message is cut" });
    expect(await call(Buffer.concat([frame(request), frame(request)]))).toMatchObject({ grpc: "13" });
    expect(await call(Buffer.from([7, 0, 0, 0, 0]))).toMatchObject({ grpc: "13" });
    expect(await call(frame(request, 1), TRACES, { "grpc-encoding": "gzip" })).toMatchObject({ grpc: "13" });
    expect(records).toEqual([]);
  });

  it("refuses messages above 4 MiB for good: RESOURCE_EXHAUSTED without a hint to come back", async () => {
    await listen();
    const big = Buffer.alloc(4 * 1024 * 1024 + 1);
    expect(await call(frame(big))).toMatchObject({
      grpc: "8",
      message: "grpc: received message larger than max (4194305 vs. 4194304)",
      details: "",
    });
    expect(await call(frame(gzipSync(big), 1), TRACES, { "grpc-encoding": "gzip" })).toMatchObject({ grpc: "8" });
  });

  it("asks to try again when there is no room: RESOURCE_EXHAUSTED with RetryInfo", async () => {
    await listen({ maxBufferedBytes: 100 });
    const answer = await call(frame(request));
    expect(answer.grpc).toBe("8");
    expect(answer.details).toContain("type.googleapis.com/google.rpc.RetryInfo");
    expect(receiver?.counts().refused).toBe(1);
  });

  it("asks for the token where one is wanted", async () => {
    await listen({ token: "s3cret" });
    expect(await call(frame(request))).toMatchObject({ grpc: "16" });
    expect(await call(frame(request), TRACES, { authorization: "Bearer s3cret" })).toMatchObject({ grpc: "0" });
  });

  it("serves others while more connections than it holds say nothing, and counts those it closed", async () => {
    await listen({ maxConnections: 64 });
    await call(frame(request));
    const [host, port] = (receiver as Receiver).grpcAddress?.split(":") ?? [];
    const closed: Promise<unknown>[] = [];
    for (let i = 0; i < 100; i += 1) {
      const socket = connectSocket(Number(port), host as string);
      socket.on("error", () => undefined).resume();
      closed.push(once(socket, "close"));
      await once(socket, "connect");
    }
    await Promise.all(closed.slice(0, 35));
    session = connect(`http://${receiver?.grpcAddress}`);
    expect((await call(frame(request))).grpc).toBe("0");
    expect(receiver?.counts().refusals).toMatchObject([{ port: "grpc", reason: "connections" }]);
  });

  it("goes on after a client that went away in the middle of a call", async () => {
    await listen();
    const stream = (session as ClientHttp2Session).request({
      ":method": "POST",
      ":path": TRACES,
      "content-type": "application/grpc",
    });
    stream.on("error", () => undefined);
    stream.write(frame(request).subarray(0, 50));
    await new Promise((done) => setImmediate(done));
    stream.close(8);
    await new Promise((done) => stream.on("close", done));
    expect(await call(frame(request))).toMatchObject({ grpc: "0" });
  });
});
