/**
 * One outgoing gRPC call: its place in the scope tree, its cancel, what observers are told. How its messages travel is the business of
 * grpc-js or of connect-es, which end it when they are told to ({@link Reset}).
 *
 * Everything that reads the caller's surroundings (scope, async context of hooks, call site) happens synchronously in the constructor.
 */
import {
  type Abort,
  type CancelDecision,
  cancelEvent,
  captureCallSite,
  currentScope,
  DEFAULT_NAME,
  type DeadlineOwner,
  deadlineException,
  deadlineNanos,
  deadlinePassed,
  decideBelow,
  decideCancel,
  fitPath,
  handlerReturned,
  nextId,
  nobodyWatchesCancels,
  nobodyWatchesEnds,
  noteCancel,
  noteClientOpen,
  noteEnd,
  type OwnReason,
  onAbort,
  passedOn,
  pathOnWire,
  readable,
  relayOf,
  type Scope,
  type ScopeChild,
  systemClock,
  writeMetadata,
} from "../runtime/bridge/index.ts";
import { type CallEnd, type CallInfo, type CancelEvent, CODES, type StreamException } from "../runtime/index.ts";
import type { GrpcCallOptions } from "./call-options.ts";
import { type MetadataWriter, writeOutgoing } from "./metadata.ts";
import { splitMethod } from "./method-name.ts";

/** An end so shortly before the deadline is the deadline: the callee's clock may have begun a little earlier. */
const NEAR_DEADLINE_MS = 20;

/** Ends the call on the wire. */
export type Reset = (exception: StreamException) => void;

/** What is known of a call when it is made. */
export interface Departure extends Omit<GrpcCallOptions, "timeoutMs" | "detached"> {
  /** This service; null takes the name of the handler's service. */
  readonly self: string | null;
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Milliseconds that the call's own deadline leaves; null without one. */
  readonly timeoutMs?: number | null | undefined;
  /** True: the call neither ends with the handler it is made in nor fails because that one was cancelled. */
  readonly detached?: boolean | undefined;
}

/** A call a client makes, whatever library carries it. */
export class GrpcClientCall implements CallInfo, ScopeChild {
  readonly side = "client" as const;
  readonly system = "grpc" as const;
  readonly service: string;
  readonly method: string;
  readonly self: string;
  readonly streamId = 0;
  readonly chainId: string;
  readonly openedAt: bigint;
  readonly parent: CallInfo | null;
  /** Messages sent and received so far. */
  sent = 0;
  received = 0;
  /** Where the call goes; null before it is known. */
  address: string | null = null;
  /** Monotonic milliseconds at which the call ends by a deadline of its own or an inherited one; null without one. */
  readonly deadlineAt: number | null;
  /** The exception the call was ended with on this side; null while it was not. */
  exception: StreamException | null = null;
  readonly #scope: Scope | null;
  readonly #near: Scope | null;
  readonly #departure: Departure;
  readonly #hasOwnDeadline: boolean;
  readonly #deadlineOwner: DeadlineOwner | null;
  #reset: Reset | null = null;
  #unlisten: (() => void) | null = null;
  #over = false;

  constructor(departure: Departure) {
    const { self, path, detached, parent } = departure;
    const { service, method } = splitMethod(path);
    const timeoutMs = departure.timeoutMs ?? null;
    const near = parent?.scope ?? currentScope();
    this.#departure = departure;
    const above = near?.owner ?? null;
    this.service = service;
    this.method = method;
    this.self = self ?? near?.service ?? DEFAULT_NAME;
    this.parent = above?.info ?? null;
    this.chainId = above?.chainId ?? nextId();
    this.openedAt = systemClock.wall();
    this.#near = near;
    this.#scope = detached === true ? null : near;
    const own = timeoutMs === null ? null : systemClock.now() + timeoutMs;
    const inherited = this.#scope?.owner?.deadlineAt ?? null;
    this.#hasOwnDeadline = own !== null && (inherited === null || own < inherited);
    this.deadlineAt = this.#hasOwnDeadline ? own : inherited;
    this.#deadlineOwner = this.#ownerOf(timeoutMs);
  }

  get peer(): { readonly name: string | null; readonly address: string | null } {
    return { name: null, address: this.address };
  }

