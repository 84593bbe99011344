/**
 * One HTTP request that a service makes: its place in the scope tree, its cancel, what observers are told. How its bytes travel is fetch's
 * business, which ends it when the controller's signal aborts.
 */
import {
  type CancelDecision,
  cancelEvent,
  captureCallSite,
  currentScope,
  DEFAULT_NAME,
  decideBelow,
  decideCancel,
  handlerReturned,
  nextId,
  nobodyWatchesCancels,
  noteCancel,
  noteEnd,
  passedOn,
  pathOnWire,
  readable,
  relayOf,
  type Scope,
  type ScopeChild,
  systemClock,
} from "../runtime/bridge/index.ts";
import type { CallEnd, CallInfo, HttpFacts, StreamException } from "../runtime/index.ts";

/** A request before it is sent. */
export interface FetchDeparture {
  readonly method: string;
  readonly url: URL;
  /** This service; null takes the name of the scope's. */
  readonly self: string | null;
  /** The scope the request belongs to; undefined takes the one that is running. */
  readonly parent: Scope | undefined;
}

/** A request of fetch, from its making to the end of its response's body. */
export class FetchCall implements CallInfo, ScopeChild {
  readonly side = "client" as const;
  readonly service = "";
  readonly method: string;
  readonly self: string;
  readonly peer: { readonly name: string | null; readonly address: string | null };
  readonly streamId = 0;
  readonly chainId: string;
  readonly sent = 1;
  /** Events of the response's event stream, or chunks of another body, so far. */
  received = 0;
  readonly openedAt: bigint;
  readonly parent: CallInfo | null;
  readonly http: HttpFacts;
  /** The status of the response; null while there is none. */
  status: number | null = null;
  /** What ended the request on this side; null while nothing has. */
  exception: StreamException | null = null;
  readonly #scope: Scope | null;
  readonly #abort = new AbortController();
  #opened = false;
  #over = false;

  constructor({ method, url, self, parent }: FetchDeparture) {
    const near = parent ?? currentScope();
    const status = () => this.status;
    this.#scope = near;
    this.method = method;
    this.self = self ?? near?.service ?? DEFAULT_NAME;
    this.parent = near?.owner?.info ?? null;
    this.chainId = near?.owner?.chainId ?? nextId();
    this.openedAt = systemClock.wall();
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    this.peer = { name: null, address: `${url.hostname}:${port}` };
    this.http = {
      method,
      scheme: url.protocol.slice(0, -1),
      path: url.pathname,
      route: null,
      get status() {
        return status();
      },
      version: null,
      url: `${url.protocol}//${url.host}${url.pathname}`,
    };
  }

  /** Aborts when the request is to be ended: with what its user's signal aborted with, else with a {@link StreamException}. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Becomes a child of its scope. One whose scope was cancelled, or is over, ends at once. */
  start(): void {
    const scope = this.#scope;
    if (scope === null) return;
    const { exception: upstream } = scope;
    if (upstream !== null) this.#end({ role: "relay", exception: relayOf(upstream), upstream });
    else if (scope.finished) {
      this.#end(decideBelow(handlerReturned({ service: this.self, trigger: null, at: systemClock.wall() })));
    } else scope.add(this);
  }

  /** Observers know of the request now: before that its cancel is nobody's to be told. */
  opened(): void {
    this.#opened = true;
  }

  scopeEnded(exception: StreamException): void {
    this.#end(decideBelow(exception));
  }

  /** The user's signal aborts, or whoever read the body does not want the rest. The request fails with that reason. */
  cancel(reason: unknown): void {
    if (this.#over || this.exception !== null) return;
    const decision = decideCancel({
      reason: { user: readable(reason) },
      upstream: this.#scope?.exception ?? null,
      service: this.self,
      exposeReason: true,
      cancelId: nextId,
      at: () => systemClock.wall(),
      callSite: () => captureCallSite(systemClock.now()),
    });
    this.#end(decision, reason);
  }

  /** The request has ended; `error` is what it failed with, unless it was ended on this side. */
  ended(by: CallEnd["by"], error: Error | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#scope?.remove(this);
    const at = systemClock.wall();
    noteEnd(this, this.exception === null ? { by, error, at } : { by: "cancel", error: this.exception, at });
  }

  #end({ exception, role, upstream }: CancelDecision, reason: unknown = exception): void {
    if (this.#over || this.exception !== null) return;
    this.exception = exception;
    if (!nobodyWatchesCancels()) {
      if (upstream !== null) passedOn(upstream);
      const path = pathOnWire(exception, this.self);
      const direction = this.#opened ? "sent" : "local";
      const at = systemClock.wall();
      noteCancel(cancelEvent(this, exception, { side: "client", direction, role, path, upstream, at }), new Map());
    }
    this.#abort.abort(reason);
    this.ended("cancel", exception);
  }
}
