import type { OwnReason } from "../errors/reason.ts";
import { type CallSite, StreamException } from "../errors/stream-exception.ts";
import { nextId } from "./ids.ts";

/** Where a call is cancelled for a reason of its service's own. */
export interface CancelledHere {
  /** The service, which is the origin. */
  readonly service: string;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
  /** The side group of the text; null where the call is no stream: with a side, a text without a path would be that of a nameless caller. */
  readonly side: "server" | null;
  readonly callSite?: CallSite | null;
  /** Who else has begun it, in words. */
  readonly external?: string | null;
}

/** What an incoming call ends with for a reason of its service's own. */
export function ownCancel(own: OwnReason, { service, at, side, callSite, external }: CancelledHere): StreamException {
  return new StreamException({
    code: own.code,
    side,
    raisedAt: "server",
    text: own.text,
    origin: service,
    kind: own.kind,
    cancelId: nextId(),
    cancelledAt: at,
    intent: own.intent ?? null,
    callSite: callSite ?? null,
    external: external ?? null,
    cause: own.cause,
  });
}
