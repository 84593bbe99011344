import type { Kind, Side } from "../../model/index.ts";
import type { CallSite, StreamException } from "../errors/stream-exception.ts";

/** What a call over HTTP is besides. Live: the route and the status are known later than the call. */
export interface HttpFacts {
  /** In capitals. */
  readonly method: string;
  /** `http` or `https`. */
  readonly scheme: string;
  /** Without query and fragment. */
  readonly path: string;
  /** The template of the path (`/chat/:id`); null where nobody gave one. */
  readonly route: string | null;
  /** The status of the response; null while there is none. */
  readonly status: number | null;
  /** `1.1` or `2`; null where it is not known. */
  readonly version: string | null;
  /** A client's: the whole URL, without what may be secret in it (user, query). */
  readonly url: string | null;
}

/** One stream, as observers and hooks see it. The object is the same in every event of the stream; the counts are live. */
export interface CallInfo {
  readonly side: Side;
  /** The protocol of a stream that is none of ttstream's. */
  readonly system?: "grpc";
  /** True where an instrumentation of the library that carries the stream makes its span; then nobody else needs to. */
  readonly tracedElsewhere?: boolean;
  /** Present where the call is an HTTP request: what it speaks is no ttstream then. */
  readonly http?: HttpFacts;
  /** The IDL service and method. Of an HTTP request: nothing, and its method with its route where it has one. */
  readonly service: string;
  readonly method: string;
  /** The name of this process's service. */
  readonly self: string;
  /** The other end: its name where it is known, its address once there is a connection. */
  readonly peer: { readonly name: string | null; readonly address: string | null };
  /** The stream id on its connection; 0 before it has one. */
  readonly streamId: number;
  /** The id all calls of one chain share (`RPC_PERSIST_SSCHAIN`). */
  readonly chainId: string;
  /** Messages sent and received so far. */
  readonly sent: number;
  readonly received: number;
  /** Nanoseconds since the Unix epoch. */
  readonly openedAt: bigint;
  /** The call in whose handler this one was made; null for server sides and for calls made outside every handler. */
  readonly parent: CallInfo | null;
}

/** How a stream ended. */
export interface CallEnd {
  readonly by: "trailer" | "rst" | "cancel" | "connection";
  /** Null where it ended well. */
  readonly error: Error | null;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
}

/** One cancel at one side of one service. */
export interface CancelEvent {
  readonly call: CallInfo;
  readonly side: Side;
  /** `sent`: an Rst leaves now; `received`: an Rst was read; `local`: nothing travels on this stream (a lost connection, a call not sent yet). */
  readonly direction: "sent" | "received" | "local";
  /** `origin`: this service started it; `relay`: it came from elsewhere and goes on; `leaf`: it came from elsewhere and ends here. */
  readonly role: "origin" | "relay" | "leaf";
  readonly exception: StreamException;
  readonly cancelId: string;
  /** The path with this service at its end where an Rst leaves; as received where one was read. */
  readonly path: readonly string[];
  readonly code: number;
  readonly kind: Kind;
  /** The service that started it; null where nobody knows. */
  readonly origin: string | null;
  /** The words of the cancel: the own reason at the origin. */
  readonly reason: string;
  readonly intent: string | null;
  /** Who started it, in words, where that is no service: `the HTTP client of gateway`. Told at the service next to it only; else null. */
  readonly external: string | null;
  readonly callSite: CallSite | null;
  /** When the origin cancelled; nanoseconds since the Unix epoch. */
  readonly originAt: bigint;
  /** When it happened here. */
  readonly at: bigint;
  /** The incoming call's cancel that this one relays; null for origins. */
  readonly upstream: StreamException | null;
}

/** Work that went on after a cancel. */
export interface GhostEvent {
  readonly call: CallInfo;
  /** `running`: the handler is still at it one second after the cancel; `ended`: such a handler has returned. */
  readonly stage: "running" | "ended";
  /** Milliseconds since the cancel. */
  readonly durationMs: number;
  /** Messages the handler produced or read since the cancel. */
  readonly messages: number;
  readonly exception: StreamException;
}

/** A connection came or went. */
export interface ConnectionEvent {
  readonly side: Side;
  readonly remote: string;
  /** Why it went; null for a connection that opened, or that ended in order. */
  readonly error: Error | null;
  /** Streams that ended with it. */
  readonly streams: number;
}
