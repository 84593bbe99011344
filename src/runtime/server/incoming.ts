/**
 * Connections that clients opened: what protocol they speak, and the driver of those that speak ours.
 *
 * The port may be found by anybody. Whoever speaks something else gets a plain sentence into the log (and, over HTTP, as an answer), never
 * a stack trace, and never brings the process down.
 */
import type { Clock } from "../clock.ts";
import type { Budget } from "../connection/budget.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import * as channels from "../seams/channels.ts";
import { noteConnection } from "../seams/load.ts";
import type { ServerStream } from "../stream/server-stream.ts";
import type { StreamListener } from "../stream/stream.ts";
import { Driver } from "../transport/driver.ts";
import type { Pipe } from "../transport/pipe.ts";
import { DETECT_BYTES, detectProtocol, type Frame, type WireProtocol } from "../wire/index.ts";

/** What incoming connections need of their server. */
export interface IncomingHost {
  readonly limits: ConnectionLimits & { readonly connections: number };
  readonly idleMs: number;
  readonly pingMs: number;
  readonly clock: Clock;
  readonly budget: Budget;
  log(level: "info" | "warn" | "error", kind: string, text: string, error: unknown): void;
  accept(stream: ServerStream, header: Frame, pipe: Pipe): StreamListener;
}

const SENTENCES: Readonly<Record<Exclude<WireProtocol, "ttheader-streaming">, string>> = {
  http: "sent an HTTP request; this port speaks Kitex TTHeader Streaming only",
  http2: "speaks HTTP/2 (gRPC?); this port speaks Kitex TTHeader Streaming only",
  tls: "began a TLS handshake; this port is not encrypted (give the server `tls`, or the client none)",
  thrift: "sent a unary thrift call; this port speaks Kitex TTHeader Streaming only",
  "ttheader-unary": "sent a unary TTHeader call; this port speaks TTHeader Streaming only",
  unknown: "sent bytes of no protocol known here; this port speaks Kitex TTHeader Streaming only",
};

/** How long a peer may take to say what protocol it speaks. */
const FIRST_BYTES_MS = 10_000;

/** How long a closing connection may take to write what waits. */
const CLOSE_WAIT_MS = 1500;

/** All connections of a server. */
export class IncomingConnections {
  readonly #host: IncomingHost;
  readonly #drivers = new Set<Driver>();
  readonly #undecided = new Set<Pipe>();
  #emptied: (() => void) | null = null;

  constructor(host: IncomingHost) {
    this.#host = host;
  }

  /** Takes a new pipe: reads until its protocol is known. */
  take(pipe: Pipe): void {
    if (!this.#makeRoom(pipe)) return;
    let first: Buffer | null = null;
    let settled = false;
    this.#undecided.add(pipe);
    const silent = this.#host.clock.timer(FIRST_BYTES_MS, () => pipe.destroy());
    pipe.start({
      data: (chunk) => {
        if (settled) return;
        first = first === null ? chunk : Buffer.concat([first, chunk]);
        const protocol = first.length < DETECT_BYTES ? null : detectProtocol(first);
        if (protocol === null) return;
        settled = true;
        silent.cancel();
        this.#undecided.delete(pipe);
        if (protocol === "ttheader-streaming") this.#drive(pipe, first);
        else this.#turnAway(pipe, protocol);
      },
      gone: () => {
        silent.cancel();
        this.#undecided.delete(pipe);
      },
    });
  }

  /** False where there are too many connections already: then this one is closed. */
  #makeRoom(pipe: Pipe): boolean {
    const { connections } = this.#host.limits;
    if (this.#drivers.size + this.#undecided.size < connections) return true;
    const [oldest = null] = this.#undecided;
    const text = `there are ${connections} connections already`;
    this.#host.log("warn", "full", `the connection from ${(oldest ?? pipe).remote} was closed: ${text}`, null);
    this.#undecided.delete(oldest ?? pipe);
    (oldest ?? pipe).destroy();
    return oldest !== null;
  }

  /** A connection came to nothing before it was one: a TLS handshake that failed. */
  failed(remote: string, { message }: Error): void {
    this.#host.log("warn", "handshake", `the TLS handshake with ${remote} failed: ${message}`, null);
  }

  #drive(pipe: Pipe, first: Buffer): void {
    const { remote } = pipe;
    const acceptor = {
      accept: (stream: ServerStream, header: Frame) => this.#host.accept(stream, header, pipe),
    };
    const { limits, clock, budget, idleMs, pingMs } = this.#host;
    const driver = new Driver({ side: "server", pipe, limits, clock, budget, idleMs, pingMs, acceptor });
    this.#drivers.add(driver);
    const forget = noteConnection(driver.connection);
    driver.onGone = (error) => {
      forget();
      this.#drivers.delete(driver);
      const broken = driver.connection.failure;
      if (broken !== null)
        this.#host.log("warn", "ended", `connection from ${remote} ended: ${broken.message}`, broken);
      if (channels.connectionLost.hasSubscribers) {
        const streams = driver.streamsLost;
        channels.connectionLost.publish({ side: "server", remote, error: broken ?? error, streams });
      }
      if (this.#drivers.size === 0) this.#emptied?.();
    };
    if (channels.connectionOpen.hasSubscribers) {
      channels.connectionOpen.publish({ side: "server", remote, error: null, streams: 0 });
    }
    driver.start(first);
  }

  #turnAway(pipe: Pipe, protocol: Exclude<WireProtocol, "ttheader-streaming">): void {
    const sentence = SENTENCES[protocol];
    this.#host.log("warn", protocol, `${pipe.remote} ${sentence}`, null);
    if (protocol !== "http") {
      pipe.destroy();
      return;
    }
    const body = `You ${sentence}.\n`;
    const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    pipe.write([Buffer.from(head + body)], () => pipe.end());
  }

  /** Tells clients of this runtime that new calls are refused from now on. */
  drain(): void {
    for (const { connection } of this.#drivers) if (connection.closed === null) connection.peer.say("draining");
  }

  /** Writes what waits, closes every connection, and resolves when they are gone or have had their time. */
  async close(): Promise<void> {
    for (const pipe of this.#undecided) pipe.destroy();
    for (const driver of [...this.#drivers]) driver.connection.close("transport is closing");
    if (this.#drivers.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_WAIT_MS);
      this.#emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    for (const driver of this.#drivers) driver.pipe.destroy();
  }
}
