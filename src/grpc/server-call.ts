/**
 * One incoming gRPC call: what its handler's calls inherit, what cancels them, and what observers are told. It knows of messages only how
 * many there were; how they travel is the business of grpc-js or of connect-es.
 */
import {
  type CallMetadata,
  CHAIN_KEY,
  cancelEvent,
  cancelFromAbove,
  chainIn,
  type DeadlineOwner,
  deadlineNanos,
  Ghosts,
  handlerReturned,
  nextId,
  nobodyWatchesCancels,
  nobodyWatchesEnds,
  noteCancel,
  noteEnd,
  noteGhost,
  noteRunning,
  ownCancel,
  readable,
  readMetadata,
  readReason,
  runInScope,
  runServerOpen,
  Scope,
  type ScopeOwner,
  systemClock,
} from "../runtime/bridge/index.ts";
import {
  type CallEnd,
  type CallInfo,
  type CancelEvent,
  type CancelIntent,
  NON_TTSTREAM,
  type StreamException,
} from "../runtime/index.ts";
import { exceptionOf, type IncomingEnd } from "./incoming-end.ts";
import type { Incoming } from "./metadata.ts";
import { splitMethod } from "./method-name.ts";

/** A reset so shortly before the deadline is the caller's timer: its clock began a little earlier. */
const NEAR_DEADLINE_MS = 20;

/** Cancelled calls whose handlers run. */
const ghosts = new Ghosts(systemClock);

/** What is known of a call when it comes in. */
export interface Arrival {
  /** The name of this service. */
  readonly self: string;
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly incoming: Incoming;
  /** `host:port` of the caller; null where it is not known. */
  readonly address: string | null;
  /** Milliseconds until the caller gives up; null without a deadline. */
  readonly timeoutMs: number | null;
  /** See {@link CallInfo.tracedElsewhere}. */
  readonly tracedElsewhere: boolean;
}

/** The call a handler works for, whatever library serves it. */
export class GrpcServerCall implements CallInfo, ScopeOwner {
  readonly side = "server" as const;
  readonly system = "grpc" as const;
  readonly service: string;
  readonly method: string;
  readonly self: string;
  readonly peer: { readonly name: string | null; readonly address: string | null };
  readonly streamId = 0;
  readonly openedAt: bigint;
  readonly parent = null;
  readonly tracedElsewhere: boolean;
  /** What the caller sent along. */
  readonly metadata: CallMetadata;
  /** The scope that calls made by the handler belong to. */
  readonly scope: Scope;
  readonly chainId: string;
  readonly callers: readonly string[];
  readonly deadlineAt: number | null;
  readonly deadlineOwner: DeadlineOwner | null;
  /** Messages sent and received so far. */
  sent = 0;
  received = 0;
  /** Tells the caller of the handler's own {@link cancel}. */
  refuse: ((exception: StreamException) => void) | null = null;
  /**
   * True where the handler's own end is known, and ends the call for observers; else its answer does, or the cancel.
   */
  endsWithHandler = false;
  /** Monotonic milliseconds of the cancel; null while there is none. */
  cancelledAt: number | null = null;
  /** Messages the handler produced or read after the cancel. */
  ghostMessages = 0;
  #ghostReported = false;
  readonly #incoming: Incoming;
  readonly #deadlineNanos: bigint;
  #over = false;

