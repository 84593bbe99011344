/**
 * OTLP over gRPC: unary Export on HTTP/2, with framing of our own. A gRPC library would cost a third of the throughput and decode
 * everything.
 */
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { canDecompress, type Decompressor, TooLarge } from "./decompress.ts";
import { Doors } from "./doors.ts";
import type { Delivery, ExportService } from "./export-service.ts";
import { EMPTY_MESSAGE, encodeGrpcText, GrpcFrame } from "./grpc-frames.ts";
import { encodeStatus, FULL, GRPC, malformed, noMetrics, type Refusal } from "./status.ts";

/** The longest message, before and after decompressing. */
const MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;

const SERVICE = "opentelemetry.proto.collector";
const PATHS: Readonly<Record<string, Delivery["signal"]>> = {
  [`/${SERVICE}.trace.v1.TraceService/Export`]: "traces",
  [`/${SERVICE}.logs.v1.LogsService/Export`]: "logs",
  [`/${SERVICE}.metrics.v1.MetricsService/Export`]: "metrics",
};

const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 8 * 1024 * 1024;
const CALL_MS = 30_000;
const MAX_SESSIONS = 1024;
const MAX_METADATA_BYTES = 64 * 1024;
/** nghttp2's error for a connection that does not begin as HTTP/2 does (NGHTTP2_ERR_BAD_CLIENT_MAGIC). */
const BAD_PREFACE = -903;

/** Makes a server that is not listening yet. */
export function createOtlpGrpcServer(
  service: ExportService,
  decompressor: Decompressor,
  maxSessions: number = MAX_SESSIONS,
): Http2Server {
  const doors = new Doors<ServerHttp2Session>(maxSessions, () =>
    service.refuse("grpc", null, "connections", String(maxSessions)),
  );
  const server = createServer({
    settings: { initialWindowSize: STREAM_WINDOW, maxConcurrentStreams: 100, maxHeaderListSize: MAX_METADATA_BYTES },
  });
  server.on("session", (session) => {
    session.on("error", () => undefined);
    // By default a connection may carry only 64 KiB until it is told that they were read
    session.setLocalWindowSize(CONNECTION_WINDOW);
    session.on("close", () => doors.leave(session));
    doors.admit(session);
  });
  server.on("sessionError", (error: NodeJS.ErrnoException) => {
    if (error.errno === BAD_PREFACE) service.refuse("grpc", null, "protocol", "");
  });
  server.on("stream", (stream, headers) => {
    const { session } = stream as ServerHttp2Stream;
    if (session !== undefined) stream.on("end", () => doors.used(session as ServerHttp2Session));
    new Call(service, decompressor, stream as ServerHttp2Stream, headers).begin();
  });
  return server;
}

/** One call. */
class Call {
  readonly #service: ExportService;
  readonly #decompressor: Decompressor;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #frame = new GrpcFrame(MAX_MESSAGE_BYTES);
  #reserved = 0;
  #done = false;

  constructor(
    service: ExportService,
    decompressor: Decompressor,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ) {
    this.#service = service;
    this.#decompressor = decompressor;
    this.#stream = stream;
    this.#headers = headers;
  }

  begin(): void {
    const stream = this.#stream;
    const headers = this.#headers;
    stream.on("error", () => undefined);
    stream.on("close", () => this.#release());
    stream.setTimeout(CALL_MS, () => stream.close());
    const type = String(headers["content-type"] ?? "");
    if (!/^application\/grpc(?:\+proto|;|$)/.test(type)) {
      this.#done = true;
      this.#service.refuse("grpc", 415, "content-type", type);
      stream.respond({ ":status": 415 }, { endStream: true });
      stream.resume();
      return;
    }
    const path = String(headers[":path"]);
    const signal = PATHS[path];
    if (signal === undefined || (signal === "metrics" && !this.#service.takesMetrics)) {
      const [, service = "", method = ""] = path.split("/");
      const message = `unknown service ${service} or method ${method}`;
      this.#refuse(signal === "metrics" ? noMetrics(message) : { ...noMetrics(message), reason: "path", detail: path });
      return;
    }
    const refusal = this.#service.refusal(headers.authorization);
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("end", () => void this.#finish(signal));
  }

  #take(chunk: Buffer): void {
    if (this.#done) return;
    if (!this.#service.reserve(chunk.length)) {
      this.#refuse(FULL);
      return;
    }
    this.#reserved += chunk.length;
    const problem = this.#frame.push(chunk);
    if (problem === "too-large") this.#tooLarge(`${this.#frame.length}`);
    else if (problem !== null) this.#refuse(malformed("the call is not one message of gRPC"));
  }

  async #finish(signal: Delivery["signal"]): Promise<void> {
    if (this.#done) return;
    const message = this.#frame.finish();
    if (message === null) {
      this.#refuse(malformed("the message is cut"));
      return;
    }
    if (!message.compressed) return this.#deliver(signal, message.chunks, message.length, message.chunks, null);
    const encoding = String(this.#headers["grpc-encoding"] ?? "identity");
    if (!canDecompress(encoding) || encoding === "zlib") {
      this.#refuse({
        http: 400,
        grpc: GRPC.unimplemented,
        message: `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`,
        reason: "encoding",
        detail: encoding,
      });
      return;
    }
    try {
      const body = Buffer.concat(message.chunks, message.length);
      const whole = await this.#decompressor.decompress(encoding, body, MAX_MESSAGE_BYTES);
      this.#deliver(signal, [whole], whole.length, message.chunks, encoding);
    } catch (error) {
      if (error instanceof TooLarge) this.#tooLarge("more when decompressed");
      else this.#refuse(malformed(`grpc: failed to decompress the received message: ${error}`));
    }
  }

  #deliver(
    signal: Delivery["signal"],
    chunks: readonly Buffer[],
    length: number,
    raw: readonly Buffer[],
    encoding: string | null,
  ): void {
    const refusal = this.#service.deliver({ signal, json: false, chunks, length, raw, encoding });
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
    this.#refuse({ http: 400, grpc: GRPC.resourceExhausted, message, reason: "too-large", detail: "4 MiB" });
  }

  #refuse(refusal: Refusal): void {
    if (this.#done || this.#stream.destroyed) return;
    this.#done = true;
    const { grpc, reason, message, detail = message } = refusal;
    this.#service.refuse("grpc", grpc, reason, detail);
    this.#stream.respond(
      {
        ":status": 200,
        "content-type": "application/grpc",
        "grpc-status": String(grpc),
        "grpc-message": encodeGrpcText(message),
        // Without a hint when to come back, a sender drops what was refused at the memory limit
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
    this.#service.release(this.#reserved);
    this.#reserved = 0;
  }
}
