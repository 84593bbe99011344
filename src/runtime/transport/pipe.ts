/**
 * A pipe: one ordered, reliable way for bytes in both directions. Sockets are pipes, and so are pairs in memory.
 */

import type { PeerCertificate } from "node:tls";

/** Who is told what happens on a pipe. */
export interface PipeEvents {
  /** Bytes came in; they are the receiver's and stay unchanged. */
  data(chunk: Buffer): void;
  /** The pipe is gone, for good. Null: the peer closed it in order. Told once. */
  gone(error: Error | null): void;
}

/** One end of a pipe. */
export interface Pipe {
  /** The peer, as `host:port`, `unix:<path>` or `memory`. */
  readonly remote: string;
  /** The certificate that the peer proved to have; null without TLS, or where it gave none. */
  readonly certificate?: PeerCertificate | null;
  /** Begins to deliver events; called again, delivers them to somebody else from then on. */
  start(events: PipeEvents): void;
  /** Writes; `done` is called once when all parts may be overwritten and more may be written. */
  write(parts: readonly Buffer[], done: () => void): void;
  pause(): void;
  resume(): void;
  /** Whether the pipe keeps the process alive. */
  hold(alive: boolean): void;
  /** Closes after what was written. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

/** Where a client connects to and a server listens at. */
export interface Transport {
  /** Connects. The promise fails with the socket's error. Aborting gives up. */
  dial(address: string, timeoutMs: number): Promise<Pipe>;
  /** Accepts pipes until it is closed. `failed` is told of peers whose TLS handshake failed. */
  listen(
    address: ListenAddress,
    accept: (pipe: Pipe) => void,
    failed?: (remote: string, error: Error) => void,
  ): Promise<Listener>;
}

/** Where to listen. */
export interface ListenAddress {
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** A unix socket instead of host and port. */
  readonly path?: string;
}

/** An open listener. */
export interface Listener {
  /** What a client dials: `host:port`, `unix:<path>`, or a memory address. */
  readonly address: string;
  /** The port; 0 where there is none. */
  readonly port: number;
  /** Accepts nothing more. Pipes live on. */
  close(): Promise<void>;
}