  constructor({ self, path, incoming, address, timeoutMs, tracedElsewhere }: Arrival) {
    const { service, method } = splitMethod(path);
    this.service = service;
    this.method = method;
    this.self = self;
    this.peer = { name: incoming.caller, address };
    this.openedAt = systemClock.wall();
    this.tracedElsewhere = tracedElsewhere;
    this.#incoming = incoming;
    this.metadata = readMetadata(incoming.strings);
    this.chainId = chainIn(incoming.strings.get(CHAIN_KEY)) ?? nextId();
    this.callers = incoming.callers;
    this.deadlineAt = timeoutMs === null ? null : systemClock.now() + timeoutMs;
    this.#deadlineNanos = deadlineNanos(timeoutMs ?? 0);
    this.deadlineOwner = timeoutMs === null ? null : (incoming.deadlineOwner ?? this.#strangersDeadline());
    this.scope = new Scope(self, null, this);
  }

  /** This call as hooks see it. */
  get info(): CallInfo {
    return this;
  }

  /** Aborts when the call is cancelled, with the {@link StreamException} as its reason. Made on first use. */
  get signal(): AbortSignal {
    return this.scope.signal;
  }

  /** What cancelled the call; null while nothing has. */
  get exception(): StreamException | null {
    return this.scope.exception;
  }

  /** When the caller gives up; null where it did not say. */
  get deadline(): Date | null {
    return this.deadlineAt === null ? null : new Date(Date.now() + this.deadlineAt - systemClock.now());
  }

  /** The services above this one, as far as known: once cancelled those the cancel came through, before that the callers. */
  get path(): readonly string[] {
    return this.scope.exception?.path ?? this.callers.filter((name) => name !== "");
  }

  /** Runs the handler, or a part of it, inside the call's scope; the first time inside the hooks' contexts, too. */
  open(run: () => void): void {
    runServerOpen(this, this.#incoming.strings, () => runInScope(this.scope, run));
  }

  /** Code of the handler runs. */
  running(): void {
    if (this.tracedElsewhere) noteRunning(this);
  }

  /** Cancels the call: calls made in the handler are cancelled, the caller gets the status CANCELLED, this service is the origin. */
  cancel(reason?: unknown | CancelIntent): void {
    if (this.#over || this.scope.exception !== null) return;
    const at = systemClock.wall();
    const exception = ownCancel(readReason(readable(reason), true), { service: this.self, at, side: "server" });
    this.#note(exception, "local", "origin", at);
    this.#cancelScope(exception);
    this.refuse?.(exception);
  }

  /** The call ended before its handler did. */
  endedEarly(seen: IncomingEnd): void {
    if (this.#over || this.scope.exception !== null) return;
    const at = systemClock.wall();
    const end = this.#isDeadline(seen) ? { by: "deadline" as const, nanos: this.#deadlineNanos } : seen;
    const exception = exceptionOf(end, { self: this.self, incoming: this.#incoming, at });
    if (exception.travelled) {
      const direction = seen.by === "reset" ? "received" : "local";
      cancelFromAbove(
        this.scope,
        exception,
        (role) => this.#note(exception, direction, role, at),
        () => this.#cancelScope(exception),
      );
      return;
    }
    this.#note(exception, "local", "origin", at);
    this.#cancelScope(exception);
  }

  #cancelScope(exception: StreamException): void {
    this.cancelledAt = systemClock.now();
    this.scope.cancel(exception);
    if (this.endsWithHandler && !this.#over) ghosts.add(this);
  }

  /** Tells observers of work after the cancel. */
  reportGhost(stage: "running" | "ended"): void {
    const { exception } = this.scope;
    if (this.cancelledAt === null || exception === null) return;
    this.#ghostReported = true;
    const durationMs = systemClock.now() - this.cancelledAt;
    noteGhost({ call: this, stage, durationMs, messages: this.ghostMessages, exception });
  }

  deadlineOver(): void {
    this.endedEarly({ by: "deadline", nanos: this.#deadlineNanos });
  }

  /** The handler has answered, or has returned from a call that was cancelled: what it left open ends, and observers are told. */
  handlerReturned(error: Error | null, by: CallEnd["by"] = "trailer"): void {
    if (this.#over) return;
    this.#over = true;
    if (this.cancelledAt !== null) ghosts.delete(this);
    if (this.#ghostReported) this.reportGhost("ended");
    this.scope.finish(() => handlerReturned({ service: this.self, trigger: error, at: systemClock.wall() }));
    if (!nobodyWatchesEnds()) noteEnd(this, { by, error: this.scope.exception ?? error, at: systemClock.wall() });
  }

  #isDeadline(seen: IncomingEnd): boolean {
    if (seen.by !== "reset" && seen.by !== "deadline") return false;
    return this.deadlineAt !== null && this.deadlineAt - systemClock.now() <= NEAR_DEADLINE_MS;
  }

  /** A caller that does not say whose deadline it is may have got it from above. */
  #strangersDeadline(): DeadlineOwner {
    return { nanos: this.#deadlineNanos, path: [NON_TTSTREAM] };
  }

  #note(exception: StreamException, direction: CancelEvent["direction"], role: CancelEvent["role"], at: bigint): void {
    if (nobodyWatchesCancels()) return;
    const context = { side: "server", direction, role, path: exception.path, upstream: null, at } as const;
    noteCancel(cancelEvent(this, exception, context), new Map());
  }
}
