/**
 * Statuses of gRPC (https://grpc.github.io/grpc/core/md_doc_statuscodes.html) and the errors of streams.
 */
import type { StreamException } from "../runtime/index.ts";

/** The status codes that are written here. */
export const STATUS = { ok: 0, cancelled: 1, unknown: 2, deadlineExceeded: 4, internal: 13, unavailable: 14 } as const;

/** A status as grpc-js has it. */
export interface StatusLike {
  readonly code: number;
  readonly details: string;
}

/** A call's end as a status that is not OK: for observers. */
export class GrpcStatusError extends Error {
  override readonly name = "GrpcStatusError";
  /** The number of the status. */
  readonly code: number;
  readonly details: string;

  constructor({ code, details }: StatusLike) {
    super(`rpc error: code = ${code} desc = ${details}`);
    this.code = code;
    this.details = details;
  }
}

/** The status of a call that was cancelled: its text is the exception's, so that every log of it holds the whole story. */
export function statusOf(exception: StreamException): StatusLike {
  return {
    code: exception.kind === "deadline" ? STATUS.deadlineExceeded : STATUS.cancelled,
    details: exception.message,
  };
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
