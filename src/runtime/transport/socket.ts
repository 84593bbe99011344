/**
 * Sockets: TCP, unix sockets, TLS. The only file of the runtime that knows node:net.
 *
 * Every socket is made outside all scopes; node:tls is loaded only where it is asked for.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { ConnectionOptions, PeerCertificate, TLSSocket, TlsOptions } from "node:tls";
import { outsideCalls } from "../async-context.ts";
import type { ListenAddress, Listener, Pipe, PipeEvents, Transport } from "./pipe.ts";

/** How long a peer may take to close its end after ours. */
const CLOSE_WAIT_MS = 1000;

/** How long a socket may be silent before the kernel asks whether its peer is still there. */
const KEEP_ALIVE_MS = 60_000;

/** How long a peer may take for its TLS handshake. */
const HANDSHAKE_MS = 10_000;

/** A socket as a pipe. */
class SocketPipe implements Pipe {
  readonly remote: string;
  readonly #socket: Socket | TLSSocket;
  /** A plain connection to a server. */
  readonly #dialled: boolean;
  #ending = false;
  #events: PipeEvents | null = null;
  #error: Error | null = null;

  constructor(socket: Socket, remote: string, dialled: boolean) {
    this.#socket = socket;
    this.#dialled = dialled && !("authorized" in socket);
    this.remote = remote;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => this.#events?.gone(this.#error ?? this.#hint()));
    socket.on("end", () => socket.end());
  }

  get certificate(): PeerCertificate | null {
    const socket = this.#socket;
    if (!("authorized" in socket) || !socket.authorized) return null;
    const certificate = socket.getPeerCertificate();
    return "subject" in certificate ? certificate : null;
  }

  start(events: PipeEvents): void {
    const first = this.#events === null;
    this.#events = events;
    if (!first) return;
    this.#socket.on("data", (chunk: Buffer) => this.#events?.data(chunk));
    if (this.#socket.destroyed) process.nextTick(() => this.#events?.gone(this.#error));
  }

  /** A server with TLS hangs up on a client without: nothing else says so. */
  #hint(): Error | null {
    const { bytesRead, bytesWritten } = this.#socket;
    if (!this.#dialled || bytesRead > 0 || bytesWritten === 0 || this.#ending) return null;
    return new Error("the server closed without a word: does it speak TLS?");
  }

  write(parts: readonly Buffer[], done: () => void): void {
    const socket = this.#socket;
    if (parts.length === 1) {
      socket.write(parts[0] as Buffer, done);
      return;
    }
    socket.cork();
    for (let i = 0; i < parts.length - 1; i += 1) socket.write(parts[i] as Buffer);
    socket.write(parts[parts.length - 1] as Buffer, done);
    socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  hold(alive: boolean): void {
    if (alive) this.#socket.ref();
    else this.#socket.unref();
  }

  end(): void {
    const socket = this.#socket;
    this.#ending = true;
    socket.end();
    socket.resume();
    // Closing with unread bytes would make the kernel throw away what the peer has not read yet, so the peer gets a moment to close.
    const timer = outsideCalls(() => setTimeout(() => socket.destroy(), CLOSE_WAIT_MS));
    timer.unref();
    socket.once("close", () => clearTimeout(timer));
  }

  destroy(): void {
    this.#ending = true;
    this.#socket.destroy();
  }
}

/** How sockets are made. */
export interface SocketOptions {
  /** TLS options of Node; without them the connection is plain. A client's `servername` is the host unless given. */
  readonly tls?: ConnectionOptions | TlsOptions;
}

/** A transport over TCP or unix sockets. */
export function socketTransport(options: SocketOptions = {}): Transport {
  return {
    dial: (address, timeoutMs) => dial(address, timeoutMs, options.tls as ConnectionOptions | undefined),
    listen: (address, accept, failed) => listen(address, accept, options.tls as TlsOptions | undefined, failed),
  };
}

/** Splits `host:port`, `[v6]:port` and `unix:<path>`. Throws TypeError for anything else. */
export function parseAddress(address: string): { host: string; port: number } | { path: string } {
  if (address.startsWith("unix:")) return { path: address.slice(5) };
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0];
  if (scheme !== undefined) {
    throw new TypeError(`target must be "host:port", no scheme: ${JSON.stringify(address)} begins with ${scheme}`);
  }
  const colon = address.lastIndexOf(":");
  const port = Number(address.slice(colon + 1));
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  if (colon <= 0 || host === "" || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw new TypeError(`target must be "host:port" or "unix:<path>", got ${JSON.stringify(address)}`);
  }
  return { host, port };
}

async function dial(address: string, timeoutMs: number, tls: ConnectionOptions | undefined): Promise<Pipe> {
  const where = parseAddress(address);
  const secure = tls === undefined ? null : await import("node:tls");
  const { promise, resolve, reject } = Promise.withResolvers<Pipe>();
  outsideCalls(() => {
    const servername = "host" in where && !/^[\d.:]+$/.test(where.host) ? { servername: where.host } : {};
    const socket = secure === null ? connect(where) : secure.connect({ ...servername, ...where, ...tls });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error(`i/o timeout after ${timeoutMs} ms`), { code: "ETIMEDOUT" })),
      timeoutMs,
    );
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once("error", failed);
    socket.once(secure === null ? "connect" : "secureConnect", () => {
      clearTimeout(timer);
      socket.off("error", failed);
      resolve(new SocketPipe(socket, address, true));
    });
  });
  return promise;
}

