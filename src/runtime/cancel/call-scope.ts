/**
 * Scopes for callers that do not speak ttstream: an HTTP edge, a queue worker, a gRPC handler.
 *
 * Calls made inside are cancelled with the scope, and the origin is right: an HTTP edge whose client left is itself the first name of the
 * path, kind disconnect; a caller that can be named is; only one that cannot be is `non-ttstream path`, as in Kitex.
 */
import { CODES, NON_TTSTREAM } from "../../ttstream/index.ts";
import { systemClock } from "../clock.ts";
import { cutReason, type OwnReason, readReason, reasonText, sentenceOf } from "../errors/reason.ts";
import { type CallSite, StreamException } from "../errors/stream-exception.ts";
import { readable } from "../errors/thrown-value.ts";
import { checkName } from "../metadata.ts";
import { captureCallSite } from "./call-site.ts";
import { handlerReturned } from "./handler-return.ts";
import { nextId } from "./ids.ts";
import { currentScope, runInScope, Scope } from "./scope.ts";

/** How a scope is named. */
export interface ScopeOptions {
  /** The name of this service. */
  readonly service: string;
  /** The caller's name; null where nobody knows it. Left out: this service is where chains begin, as at an HTTP edge. */
  readonly caller?: string | null;
  /** Cancels the scope when it aborts. */
  readonly signal?: AbortSignal;
}

/** A scope opened by hand. Calls belong to it through {@link run} or through the option `parent`. */
export class CallScope implements Disposable {
  readonly scope: Scope;
  readonly #caller: string | null | undefined;
  readonly #unlisten: () => void;

  /** Throws TypeError naming a wrong option. */
  constructor(options: ScopeOptions) {
    if (typeof options !== "object" || options === null)
      throw new TypeError("options must be an object with `service`");
    const service = checkName(options.service, "service");
    this.#caller = options.caller == null ? options.caller : checkName(options.caller, "caller");
    const parent = currentScope();
    const above = parent?.owner ?? null;
    this.scope = new Scope(service, parent, {
      metadata: above?.metadata ?? null,
      chainId: above?.chainId ?? nextId(),
      deadlineAt: above?.deadlineAt ?? null,
      deadlineOwner: above?.deadlineOwner ?? null,
      info: above?.info ?? null,
      callers: [...(above?.callers ?? []), ...(options.caller === undefined ? [] : [options.caller ?? ""])],
    });
    const { signal } = options;
    const listener = () => this.cancel(signal?.reason);
    this.#unlisten = () => signal?.removeEventListener("abort", listener);
    if (signal?.aborted) listener();
    else signal?.addEventListener("abort", listener, { once: true });
  }

  /** Aborts with the StreamException that cancels the scope. */
  get signal(): AbortSignal {
    return this.scope.signal;
  }

  /** Runs `work` inside the scope; what it awaits stays inside. */
  run<Result>(work: () => Result): Result {
    return runInScope(this.scope, work);
  }

  /** Cancels every call of the scope. The reason is read as an abort reason is. */
  cancel(given?: unknown): void {
    const reason = readable(given);
    const above = StreamException.is(reason) && reason.raisedAt === "server" ? reason : null;
    if (this.scope.exception !== null) return;
    const site = above === null ? captureCallSite(systemClock.now()) : null;
    this.scope.cancel(above ?? this.#exception(readReason(reason, true), { reason, callSite: site }));
  }

  /** The caller went away without waiting for the answer. `caller` is what kind of party it is, in words. */
  disconnected(caller = "the caller"): void {
    const own = { code: CODES.connectionClosed, text: sentenceOf(CODES.connectionClosed), kind: "disconnect" } as const;
    this.scope.cancel(this.#exception(own, { external: `${caller} of ${this.scope.service}` }));
  }

  /** The work is done: calls that are still open end with 12012. */
  [Symbol.dispose](): void {
    this.#unlisten();
    const { service } = this.scope;
    this.scope.finish(() => handlerReturned({ service, trigger: null, at: systemClock.wall() }));
  }

  #exception(own: OwnReason, more: Began): StreamException {
    const unnamed = this.#caller === null;
    const first = unnamed ? NON_TTSTREAM : this.#caller;
    const foreign = unnamed && own.code === CODES.cancelWithCause;
    return new StreamException({
      code: foreign ? CODES.internalCancel : own.code,
      side: "server",
      text: foreign ? cutReason(reasonText(more.reason)) : own.text,
      path: first === undefined || first === null ? [] : [first],
      origin: first ?? this.scope.service,
      kind: own.kind,
      cancelId: nextId(),
      cancelledAt: systemClock.wall(),
      intent: own.intent ?? null,
      callSite: more.callSite ?? null,
      external: more.external ?? null,
      cause: own.cause,
      travelled: first !== undefined,
    });
  }
}

/** How a cancel of a scope began. */
interface Began {
  readonly reason?: unknown;
  readonly callSite?: CallSite | null;
  readonly external?: string;
}

/** Opens a scope for a caller that does not speak ttstream. Close it (`using`) when the work is done. */
export function createScope(options: ScopeOptions): CallScope {
  return new CallScope(options);
}
