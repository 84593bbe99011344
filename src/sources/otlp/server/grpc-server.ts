/**
 * OTLP over gRPC: unary Export on HTTP/2, with framing of our own. A gRPC library would cost a third of the throughput and decode
 * everything.
 */
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { canDecompress, TooLarge, unpack } from "./decompress.ts";
import type { Delivery, ExportService } from "./export-service.ts";
import { EMPTY_MESSAGE, encodeGrpcText, GrpcFrame } from "./grpc-frames.ts";
import { encodeStatus, GRPC, malformed, type Refusal } from "./status.ts";

/** The longest message, before and after unpacking. */
export const MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;

const SERVICE = "opentelemetry.proto.collector";
const PATHS: Readonly<Record<string, Delivery["signal"]>> = {
  [`/${SERVICE}.trace.v1.TraceService/Export`]: "traces",
  [`/${SERVICE}.logs.v1.LogsService/Export`]: "logs",
  [`/${SERVICE}.metrics.v1.MetricsService/Export`]: "metrics",
};

const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 8 * 1024 * 1024;
const CALL_MS = 30_000;

/** Makes a server that is not listening yet. */
export function createOtlpGrpcServer(desk: ExportService): Http2Server {
  const server = createServer({
    settings: { initialWindowSize: STREAM_WINDOW, maxConcurrentStreams: 100, maxHeaderListSize: 16_384 },
  });
  server.on("session", (session) => {
    session.on("error", () => undefined);
    // By default a connection may carry only 64 KiB until it is told that they were read
    session.setLocalWindowSize(CONNECTION_WINDOW);
  });
  server.on("sessionError", () => undefined);
  server.on("stream", (stream, headers) => new Call(desk, stream as ServerHttp2Stream, headers).begin());
  return server;
}

/** One call. */
class Call {
  readonly #desk: ExportService;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #frame = new GrpcFrame(MAX_MESSAGE_BYTES);
  #room = 0;
  #done = false;

  constructor(desk: ExportService, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#desk = desk;
    this.#stream = stream;
    this.#headers = headers;
  }

  begin(): void {
    const stream = this.#stream;
    const headers = this.#headers;
    stream.on("error", () => undefined);
    stream.on("close", () => this.#release());
    stream.setTimeout(CALL_MS, () => stream.close());
    if (!/^application\/grpc(?:\+proto|;|$)/.test(String(headers["content-type"] ?? ""))) {
      this.#done = true;
      stream.respond({ ":status": 415 }, { endStream: true });
      stream.resume();
      return;
    }
    const path = String(headers[":path"]);
    const signal = PATHS[path];
    if (signal === undefined || (signal === "metrics" && !this.#desk.takesMetrics)) {
      const [, service = "", method = ""] = path.split("/");
      const message = `unknown service ${service} or method ${method}`;
      this.#refuse({ http: 404, grpc: GRPC.unimplemented, message });
      return;
    }
    const refusal = this.#desk.refusal(headers.authorization);
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("end", () => void this.#finish(signal));
  }

  #take(chunk: Buffer): void {
    if (this.#done) return;
    if (!this.#desk.takeRoom(chunk.length)) {
      this.#refuse(this.#desk.full);
      return;
    }
    this.#room += chunk.length;
    const problem = this.#frame.push(chunk);
    if (problem === "too-large") this.#tooLarge(`${this.#frame.length}`);
    else if (problem !== null) this.#refuse(this.#desk.refuse(malformed("the call is not one message of gRPC")));
  }

  async #finish(signal: Delivery["signal"]): Promise<void> {
    if (this.#done) return;
    const message = this.#frame.finish();
    if (message === null) {
      this.#refuse(this.#desk.refuse(malformed("the message is cut")));
      return;
    }
    if (!message.compressed) return this.#deliver(signal, message.chunks, message.length, message.chunks, null);
    const encoding = String(this.#headers["grpc-encoding"] ?? "identity");
    if (!canDecompress(encoding) || encoding === "zlib") {
      this.#refuse({
        http: 400,
        grpc: GRPC.unimplemented,
        message: `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`,
      });
      return;
    }
    try {
      const unpacked = await unpack(encoding, Buffer.concat(message.chunks, message.length), MAX_MESSAGE_BYTES);
      this.#deliver(signal, [unpacked], unpacked.length, message.chunks, encoding);
    } catch (error) {
      if (error instanceof TooLarge) this.#tooLarge("more when unpacked");
      else this.#refuse(this.#desk.refuse(malformed(`grpc: failed to decompress the received message: ${error}`)));
    }
  }

  #deliver(
    signal: Delivery["signal"],
    chunks: readonly Buffer[],
    length: number,
    raw: readonly Buffer[],
    encoding: string | null,
  ): void {
    const refusal = this.#desk.deliver({ signal, json: false, chunks, length, raw, encoding });
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    if (this.#done || this.#stream.destroyed) return;
    this.#done = true;
    const stream = this.#stream;
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(EMPTY_MESSAGE);
    this.#release();
  }

  #tooLarge(size: string): void {
    const message = `grpc: received message larger than max (${size} vs. ${MAX_MESSAGE_BYTES})`;
    this.#refuse(this.#desk.refuse({ http: 400, grpc: GRPC.resourceExhausted, message }));
  }

  #refuse(refusal: Refusal): void {
    if (this.#done || this.#stream.destroyed) return;
    this.#done = true;
    this.#stream.respond(
      {
        ":status": 200,
        "content-type": "application/grpc",
        "grpc-status": String(refusal.grpc),
        "grpc-message": encodeGrpcText(refusal.message),
        // Without a hint when to come back, a sender drops what was refused for want of room
        ...(refusal.retryAfter === undefined
          ? {}
          : { "grpc-status-details-bin": encodeStatus(refusal).toString("base64").replace(/=+$/, "") }),
      },
      { endStream: true },
    );
    this.#stream.resume();
    this.#release();
  }

  #release(): void {
    this.#desk.giveRoom(this.#room);
    this.#room = 0;
  }
}