  /** Writes what travels with the call and tells hooks that it opens. */
  open(metadata: MetadataWriter): void {
    const above = this.#near?.owner ?? null;
    const strings = writeMetadata(above?.metadata ?? null, this.#departure.metadata, this.chainId);
    noteClientOpen(this, strings);
    const callers = above === null ? [] : (above.callers ?? []);
    writeOutgoing(metadata, { self: this.self, callers, deadlineOwner: this.#deadlineOwner, strings });
  }

  /**
   * Becomes a child of its scope; `reset` ends it on the wire. A call whose scope has been cancelled, or whose handler has returned, ends
   * at once.
   */
  started(reset: Reset): void {
    this.#reset = reset;
    if (this.exception !== null) {
      reset(this.exception);
      return;
    }
    const { signal } = this.#departure;
    const scope = this.#scope;
    if (scope !== null && scope.exception !== null) {
      this.cancel(signal?.aborted ? signal.reason : undefined);
      return;
    }
    if (scope?.finished === true) {
      const at = systemClock.wall();
      this.#end(decideBelow(handlerReturned({ service: this.self, trigger: null, at })));
      return;
    }
    if (signal?.aborted !== true) scope?.add(this);
    if (signal === undefined || scope?.owns(signal) === true) return;
    if (signal.aborted) this.cancel(signal.reason);
    else this.#unlisten = onAbort(signal, (abort) => this.#decide({ user: abort.reason }, abort));
  }

  scopeEnded(exception: StreamException): void {
    this.#end(decideBelow(exception));
  }

  /** The caller cancels; the reason is read as an abort reason is. */
  cancel(reason?: unknown): void {
    this.#decide({ user: readable(reason) });
  }

  /**
   * The call has ended for a deadline. `here`: a timer of this side said so; else the callee did, which may have heard its own timer
   * before, or may have had a shorter one of its own.
   */
  deadlineSeen(here: boolean): void {
    if (!here && (this.deadlineAt === null || this.deadlineAt - systemClock.now() > NEAR_DEADLINE_MS)) return;
    if (this.#hasOwnDeadline && this.#deadlineOwner !== null) {
      this.#decide({ own: deadlinePassed(this.#deadlineOwner.nanos) });
      return;
    }
    // Not of this call alone: it comes through the scope.
    this.#scope?.owner?.deadlineOver?.();
    const upstream = this.#scope?.exception ?? null;
    if (upstream !== null) this.#end({ role: "relay", exception: relayOf(upstream), upstream });
    else if (this.#deadlineOwner !== null) {
      const { nanos, path } = this.#deadlineOwner;
      const above = { nanos, path: path.slice(0, -1) };
      const exception = relayOf(deadlineException(above, systemClock.wall()));
      this.#end({ role: "relay", exception, upstream: null });
    }
  }

  /** The client is closing. */
  hostClosing(): void {
    const text = `canceled by upstream: ${this.self} is closing`;
    this.#decide({ own: { code: CODES.upstreamCancel, text, kind: "shutdown" } });
  }

  /** The call has ended on the wire; `error` is what it ended with, unless it was ended on this side. */
  ended(by: CallEnd["by"], error: Error | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#unlisten?.();
    this.#scope?.remove(this);
    if (nobodyWatchesEnds()) return;
    const { exception } = this;
    const at = systemClock.wall();
    noteEnd(this, exception === null ? { by, error, at } : { by: "cancel", error: exception, at });
  }

  /** `abort` is what a signal tells of just now, where one does. */
  #decide(reason: { readonly user: unknown } | { readonly own: OwnReason }, abort: Abort | null = null): void {
    if (this.#over || this.exception !== null) return;
    const decision = decideCancel({
      reason,
      upstream: this.#scope?.exception ?? null,
      service: this.self,
      exposeReason: this.#departure.exposeReason ?? true,
      cancelId: nextId,
      at: () => abort?.at(systemClock) ?? systemClock.wall(),
      callSite: () => {
        if ("own" in reason) return null;
        return abort === null ? captureCallSite(systemClock.now()) : abort.site(systemClock);
      },
    });
    this.#end(decision);
  }

  #end({ exception, role, upstream }: CancelDecision): void {
    if (this.#over || this.exception !== null) return;
    this.exception = exception;
    if (!nobodyWatchesCancels()) {
      if (upstream !== null) passedOn(upstream);
      const path = pathOnWire(exception, this.self);
      const direction: CancelEvent["direction"] = this.#reset === null ? "local" : "sent";
      const context = { side: "client", direction, role, path, upstream, at: systemClock.wall() } as const;
      noteCancel(cancelEvent(this, exception, context), new Map());
    }
    this.#reset?.(exception);
  }

  #ownerOf(timeoutMs: number | null): DeadlineOwner | null {
    if (this.#hasOwnDeadline) {
      return { nanos: deadlineNanos(timeoutMs ?? 0), path: [this.self] };
    }
    const above = this.#scope?.owner?.deadlineOwner ?? null;
    return above === null ? null : { nanos: above.nanos, path: fitPath([...above.path, this.self]) };
  }
}
