/**
 * OTLP over HTTP/1.1, answering as the OpenTelemetry Collector does.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { canDecompress, TooLarge, unpack } from "./decompress.ts";
import type { Delivery, ExportService } from "./export-service.ts";
import { encodeStatus, GRPC, malformed, type Refusal, statusJson } from "./status.ts";

/** The longest body, before and after unpacking. */
export const MAX_BODY_BYTES: number = 20 * 1024 * 1024;

const PATHS: Readonly<Record<string, Delivery["signal"]>> = {
  "/v1/traces": "traces",
  "/v1/logs": "logs",
  "/v1/metrics": "metrics",
};

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const MAX_CONNECTIONS = 1024;
const REQUEST_MS = 30_000;

/** Makes a server that is not listening yet. `corsOrigin`: pages of this origin (`*`: of any) may send; null: none. */
export function createOtlpHttpServer(desk: ExportService, corsOrigin: string | null): Server {
  const server = createServer({ requestTimeout: REQUEST_MS, keepAliveTimeout: 65_000 }, (request, response) => {
    // A sender that goes away in the middle is no business of anybody
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    if (corsOrigin !== null && answerCors(request, response, corsOrigin)) return;
    new Exchange(desk, request, response).begin();
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
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
  readonly #desk: ExportService;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #room = 0;
  #json = false;
  #done = false;

  constructor(desk: ExportService, request: IncomingMessage, response: ServerResponse) {
    this.#desk = desk;
    this.#request = request;
    this.#response = response;
  }

  begin(): void {
    const request = this.#request;
    const { headers, method } = request;
    const signal = PATHS[(request.url ?? "").split("?", 1)[0] as string];
    if (signal === undefined || (signal === "metrics" && !this.#desk.takesMetrics)) {
      this.#plain(404, "404 page not found\n");
      return;
    }
    if (method !== "POST") {
      this.#plain(405, "405 method not allowed, supported: [POST]");
      return;
    }
    const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
    if (type !== PROTOBUF && type !== JSON_TYPE) {
      this.#plain(415, `415 unsupported media type, supported: [${JSON_TYPE}, ${PROTOBUF}]`);
      return;
    }
    this.#json = type === JSON_TYPE;
    const refusal = this.#desk.refusal(headers.authorization);
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    const encoding = (headers["content-encoding"] ?? "").trim().toLowerCase();
    const packed = encoding !== "" && encoding !== "identity";
    if (packed && !canDecompress(encoding)) {
      this.#refuse(malformed(`unsupported Content-Encoding: ${encoding}`));
      return;
    }
    if (Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
      this.#tooLarge();
      return;
    }
    request.on("data", (chunk: Buffer) => this.#take(chunk));
    request.on("close", () => this.#release());
    request.on("end", () => {
      if (this.#done) return;
      if (packed) void this.#unpack(signal, encoding);
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
    if (!this.#desk.takeRoom(chunk.length)) {
      this.#refuse(this.#desk.full);
      return;
    }
    this.#room += chunk.length;
    this.#chunks.push(chunk);
  }

  async #unpack(signal: Delivery["signal"], encoding: string): Promise<void> {
    try {
      const unpacked = await unpack(encoding, Buffer.concat(this.#chunks, this.#length), MAX_BODY_BYTES);
      this.#deliver(signal, [unpacked], unpacked.length, encoding);
    } catch (error) {
      if (error instanceof TooLarge) this.#tooLarge();
      else this.#refuse(this.#desk.refuse(malformed(error instanceof Error ? error.message : String(error))));
    }
  }

  #deliver(signal: Delivery["signal"], chunks: readonly Buffer[], length: number, encoding: string | null): void {
    const json = this.#json;
    const refusal = this.#desk.deliver({ signal, json, chunks, length, raw: this.#chunks, encoding });
    if (refusal !== null) {
      this.#refuse(refusal);
      return;
    }
    this.#answer(200, json ? JSON_TYPE : PROTOBUF, json ? '{"partialSuccess":{}}' : "");
  }

  #tooLarge(): void {
    this.#refuse(this.#desk.refuse({ ...malformed("http: request body too large"), grpc: GRPC.invalidArgument }));
  }

  #refuse(refusal: Refusal): void {
    const { http, retryAfter } = refusal;
    if (retryAfter !== undefined) this.#response.setHeader("retry-after", String(retryAfter));
    if (http === 401) this.#response.setHeader("www-authenticate", "Bearer");
    const own = http === 400 ? { ...refusal, grpc: GRPC.invalidArgument } : refusal;
    this.#answer(http, this.#json ? JSON_TYPE : PROTOBUF, this.#json ? statusJson(own) : encodeStatus(own));
  }

  #plain(status: number, text: string): void {
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
    this.#desk.giveRoom(this.#room);
    this.#room = 0;
    this.#chunks.length = 0;
  }
}
