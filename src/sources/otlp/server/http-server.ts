/**
 * OTLP over HTTP/1.1, answering as the OpenTelemetry Collector does.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { canDecompress, type Decompressor, TooLarge } from "./decompress.ts";
import { Doors } from "./doors.ts";
import type { Delivery, ExportService } from "./export-service.ts";
import { isOwnHost } from "./host-check.ts";
import { METRICS_TYPE, type Metric, metricsText } from "./prometheus.ts";
import type { RefusalReason } from "./refusals.ts";
import { encodeStatus, FULL, GRPC, malformed, type Refusal, statusJson } from "./status.ts";

/** The longest body, before and after decompressing. */
const MAX_BODY_BYTES: number = 20 * 1024 * 1024;

const PATHS: Readonly<Record<string, Delivery["signal"]>> = {
  "/v1/traces": "traces",
  "/v1/logs": "logs",
  "/v1/metrics": "metrics",
};

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const MAX_CONNECTIONS = 1024;
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
const MAX_HEADER_BYTES = 64 * 1024;
/** How often it is looked for requests that take longer: until then they hold their connections. */
const CHECK_MS = 5_000;

/** Who may send to the HTTP port. */
export interface HttpGuests {
  /** Pages of this origin (`*`: of any) may send; null: none. */
  readonly corsOrigin: string | null;
  /** Besides the machine's own names, the only ones in a Host header; null: any. */
  readonly hostNames: readonly string[] | null;
  /** Most connections at a time. Default 1,024. */
  readonly maxConnections?: number;
  /** What `GET /metrics` tells. */
  readonly metrics: () => readonly Metric[];
}

