/**
 * How an HTTP exchange ended before its response was finished, and who did that: a table of what Node.js shows of a request, its response
 * and its connection. Pure.
 */

/**
 * - `client-left`: the client closed the connection or reset the stream, or its network did
 * - `upload-aborted`: it did so before its request was complete
 * - `client-broke`: what it sent is no HTTP
 * - `timed-out`: a timer of the server ended it
 * - `destroyed`: code of this process destroyed the response
 * - `closing`: the server closed its connections
 */
export type EndedBy = "client-left" | "upload-aborted" | "client-broke" | "timed-out" | "destroyed" | "closing";

/** The end of an exchange whose response was not finished. */
export interface Ending {
  readonly by: EndedBy;
  /** What the response was destroyed with, where it was given something; or the error of the connection. */
  readonly error: unknown;
}

/** What is known when a response has closed unfinished. */
export interface Seen {
  /** The request arrived whole. */
  readonly requestComplete: boolean;
  /** The peer ended its side of the connection. */
  readonly peerEnded: boolean;
  /** The peer reset this stream (HTTP/2). */
  readonly peerReset: boolean;
  /** The error of the connection or the stream; null without one. */
  readonly error: unknown;
  /** Code of this process called `destroy` or `close` on the response or its stream. */
  readonly destroyedHere: boolean;
  /** A timer of the server fired, and nothing was sent since. */
  readonly timedOut: boolean;
  /** The server accepts no connections any more. */
  readonly serverClosed: boolean;
}

/** Errors of a connection whose other end, or the way to it, is gone. */
const GONE: ReadonlySet<string> = new Set([
  ...["ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ECONNABORTED", "ENOTCONN"],
  // The parser's word for a connection that ended inside a request
  "HPE_INVALID_EOF_STATE",
]);

/** Who ended the exchange. */
export function endingOf(seen: Seen): Ending {
  const { error } = seen;
  const code = codeOf(error);
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { by: "timed-out", error };
  if (seen.peerEnded || seen.peerReset || (code !== null && GONE.has(code)))
    return { by: seen.requestComplete ? "client-left" : "upload-aborted", error: null };
  if (code?.startsWith("HPE_") === true) return { by: "client-broke", error };
  if (seen.timedOut) return { by: "timed-out", error };
  if (seen.destroyedHere) return { by: "destroyed", error };
  if (seen.serverClosed) return { by: "closing", error };
  return { by: "destroyed", error };
}

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