async function listen(
  address: ListenAddress,
  accept: (pipe: Pipe) => void,
  tls: TlsOptions | undefined,
  failed: (remote: string, error: Error) => void = () => {},
): Promise<Listener> {
  const secure = tls === undefined ? null : await import("node:tls");
  const { promise, resolve, reject } = Promise.withResolvers<Listener>();
  outsideCalls(() => {
    const taken = (socket: Socket) => accept(new SocketPipe(socket, remoteOf(socket, address), false));
    const options = { noDelay: true, allowHalfOpen: true, handshakeTimeout: HANDSHAKE_MS };
    const server: Server =
      secure === null ? createServer(options, taken) : secure.createServer({ ...options, ...tls }, taken);
    const handshakes = secure === null ? null : handshakesOf(server, address, failed);
    server.once("error", reject);
    const opened = () => {
      server.off("error", reject);
      server.on("error", () => {});
      resolve(listenerOf(server, address, handshakes));
    };
    if (address.path !== undefined) server.listen(address.path, opened);
    else server.listen(address.port ?? 0, address.host ?? "127.0.0.1", opened);
  });
  return promise;
}

/** Handshakes that go on: a failed one concerns one peer, not the server; a server that closes ends them without a word. */
function handshakesOf(
  server: Server,
  address: ListenAddress,
  failed: (remote: string, error: Error) => void,
): { end(): void } {
  const open = new Map<string, Socket>();
  let ended = false;
  server.on("connection", (socket: Socket) => {
    const remote = remoteOf(socket, address);
    open.set(remote, socket);
    socket.once("close", () => open.get(remote) === socket && open.delete(remote));
  });
  server.on("secureConnection", (socket: Socket) => open.delete(remoteOf(socket, address)));
  server.on("tlsClientError", (error: Error, socket: Socket) => {
    if (!ended) failed(remoteOf(socket, address), error);
  });
  return {
    end() {
      ended = true;
      for (const socket of open.values()) socket.destroy();
    },
  };
}

function listenerOf(server: Server, asked: ListenAddress, handshakes: { end(): void } | null): Listener {
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? (bound as AddressInfo).port : 0;
  const host = typeof bound === "object" && bound !== null ? (bound as AddressInfo).address : "";
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    port,
    address: asked.path === undefined ? `${shown}:${port}` : `unix:${asked.path}`,
    close: () =>
      new Promise((resolve) => {
        handshakes?.end();
        server.close(() => resolve());
        // Node waits for open sockets; the caller closes those itself, so only the listening matters here.
        resolve();
      }),
  };
}

function remoteOf(socket: Socket, address: ListenAddress): string {
  if (address.path !== undefined) return `unix:${address.path}`;
  const host = socket.remoteAddress ?? "";
  return `${host.includes(":") ? `[${host}]` : host}:${socket.remotePort ?? 0}`;
}