/** Makes a server that is not listening yet. */
export function createOtlpHttpServer(
  service: ExportService,
  decompressor: Decompressor,
  { corsOrigin, hostNames, maxConnections = MAX_CONNECTIONS, metrics }: HttpGuests,
): Server {
  const options = {
    requestTimeout: REQUEST_MS,
    headersTimeout: HEADERS_MS,
    connectionsCheckingInterval: CHECK_MS,
    keepAliveTimeout: 65_000,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const doors = new Doors<Socket>(maxConnections, () =>
    service.refuse("http", null, "connections", String(maxConnections)),
  );
  const take = (request: IncomingMessage, response: ServerResponse, waits: boolean): void => {
    // A sender that goes away in the middle is no business of anybody
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    request.on("end", () => doors.used(request.socket));
    if (hostNames !== null && !isOwnHost(request.headers.host, hostNames)) {
      service.refuse("http", 403, "host", request.headers.host ?? "");
      response.writeHead(403, { "content-type": "text/plain", connection: "close" }).end("403 unknown host\n");
      request.resume();
      return;
    }
    if (corsOrigin !== null && answerCors(request, response, corsOrigin)) return;
    if (isLook(request)) answerLook(service, metrics, request, response);
    else new Exchange(service, decompressor, request, response).begin(waits);
  };
  const server = createServer(options, (request, response) => take(request, response, false));
  server.on("checkContinue", (request, response) => take(request, response, true));
  server.on("connection", (socket) => {
    socket.on("close", () => doors.leave(socket));
    doors.admit(socket);
  });
  server.on("clientError", (error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket: Duplex) => {
    answerNoHttp(service, error, socket);
  });
  return server;
}

const HEALTH_PATH = "/healthz";
const METRICS_PATH = "/metrics";

/** True where somebody only looks whether all is well. */
function isLook({ method, url = "" }: IncomingMessage): boolean {
  const path = url.split("?", 1)[0];
  return (method === "GET" || method === "HEAD") && (path === HEALTH_PATH || path === METRICS_PATH);
}

/** Whoever can reach the port may ask whether it lives; figures are told to those who may send. */
function answerLook(
  service: ExportService,
  metrics: HttpGuests["metrics"],
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const answer = (status: number, type: string, text: string): void => {
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
    response.end(method === "HEAD" ? "" : text);
  };
  if (url.startsWith(HEALTH_PATH)) {
    if (service.closing) answer(503, "text/plain", "closing\n");
    else answer(200, "text/plain", "ok\n");
    return;
  }
  const refusal = service.refusal(headers.authorization);
  if (refusal === null) {
    answer(200, METRICS_TYPE, metricsText(metrics()));
    return;
  }
  const { http, reason, message, detail = message } = refusal;
  service.refuse("http", http, reason, detail);
  if (http === 401) response.setHeader("www-authenticate", "Bearer");
  answer(http, "text/plain", `${message}\n`);
}

/** The first bytes of HTTP/2 (RFC 9113, 3.4), which gRPC speaks; and of TLS (RFC 8446, 5.1: a record of type handshake). */
const HTTP2_PREFACE = "PRI * HTTP/2.0";
const TLS_HANDSHAKE = 0x16;
/** What Node answers by itself to bytes that are no request. */
const NO_HTTP: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Bytes at the port that are no request of HTTP/1.1. */
function answerNoHttp(
  service: ExportService,
  { code = "", message, rawPacket }: NodeJS.ErrnoException & { readonly rawPacket?: Buffer },
  socket: Duplex,
): void {
  if (!socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status = NO_HTTP[code] ?? 400;
  if (rawPacket?.toString("latin1", 0, HTTP2_PREFACE.length) === HTTP2_PREFACE)
    service.refuse("http", status, "protocol", "");
  else if (rawPacket?.[0] === TLS_HANDSHAKE) service.refuse("http", status, "tls", "");
  else service.refuse("http", status, "malformed", message);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
}

/** Adds the headers a browser wants; true where the request was only the question whether it may send. */
function answerCors(request: IncomingMessage, response: ServerResponse, allowed: string): boolean {
  const { origin } = request.headers;
  if (origin === undefined || (allowed !== "*" && origin !== allowed)) return false;
  response.setHeader("access-control-allow-origin", allowed === "*" ? "*" : origin);
  response.setHeader("vary", "Origin");
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  response.setHeader("access-control-allow-methods", "POST");
  response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "");
  response.setHeader("access-control-max-age", "7200");
  response.writeHead(204).end();
  return true;
}

/** One request and its answer. */
class Exchange {
  readonly #service: ExportService;
  readonly #decompressor: Decompressor;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #reserved = 0;
  #json = false;
  #done = false;

  constructor(service: ExportService, decompressor: Decompressor, request: IncomingMessage, response: ServerResponse) {
    this.#service = service;
    this.#decompressor = decompressor;
    this.#request = request;
    this.#response = response;
  }

  /** `waits`: the sender wants to know first whether its body is wanted (RFC 9110, 10.1.1). */
  begin(waits: boolean): void {
    const request = this.#request;
    const { headers, method = "" } = request;
    const path = (request.url ?? "").split("?", 1)[0] as string;
    const signal = PATHS[path];
    if (signal === undefined || (signal === "metrics" && !this.#service.takesMetrics)) {
      this.#plain(404, "404 page not found\n", signal === undefined ? "path" : "metrics", path);
      return;
    }
    if (method !== "POST") {
      this.#plain(405, "405 method not allowed, supported: [POST]", "method", method);
      return;
    }
    const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
    if (type !== PROTOBUF && type !== JSON_TYPE) {
      const text = `415 unsupported media type, supported: [${JSON_TYPE}, ${PROTOBUF}]`;
      this.#plain(415, text, "content-type", type);
      return;
    }
    this.#json = type === JSON_TYPE;
    const refusal = this.#service.refusal(headers.authorization);
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    const encoding = (headers["content-encoding"] ?? "").trim().toLowerCase();
    const compressed = encoding !== "" && encoding !== "identity";
    if (compressed && !canDecompress(encoding)) {
      this.#refuse({
        ...malformed(`unsupported Content-Encoding: ${encoding}`),
        reason: "encoding",
        detail: encoding,
      });
      return;
    }
    if (Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
      this.#tooLarge();
      return;
    }
    if (waits) this.#response.writeContinue();
    request.on("data", (chunk: Buffer) => this.#take(chunk));
    request.on("close", () => this.#release());
    request.on("end", () => {
      if (this.#done) return;
      if (compressed) void this.#decompress(signal, encoding);
      else this.#deliver(signal, this.#chunks, this.#length, null);
    });
  }

  #take(chunk: Buffer): void {
    if (this.#done) return;
    this.#length += chunk.length;
    if (this.#length > MAX_BODY_BYTES) {
      this.#tooLarge();
      return;
    }
    if (!this.#service.reserve(chunk.length)) {
      this.#refuse(FULL);
      return;
    }
    this.#reserved += chunk.length;
    this.#chunks.push(chunk);
  }

  async #decompress(signal: Delivery["signal"], encoding: string): Promise<void> {
    try {
      const body = Buffer.concat(this.#chunks, this.#length);
      const whole = await this.#decompressor.decompress(encoding, body, MAX_BODY_BYTES);
      this.#deliver(signal, [whole], whole.length, encoding);
    } catch (error) {
      if (error instanceof TooLarge) this.#tooLarge();
      else this.#refuse(malformed(error instanceof Error ? error.message : String(error)));
    }
  }

  #deliver(signal: Delivery["signal"], chunks: readonly Buffer[], length: number, encoding: string | null): void {
    const json = this.#json;
    const refusal = this.#service.deliver({ signal, json, chunks, length, raw: this.#chunks, encoding });
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    this.#answer(200, json ? JSON_TYPE : PROTOBUF, json ? '{"partialSuccess":{}}' : "");
  }

  #tooLarge(): void {
    this.#refuse({ ...malformed("http: request body too large"), reason: "too-large", detail: "20 MiB" });
  }

  #refuse(refusal: Refusal): void {
    if (this.#done) return;
    const { http, retryAfter, reason, message, detail = message } = refusal;
    this.#service.refuse("http", http, reason, detail);
    if (retryAfter !== undefined) this.#response.setHeader("retry-after", String(retryAfter));
    if (http === 401) this.#response.setHeader("www-authenticate", "Bearer");
    const own = http === 400 ? { ...refusal, grpc: GRPC.invalidArgument } : refusal;
    this.#answer(http, this.#json ? JSON_TYPE : PROTOBUF, this.#json ? statusJson(own) : encodeStatus(own));
  }

  #plain(status: number, text: string, reason: RefusalReason, detail: string): void {
    this.#service.refuse("http", status, reason, detail);
    this.#answer(status, "text/plain", text);
  }

  #answer(status: number, type: string, body: string | Buffer): void {
    if (this.#done) return;
    this.#done = true;
    const response = this.#response;
    // What is still to come of a refused body is not waited for
    if (!this.#request.complete) response.setHeader("connection", "close");
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
    response.end(body);
    if (!this.#request.complete) this.#request.resume();
    this.#release();
  }

  #release(): void {
    this.#service.release(this.#reserved);
    this.#reserved = 0;
    this.#chunks.length = 0;
  }
}
