import type { Instant } from "./instant.ts";
import type { Kind } from "./kind.ts";
import type { Place } from "./place.ts";
import type { Side } from "./side.ts";

/**
 * What a piece of evidence says happened to its stream, seen from the service that wrote it:
 *
 * - `started`: this service ended the stream itself (its own cancel, its own timer), as far as its own text can tell
 * - `received`: the cancel came from the service's caller, or from further up
 * - `relayed`: the service passed an incoming cancel on to its own downstream stream
 * - `lost`: the connection to the peer went away
 * - `returned`: a handler returned while the stream was open
 * - `failed`: the peer answered with an error; nobody was cancelled by it
 * - `refused`: the service ended a stream by its own rule (limit, shutdown)
 * - `known`: no cancel at all; it only says who is where (an address, a call)
 */
export type Happening = "started" | "received" | "relayed" | "lost" | "returned" | "failed" | "refused" | "known";

/** What the application or the framework was doing to its stream when it met the error. */
export type Operation = "open" | "send" | "receive" | "context" | "handler" | "span";

/** An error that a service below returned, as the text of the one above tells it. */
export interface Told {
  /** How many hops below the writer the error comes from: 1 for the direct callee. */
  readonly depth: number;
  readonly happening: Happening;
  readonly kind: Kind;
  readonly code: number | null;
  readonly side: Side | null;
  readonly path: readonly string[] | null;
  readonly message: string;
}

/** What one record says about one cancel, at one service and side. Made by dialects, read by the cascade. */
export interface Evidence {
  /** The dialect that read it, for example `ttstream`, `kitex-grpc`, `biz-status`. */
  readonly dialect: string;
  readonly happening: Happening;
  readonly kind: Kind;
  /** The dialect's own number; null where it has none. */
  readonly code: number | null;
  readonly side: Side | null;
  /** The services the cancel went through, origin first, as the text lists them; null where it lists none. */
  readonly path: readonly string[] | null;
  /** The cause in the dialect's words, without groups and wrappers. */
  readonly message: string;
  /** The innermost error that services below returned up to this one; null where the text is about an own stream only. */
  readonly told: Told | null;
  readonly operation: Operation | null;
  /** The service that wrote it; null where nothing says so. */
  readonly service: string | null;
  /** The service at the other end of the stream, where the record names it. */
  readonly peer: string | null;
  /** A word that may be the peer's name: to be believed only where a service of this name is known. */
  readonly peerHint: string | null;
  /** The service a text says triggered the end; empty where the text has the place for a name but no name; null without such a place. */
  readonly triggeredBy: string | null;
  /** The network address of the other end, `host:port`, where the record says it. */
  readonly address: string | null;
  /** True where the record shows that the service has callers: it listens, or it wrote about a handler of its own. */
  readonly serves: boolean;
  readonly method: string | null;
  readonly at: Instant | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  /**
   * The id of the cancel itself, where the runtime that wrote the record knows it. Such a runtime also knows whether it started the cancel
   * or passed it on: its `happening` is a fact, not a reading.
   */
  readonly cancelId: string | null;
  /** Work that went on after the cancel: a runtime measured it, or a span ended late. Messages are null where nobody counted them. */
  readonly ghost?: { readonly durationMs: number; readonly messages: number | null };
  /** `file:line` of the code that cancelled, where a runtime saw it. */
  readonly callSite?: string;
  /** What the caller meant by it, where somebody said so. */
  readonly intent?: string;
  /** True where the text is one that a framework writes by itself about an error that the application may have logged too. */
  readonly echo: boolean;
  /** The text as it stood in the record. */
  readonly text: string;
  readonly place: Place;
}
