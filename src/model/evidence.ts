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
  /** How many errors of a lower service wrap the innermost one: 0 for an own text, 1 for what the direct callee returned, … */
  readonly depth: number;
  /** The service that wrote it; null where nothing says so. */
  readonly service: string | null;
  /** The service at the other end of the stream, where the record names it. */
  readonly peer: string | null;
  /** The service a text says triggered the end; empty where the text has the place for a name but no name; null without such a place. */
  readonly triggeredBy: string | null;
  /** The network address of the other end, `host:port`, where the record says it. */
  readonly address: string | null;
  readonly method: string | null;
  readonly at: Instant | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  /** The id of the cancel itself, where the runtime that wrote the record knows it. */
  readonly cancelId: string | null;
  /** True where the text is one that a framework writes by itself about an error that the application may have logged too. */
  readonly echo: boolean;
  /** The text as it stood in the record. */
  readonly text: string;
  readonly place: Place;
}
