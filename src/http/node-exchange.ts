/**
 * An exchange of node:http and node:https, and what was seen of its connection.
 *
 * Nothing here changes what the server does: a listener for `timeout` on a request, a response or a server would keep Node from closing
 * the connection, so it listens to the socket.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HttpFacts } from "../runtime/index.ts";
import { type Ending, endingOf } from "./ending.ts";
import { type Exchange, headerTexts, pathOf, type ResponseWriter } from "./exchange.ts";
import { NodeWriter } from "./node-writer.ts";
import { routeOf } from "./route.ts";

/** When the connection timed out, and how much had been sent by then. */
interface Timeout {
  bytesSent: number | null;
}

const timeouts = new WeakMap<Socket, Timeout>();
const startedAt = new WeakMap<IncomingMessage, number>();

/** Begins to look at a connection, once. */
function watch(request: IncomingMessage): Timeout {
  if (!startedAt.has(request)) startedAt.set(request, performance.now());
  const { socket } = request;
  const known = timeouts.get(socket);
  if (known !== undefined) return known;
  const timeout: Timeout = { bytesSent: null };
  timeouts.set(socket, timeout);
  socket.on("timeout", () => {
    timeout.bytesSent = socket.bytesWritten;
  });
  return timeout;
}

// From its start, so that a scope that is made late still learns of a timer that fired before.
subscribe("http.server.request.start", (message) => watch((message as { request: IncomingMessage }).request));

/** An exchange of node:http. */
export class NodeExchange implements Exchange {
  readonly facts: HttpFacts;
  readonly headers: ReadonlyMap<string, string>;
  readonly peerAddress: string | null;
  readonly #taken: (() => void) | null;
  readonly #response: ServerResponse;
  readonly #request: IncomingMessage;
  readonly #socket: Socket;

  constructor(response: ServerResponse, route: (() => string | null) | null, taken: (() => void) | null = null) {
    const request = response.req;
    const { socket } = request;
    this.#response = response;
    this.#taken = taken;
    this.#request = request;
    this.#socket = socket;
    this.headers = headerTexts(request.headers);
    this.peerAddress = addressOf(socket);
    this.facts = {
      method: request.method ?? "GET",
      scheme: "encrypted" in socket ? "https" : "http",
      // Express cuts what a router is mounted at off `url`
      path: pathOf((request as { originalUrl?: string }).originalUrl ?? request.url ?? ""),
      get route() {
        return route?.() ?? routeOf(request);
      },
      get status() {
        return response.headersSent ? response.statusCode : null;
      },
      version: request.httpVersion,
      url: null,
    };
    watch(request);
  }

  get writer(): ResponseWriter {
    return new NodeWriter(this.#response, this.#taken);
  }

  onClosed(listener: (ending: Ending | null) => void): void {
    const response = this.#response;
    const closed = () => listener(response.writableFinished ? null : this.#ending());
    if (response.closed || response.destroyed) {
      closed();
      return;
    }
    // Node 26 aborts this first: a call that was given it must find its scope cancelled.
    const { signal } = response.req as { signal?: AbortSignal };
    let told = false;
    const once = () => {
      signal?.removeEventListener("abort", once);
      response.off("close", once);
      if (!told) closed();
      told = true;
    };
    signal?.addEventListener("abort", once);
    response.on("close", once);
  }

  #ending(): Ending {
    const socket = this.#socket;
    const { errored } = this.#response as { errored: Error | null | undefined };
    const server = (socket as unknown as { server?: Server }).server;
    return endingOf({
      requestComplete: this.#request.complete,
      peerEnded: socket.readableEnded,
      peerReset: false,
      // Undefined: destroyed without an error; null: not destroyed by a call
      error: errored ?? socket.errored,
      destroyedHere: errored !== null,
      timedOut: timeouts.get(socket)?.bytesSent === socket.bytesWritten || this.#uploadTookTooLong(server),
      serverClosed: server?.listening === false,
    });
  }

  /** Node answers 408 and closes, and leaves no other trace of it. */
  #uploadTookTooLong(server: Server | undefined): boolean {
    const limit = server?.requestTimeout ?? 0;
    const began = startedAt.get(this.#request) ?? Number.POSITIVE_INFINITY;
    return limit > 0 && !this.#request.complete && performance.now() - began >= limit;
  }
}

/** The other end of a connection, `host:port`. */
export function addressOf(socket: Pick<Socket, "remoteAddress" | "remotePort">): string | null {
  const { remoteAddress: host, remotePort: port } = socket;
  if (host === undefined || port === undefined) return null;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
