/**
 * What a receiver answers: `google.rpc.Status` and `RetryInfo` as bytes, and the numbers that belong together in HTTP and gRPC.
 */
import type { RefusalReason } from "./refusals.ts";

/** Status codes of gRPC that a receiver uses. */
export const GRPC = {
  ok: 0,
  invalidArgument: 3,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A refusal: in words, for HTTP and for gRPC. */
export interface Refusal {
  readonly http: number;
  readonly grpc: number;
  readonly message: string;
  readonly reason: RefusalReason;
  /** What shows the mistake in the report; default: the message. */
  readonly detail?: string;
  /** Seconds after which the sender may try again; absent: it must not. */
  readonly retryAfter?: number;
}

/** The memory limit is reached. */
export const FULL: Refusal = {
  http: 429,
  grpc: GRPC.resourceExhausted,
  message: "streamscope has reached its memory limit; send again",
  reason: "memory-limit",
  retryAfter: 1,
};

/** It is being closed. */
export const CLOSING: Refusal = {
  http: 503,
  grpc: GRPC.unavailable,
  message: "streamscope is being closed",
  reason: "closing",
  retryAfter: 1,
};

/** The bearer token is wrong or absent. */
export const NO_TOKEN: Refusal = {
  http: 401,
  grpc: GRPC.unauthenticated,
  message: "a bearer token is needed: Authorization: Bearer TOKEN",
  reason: "token",
};

/** The body is not what it says it is. */
export function malformed(message: string): Refusal {
  return { http: 400, grpc: GRPC.internal, message, reason: "malformed" };
}

/** Metrics, where they have nowhere to go. */
export function noMetrics(message: string): Refusal {
  return { http: 404, grpc: GRPC.unimplemented, message, reason: "metrics" };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);
}

/** A `google.rpc.Status` in protobuf, with a `RetryInfo` where the sender may try again. */
export function encodeStatus({ grpc, message, retryAfter }: Refusal): Buffer {
  const parts = [Buffer.from([0x08, grpc]), field(2, Buffer.from(message))];
  if (retryAfter !== undefined) {
    const delay = field(1, Buffer.from([0x08, ...varint(retryAfter)]));
    const type = Buffer.from("type.googleapis.com/google.rpc.RetryInfo");
    parts.push(field(3, Buffer.concat([field(1, type), field(2, delay)])));
  }
  return Buffer.concat(parts);
}

/** The same as JSON. */
export function statusJson({ grpc, message }: Refusal): string {
  return JSON.stringify({ code: grpc, message });
}
