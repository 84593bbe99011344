/**
 * Statuses of gRPC (https://grpc.github.io/grpc/core/md_doc_statuscodes.html) and the errors of streams.
 */
import type { StreamException } from "../runtime/index.ts";

/** The status codes that are written here. */
export const STATUS = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  internal: 13,
  unavailable: 14,
} as const;

/** A status as grpc-js has it. */
export interface StatusLike {
  readonly code: number;
  readonly details: string;
}

const BRAND = Symbol.for("streamscope.GrpcStatusError");

/**
 * A status that is not OK: what a call ended with, and what a handler throws to answer with one. `message` is Kitex's text,
 * `rpc error: code = <n> desc = <details>`.
 */
export class GrpcStatusError extends Error {
  override readonly name = "GrpcStatusError";
  /** The number of the status. */
  readonly code: number;
  readonly details: string;
  /** True where a call was answered with it, so that who returns it passes an answer on. */
  readonly returned: boolean;

  constructor({ code, details }: StatusLike, returned = false) {
    super(`rpc error: code = ${code} desc = ${details}`);
    this.code = code;
    this.details = details;
    this.returned = returned;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for a GrpcStatusError of any copy of this package. */
  static is(value: unknown): value is GrpcStatusError {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** The status of a call that was cancelled: its text is the exception's, so that every log of it holds the whole story. */
export function statusOf(exception: StreamException): StatusLike {
  return {
    code: exception.kind === "deadline" ? STATUS.deadlineExceeded : STATUS.cancelled,
    details: exception.message,
  };
}

/** An error that is a status: of a client of grpc-js, or a {@link GrpcStatusError}. */
export function isServiceError(error: unknown): error is Error & StatusLike & { readonly metadata?: unknown } {
  if (!(error instanceof Error) || !("code" in error) || !("details" in error)) return false;
  return typeof error.code === "number" && typeof error.details === "string";
}

/** A number that a handler may answer with: 0 is no error, and what is no number is nobody's. */
export function errorCode(code: number): number {
  return Number.isInteger(code) && code > 0 ? code : STATUS.unknown;
}

/** What only the end of a stream says. */
const ENDS: readonly string[] = ["[ttstream error, code=", "rpc error: code = "];

/**
 * What a caller is told of the end of a stream below, which the handler returned: as Kitex words such an error
 * (`pkg/remote/trans/nphttp2/server_handler.go`), or it would read as the caller's own cancel. Every other text stays as it is.
 */
export function returnedDetails({ code, details }: StatusLike): string {
  if (!ENDS.some((end) => details.includes(end))) return details;
  const error = details.startsWith("rpc error: code = ") ? details : `rpc error: code = ${code} desc = ${details}`;
  return `${error} [biz error]`;
}
