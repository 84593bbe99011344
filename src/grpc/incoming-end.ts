/**
 * What an incoming call was ended with that its handler did not end: the number of an HTTP/2 reset, a lost connection, a deadline, this
 * service's own shutdown; and what the calls below are told of it. Pure.
 *
 * A reset carries a number and nothing else. Where the caller is where the chain began, it is the caller that ended the call; everywhere
 * else the caller may have passed a cancel on, so nobody is named as the origin, and the text is the one that Kitex writes then
 * (`pkg/remote/trans/nphttp2/grpc/http2_server.go`, handleRSTStream): it names the caller as the neighbour it is.
 */
import {
  deadlineException,
  deadlinePassed,
  nextId,
  ownCancel,
  receivedCancel,
  sentenceOf,
} from "../runtime/bridge/index.ts";
import { CODES, NON_TTSTREAM, StreamException, type StreamExceptionFields } from "../runtime/index.ts";
import { beginsAtCaller, type Incoming } from "./metadata.ts";

/** How an incoming call ended before its handler did. */
export type IncomingEnd =
  | { readonly by: "reset"; readonly number: number }
  | { readonly by: "connection" }
  | { readonly by: "deadline"; readonly nanos: bigint }
  | { readonly by: "shutdown" }
  | { readonly by: "own-error" };

/** Where it ended. */
export interface EndedAt {
  /** This service. */
  readonly self: string;
  readonly incoming: Pick<Incoming, "caller" | "callers" | "deadlineOwner">;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
}

/** The number of a reset that says `cancel` (RFC 9113, section 7). */
export const CANCEL = 0x8;

/** Kitex's number of a reset for a caller that shuts down (`http2_server.go`, gracefulShutdownCode). */
const GRACEFUL_SHUTDOWN = 1000;

/** RFC 9113, section 7. */
const NUMBERS: readonly string[] = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED"],
  ...["FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM"],
  ...["INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"],
];

/** What cancels the scope of the call. */
export function exceptionOf(end: IncomingEnd, where: EndedAt): StreamException {
  const { self, incoming, at } = where;
  switch (end.by) {
    case "reset":
      return reset(end.number, where);
    case "deadline": {
      const { deadlineOwner } = incoming;
      if (deadlineOwner !== null) return deadlineException(deadlineOwner, at);
      return foreign(where, { ...deadlinePassed(end.nanos) });
    }
    case "connection": {
      const text = sentenceOf(CODES.connectionClosed);
      const lost = { code: CODES.connectionClosed, side: null, raisedAt: "server", text, origin: null } as const;
      return receivedCancel(new StreamException({ ...lost, kind: "disconnect" }), {
        self,
        caller: incoming.caller,
        at,
      });
    }
    case "shutdown":
      return own(where, `${self} is shutting down`, "shutdown");
    case "own-error":
      return own(where, `${self} could not go on with the call`, "error");
  }
}

function reset(number: number, where: EndedAt): StreamException {
  const { incoming, at } = where;
  const caller = incoming.caller ?? "";
  if (number === GRACEFUL_SHUTDOWN) {
    const text = "rpc error: code = 14 desc = graceful shutdown";
    return foreign(where, { code: CODES.internalCancel, text, kind: "shutdown" });
  }
  if (number === CANCEL && beginsAtCaller(incoming)) {
    const text = sentenceOf(CODES.cancel);
    return new StreamException({
      code: CODES.cancel,
      side: "server",
      text,
      path: [caller],
      origin: caller,
      cancelId: nextId(),
      cancelledAt: at,
      travelled: true,
    });
  }
  const word = NUMBERS[number] ?? `unknown error code 0x${number.toString(16)}`;
  const text = `rpc error: code = 1 desc = transport: RSTStream Frame received with error code: ${word} [triggered by ${caller}]`;
  return foreign(where, { code: CODES.internalCancel, text, kind: number === CANCEL ? "cancel" : "reset" });
}

/** It came by a caller that carries no path. */
function foreign({ at }: EndedAt, fields: Pick<StreamExceptionFields, "code" | "text" | "kind">): StreamException {
  return new StreamException({
    ...fields,
    side: "server",
    path: [NON_TTSTREAM],
    origin: null,
    cancelId: nextId(),
    cancelledAt: at,
    travelled: true,
  });
}

/** This service ended it. */
function own({ self, at }: EndedAt, why: string, kind: "shutdown" | "error"): StreamException {
  const reason = { code: CODES.downstreamCancel, text: `canceled by downstream: ${why}`, kind };
  return ownCancel(reason, { service: self, at, side: "server" });
}
