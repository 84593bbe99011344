import { CODES } from "../../ttstream/index.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { nextId } from "./ids.ts";

/** Where a cancel was received. */
export interface ReceivedAt {
  /** This service. */
  readonly self: string;
  /** The caller's name; null where it gave none. */
  readonly caller: string | null;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
}

/** The cancel of an incoming call. Peers that give no id (Kitex) and lost connections get one here, so that what follows can be joined. */
export function receivedCancel(error: StreamException, { self, caller, at }: ReceivedAt): StreamException {
  if (error.cancelId !== null && error.cancelledAt !== null) return error;
  const { code, side, path, text, kind, raisedAt, cause, travelled, intent } = error;
  return new StreamException({
    code,
    side,
    path,
    text,
    kind,
    raisedAt,
    travelled,
    intent,
    origin: error.origin ?? path[0] ?? (travelled ? null : self),
    cancelId: error.cancelId ?? nextId(),
    cancelledAt: error.cancelledAt ?? at,
    external: code === CODES.connectionClosed && !travelled ? lostCaller(self, caller) : null,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The party a connection was lost to, in words. */
function lostCaller(self: string, name: string | null): string {
  return name === null ? `the caller of ${self}` : `${name}, the caller of ${self}`;
}
