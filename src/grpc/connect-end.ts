/** How a call of connect-es ends, in its words and in those of streams. Its errors are told by their shape: the package is not loaded here. */
import type { StreamException } from "../runtime/index.ts";
import { CANCEL, type IncomingEnd } from "./incoming-end.ts";
import { returnedDetails, STATUS, statusOf } from "./status.ts";

/**
 * What a call fails with that this side has ended: connect-es takes it for a ConnectError of its own (by `name` and fields, as it does
 * with one of another copy), so the code is that of a cancel or of a deadline, and the stream is reset with CANCEL. Any other error would be
 * told as `internal`, and reset with INTERNAL_ERROR.
 */
export class EndedHere extends Error {
  override readonly name = "ConnectError";
  readonly code: number;
  readonly rawMessage: string;
  readonly metadata: Headers = new Headers();
  readonly details: readonly never[] = [];
  override readonly cause: StreamException;

  /** `told`: the words for somebody else, where they are not the exception's own. */
  constructor(exception: StreamException, told: string | null = null) {
    const { code, details: own } = statusOf(exception);
    const details = told ?? own;
    super(`[${code === STATUS.deadlineExceeded ? "deadline_exceeded" : "canceled"}] ${details}`);
    this.code = code;
    this.rawMessage = details;
    this.cause = exception;
  }

  /** As of a ConnectError. */
  findDetails(): readonly never[] {
    return [];
  }
}

/** What the caller of a handler is told that has cancelled its own call: as an error that the handler returned, see {@link returnedDetails}. */
export function refusalOf(exception: StreamException): EndedHere {
  return new EndedHere(exception, returnedDetails(statusOf(exception)));
}

/** The resets that connect-es tells apart by a code (`node-error.js`, connectErrorFromH2ResetCode); the others are INTERNAL_ERROR. */
const RESETS: ReadonlyMap<number, number> = new Map([
  [1, CANCEL],
  // HTTP/1.1 has no resets: a caller that ends its call closes the connection
  [10, CANCEL],
  [7, 0xc],
  [8, 0xb],
  [14, 0x7],
]);

/** Who ended a call, by what the signal of its handler was aborted with; a lost connection of HTTP/2 is told as a reset. */
export function endOf(reason: unknown): IncomingEnd {
  const code = codeOf(reason);
  if (code === STATUS.deadlineExceeded) return { by: "deadline", nanos: 0n };
  return { by: "reset", number: code === null ? CANCEL : (RESETS.get(code) ?? 0x2) };
}

/** The number of a ConnectError: its codes are those of gRPC. */
export function codeOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "number" ? error.code : null;
}
