/**
 * Connections that clients opened: what protocol they speak, and the driver of those that speak ours.
 *
 * The port may be found by anybody. Whoever speaks something else gets a plain sentence into the log (and, over HTTP, as an answer), never
 * a stack trace, and never brings the process down.
 */
import type { ConnectionLimits } from "../connection/connection.ts";
import * as channels from "../seams/channels.ts";
import type { ServerStream } from "../stream/server-stream.ts";
import type { StreamListener } from "../stream/stream.ts";
import { Driver } from "../transport/driver.ts";
import type { Link } from "../transport/link.ts";
import { DETECT_BYTES, detectProtocol, type Frame, type Protocol } from "../wire/index.ts";

/** What incoming connections need of their server. */
export interface IncomingHost {
  readonly limits: ConnectionLimits;
  log(level: "info" | "warn" | "error", text: string, error: unknown): void;
  accept(stream: ServerStream, header: Frame, remote: string): StreamListener;
}

const SENTENCES: Readonly<Record<Exclude<Protocol, "ttheader-streaming">, string>> = {
  http: "sent an HTTP request; this port speaks Kitex TTHeader Streaming only",
  http2: "speaks HTTP/2 (gRPC?); this port speaks Kitex TTHeader Streaming only",
  tls: "began a TLS handshake; this port is not encrypted (give the server `tls`, or the client none)",
  thrift: "sent a unary thrift call; this port speaks Kitex TTHeader Streaming only",
  "ttheader-unary": "sent a unary TTHeader call; this port speaks TTHeader Streaming only",
  unknown: "sent bytes of no protocol known here; this port speaks Kitex TTHeader Streaming only",
};

/** How long a closing connection may take to write what waits. */
const CLOSE_WAIT_MS = 1500;

/** All connections of a server. */
export class IncomingConnections {
  readonly #host: IncomingHost;
  readonly #drivers = new Set<Driver>();
  readonly #undecided = new Set<Link>();
  #emptied: (() => void) | null = null;

  constructor(host: IncomingHost) {
    this.#host = host;
  }

  /** Takes a new link: reads until its protocol is known. */
  take(link: Link): void {
    let first: Buffer | null = null;
    let settled = false;
    this.#undecided.add(link);
    link.start({
      data: (chunk) => {
        if (settled) return;
        first = first === null ? chunk : Buffer.concat([first, chunk]);
        const protocol = first.length < DETECT_BYTES ? null : detectProtocol(first);
        if (protocol === null) return;
        settled = true;
        this.#undecided.delete(link);
        if (protocol === "ttheader-streaming") this.#drive(link, first);
        else this.#turnAway(link, protocol);
      },
      gone: () => {
        this.#undecided.delete(link);
      },
    });
  }

  #drive(link: Link, first: Buffer): void {
    const { remote } = link;
    const acceptor = {
      accept: (stream: ServerStream, header: Frame) => this.#host.accept(stream, header, remote),
    };
    const driver = new Driver("server", link, this.#host.limits, acceptor);
    this.#drivers.add(driver);
    driver.onGone = (error) => {
      this.#drivers.delete(driver);
      const broken = driver.connection.failure;
      if (broken !== null) this.#host.log("warn", `connection from ${remote} ended: ${broken.message}`, broken);
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

  #turnAway(link: Link, protocol: Exclude<Protocol, "ttheader-streaming">): void {
    const sentence = SENTENCES[protocol];
    this.#host.log("warn", `${link.remote} ${sentence}`, null);
    if (protocol !== "http") {
      link.destroy();
      return;
    }
    const body = `You ${sentence}.\n`;
    const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    link.write([Buffer.from(head + body)], () => link.end());
  }

  /** Writes what waits, closes every connection, and resolves when they are gone or have had their time. */
  async close(): Promise<void> {
    for (const link of this.#undecided) link.destroy();
    for (const driver of [...this.#drivers]) driver.connection.close("transport is closing");
    if (this.#drivers.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_WAIT_MS);
      this.#emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    for (const driver of this.#drivers) driver.link.destroy();
  }
}
