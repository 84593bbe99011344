/**
 * What the peers of the benchmark do: the same messages, the same shapes, whoever carries them.
 */
import type { Request, Response } from "../../test/support/chat.ts";

/** Server streaming counts messages received, ping-pong counts round trips. */
export const SHAPES = ["serverStreaming", "pingPong"] as const;
/** What a load does; one of unary calls, which counts calls, is for grpc-js only. */
export type Shape = (typeof SHAPES)[number] | "unary";

/** One load: so many streams, or unary calls, at the same time on one connection, messages with so many bytes of payload. */
export interface Load {
  readonly shape: Shape;
  readonly streams: number;
  readonly payload: number;
}

/** A peer's client: starts loads on one connection. */
export interface LoadMaker {
  /** Begins; calls `count` for each message or round trip. The function returned ends the load. */
  start(load: Load, count: () => void): () => void;
}

/** One way to carry messages. */
export interface System {
  /** Serves and returns the address. */
  serve(): Promise<string>;
  connect(address: string): Promise<LoadMaker>;
}

/** The request of a load. */
export function requestOf(payload: number): Request {
  return { message: "m", count: 0n, intervalUs: 0n, payload: Buffer.alloc(payload) };
}

/** What a server answers, the `seq`-th time. */
export function responseTo(request: Request, seq: bigint): Response {
  return { message: request.message, seq, from: "server", payload: request.payload };
}
