/**
 * Who is the origin of a cancel (docs/protocol.md#who-is-the-origin): the one decision this runtime exists for.
 *
 * In this order: a reason that is an upstream exception is relayed; else, if the call the stream belongs to was already cancelled, that
 * is relayed; else, if the reason is another downstream stream's exception, this service is the origin and that stream the trigger; else
 * this service is the origin.
 *
 * Pure: time and ids are given.
 */
import { CODES } from "../../ttstream/index.ts";
import type { OwnReason } from "../errors/reason.ts";
import { cutReason, isDefaultAbort, readReason, reasonText } from "../errors/reason.ts";
import { type CallSite, StreamException } from "../errors/stream-exception.ts";
import { fitPath } from "../wire/index.ts";

/** What is known when a client stream is cancelled. */
export interface CancelInput {
  /** The abort reason as it came, or a reason of the runtime's own (a timer, a limit). */
  readonly reason: { readonly user: unknown } | { readonly own: OwnReason };
  /** What already cancelled the call this stream belongs to. */
  readonly upstream: StreamException | null;
  /** The name of this service. */
  readonly service: string;
  /** False keeps own texts at home. */
  readonly exposeReason: boolean;
  readonly cancelId: () => string;
  readonly at: () => bigint;
  readonly callSite: () => CallSite | null;
}

/** What a client stream is cancelled with. */
export interface CancelDecision {
  readonly role: "origin" | "relay";
  readonly exception: StreamException;
  /** What a relay passes on, as it came in; null at the origin, and where it came in nowhere. */
  readonly upstream: StreamException | null;
}

/** Decides who started a cancel and what the stream's own exception is. */
export function decideCancel(input: CancelInput): CancelDecision {
  const user = "user" in input.reason ? input.reason.user : undefined;
  const above = upstreamIn(user);
  if (above !== null) return decideBelow(above);
  const { upstream } = input;
  if (upstream !== null) return { role: "relay", exception: relayOf(upstream, ownWords(input)), upstream };
  const own = "own" in input.reason ? input.reason.own : readReason(user, input.exposeReason);
  const exception = new StreamException({
    code: own.code,
    side: "client",
    text: own.text,
    origin: input.service,
    kind: own.kind,
    cancelId: input.cancelId(),
    cancelledAt: input.at(),
    intent: own.intent ?? null,
    trigger: StreamException.is(user) ? user : null,
    callSite: input.callSite(),
    cause: own.cause,
  });
  return { role: "origin", exception, upstream: null };
}

/** What a client stream ends with when the call it belongs to does. */
export function decideBelow(above: StreamException): CancelDecision {
  const exception = relayOf(above);
  return isOwnReturn(above)
    ? { role: "origin", exception, upstream: null }
    : { role: "relay", exception, upstream: above };
}

/** True for the return of a handler of this service, which is nobody's cancel but this service's own. */
function isOwnReturn(exception: StreamException): boolean {
  return exception.code === CODES.handlerReturn && exception.path.length === 0 && !exception.travelled;
}

/** The exception of a child stream: everything of the parent's but the side. */
export function relayOf(parent: StreamException, relayReason: string | null = null): StreamException {
  return new StreamException({
    code: parent.code,
    side: "client",
    path: parent.path,
    text: parent.text,
    origin: parent.origin,
    kind: parent.kind,
    cancelId: parent.cancelId,
    cancelledAt: parent.cancelledAt,
    intent: parent.intent,
    travelled: true,
    relayReason,
    trigger: parent.trigger,
    external: parent.external,
    cause: parent,
  });
}

/** The names an Rst carries: those the exception came through, then the sender. A nameless origin sends none, as Kitex does. */
export function pathOnWire(exception: StreamException, service: string): readonly string[] {
  if (exception.path.length === 0 && service === "") return [];
  return fitPath([...exception.path, service]);
}

/** The upstream exception a reason is, or that a relay's own exception passed on; null where it is neither. */
function upstreamIn(reason: unknown): StreamException | null {
  if (!StreamException.is(reason)) return null;
  if (reason.raisedAt === "server") return reason;
  const { cause } = reason;
  return StreamException.is(cause) && cause.raisedAt === "server" ? cause : null;
}

function ownWords(input: CancelInput): string | null {
  if ("own" in input.reason) return input.reason.own.text;
  const { user } = input.reason;
  return user === undefined || isDefaultAbort(user) ? null : cutReason(reasonText(user));
}
