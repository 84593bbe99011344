/**
 * The scope of one HTTP request: what its handler calls ends with it, and whoever ended it is the origin.
 *
 * It is a call like those of the runtime's own servers, so spans, metrics and observers see it, and calls made in it know it as theirs.
 */
import {
  cancelEvent,
  cancelFromAbove,
  captureCallSite,
  chainIn,
  checkName,
  checkOptions,
  currentScope,
  Ghosts,
  HTTP_KEYS,
  handlerReturned,
  nextId,
  nobodyWatchesCancels,
  noteCancel,
  noteEnd,
  noteGhost,
  type OwnReason,
  ownCancel,
  readable,
  readReason,
  runInScope,
  runResumed,
  runServerOpen,
  Scope,
  type ScopeOwner,
  systemClock,
  toError,
} from "../runtime/bridge/index.ts";
import {
  type CallInfo,
  type CallSite,
  type CancelEvent,
  type CancelIntent,
  type HttpFacts,
  StreamException,
} from "../runtime/index.ts";
import { CODES, httpClientOf, NON_TTSTREAM } from "../ttstream/index.ts";
import type { Ending } from "./ending.ts";
import type { Exchange } from "./exchange.ts";
import { FetchExchange } from "./fetch-exchange.ts";
import { wordsOf } from "./own-ending.ts";
import { exchangeOf, type RequestSubject } from "./subject.ts";

/** How the scope of a request is made. */
export interface RequestScopeOptions {
  /** The name of this service. */
  readonly service: string;
  /** The template of the path, for the names of spans (`/chat/:id`), where the framework does not tell it. */
  readonly route?: string;
  /**
   * True where only services of one's own can send requests: the name of the caller and the id of the chain are taken from the headers
   * that `scopedFetch` with `internal` writes. Nobody outside may name itself.
   */
  readonly internal?: boolean;
  /** Cancels the scope when it aborts: a time limit or a stop button of one's own. */
  readonly signal?: AbortSignal;
}

function nameIn(header: string | undefined): string | null {
  if (header === undefined || header === "") return null;
  try {
    return checkName(decodeURI(header), HTTP_KEYS.fromService);
  } catch {
    return null;
  }
}

/** Cancelled requests that are worked on. */
const ghosts = new Ghosts(systemClock);

/** How a cancel of a request began. */
interface Began {
  readonly callSite?: CallSite | null;
  readonly external?: string | null;
}

const KNOWN: ReadonlySet<string> = new Set(["service", "route", "internal", "signal"]);

/** The scope of an HTTP request. Calls belong to it through {@link run} or through the option `parent`. */
export class RequestScope implements Disposable, CallInfo, ScopeOwner {
  readonly side = "server" as const;
  readonly service = "";
  readonly self: string;
  readonly streamId = 0;
  readonly peer: { readonly name: string | null; readonly address: string | null };
  readonly openedAt: bigint;
  readonly parent = null;
  /** Messages of an event stream that were sent. */
  sent = 0;
  readonly received = 0;
  readonly chainId: string;
  /** The services above as far as they are known; undefined where the chain begins here. */
  readonly callers?: readonly string[];
  readonly metadata = null;
  readonly deadlineAt = null;
  readonly deadlineOwner = null;
  /** The scope that calls made in {@link run} belong to. */
  readonly scope: Scope;
  /** The request and its response. */
  readonly exchange: Exchange;
  readonly #unlisten: () => void;
  #running = 0;
  #cancelledAt: number | null = null;
  #ghost = false;
  #closed = false;

  /** Throws TypeError naming a wrong argument. */
  constructor(subject: RequestSubject, options: RequestScopeOptions) {
    if (typeof options !== "object" || options === null)
      throw new TypeError("options must be an object with `service`");
    checkOptions(options, KNOWN);
    const { signal, route, internal = false } = options;
    this.self = checkName(options.service, "service");
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("signal must be an AbortSignal");
    if (route !== undefined && typeof route !== "string") throw new TypeError("route must be a string");
    this.exchange = exchangeOf(subject, route);
    const above = currentScope();
    const { headers } = this.exchange;
    const caller = internal ? nameIn(headers.get(HTTP_KEYS.fromService)) : null;
    const chain = internal ? chainIn(headers.get(HTTP_KEYS.chain)) : null;
    this.chainId = chain ?? above?.owner?.chainId ?? nextId();
    if (caller !== null) this.callers = ["", caller];
    this.openedAt = systemClock.wall();
    this.peer = { name: caller, address: this.exchange.peerAddress };
    this.scope = new Scope(this.self, above, this);
    runServerOpen(this, this.exchange.headers, () => {});
    const aborted = () => this.cancel(signal?.reason);
    this.#unlisten = () => signal?.removeEventListener("abort", aborted);
    if (signal?.aborted === true) aborted();
    else signal?.addEventListener("abort", aborted, { once: true });
    this.exchange.onClosed((ending) => this.#close(ending));
  }

  /** The request's method with its route, where it has one. */
  get method(): string {
    const { method, route } = this.http;
    return route === null ? method : `${method} ${route}`;
  }

  /** What the request is, and its response so far. */
  get http(): HttpFacts {
    return this.exchange.facts;
  }

  /** This request as hooks see it. */
  get info(): CallInfo {
    return this;
  }

  /** Aborts when the scope is cancelled, with the {@link StreamException} as its reason. */
  get signal(): AbortSignal {
    return this.scope.signal;
  }

  /** What cancelled the scope; null while nothing has. */
  get exception(): StreamException | null {
    return this.scope.exception;
  }

  /** Runs `work` inside the scope; what it awaits stays inside. */
  run<Result>(work: () => Result): Result {
    let outcome: { readonly value: Result } | { readonly error: unknown } | null = null;
    runResumed(this, () => {
      try {
        outcome = { value: runInScope(this.scope, work) };
      } catch (error) {
        outcome = { error };
      }
    });
    const done = outcome as unknown as { readonly value: Result } | { readonly error: unknown };
    if ("error" in done) throw done.error;
    const { value } = done;
    if (value instanceof Promise) this.#watchWork(value);
    return value;
  }

  /** Cancels every call of the scope; this service is the origin. The reason is read as an abort reason is. */
  cancel(reason?: unknown | CancelIntent): void {
    if (this.scope.exception !== null || this.scope.finished) return;
    const given = readable(reason);
    if (StreamException.is(given) && given.raisedAt === "server") this.#cancelWith(given, "relay");
    else this.#cancelFor(readReason(given, true), { callSite: captureCallSite(systemClock.now()) });
  }

  /**
   * For handlers in the style of fetch: the response they return. The scope is over when its body is; a client that leaves before ends
   * it. Where the server is known the response is returned as it is.
   */
  respond(response: Response): Response {
    return this.exchange instanceof FetchExchange ? this.exchange.answered(response) : response;
  }

  /** The work is done: calls that are still open end with 12012. It happens by itself where the server is known. */
  [Symbol.dispose](): void {
    if (this.exchange instanceof FetchExchange) this.exchange.over();
    this.#close(null);
  }

  #close(ending: Ending | null): void {
    if (this.#closed) return;
    const failed = ending?.by === "destroyed" && !this.scope.hasCalls;
    if (ending !== null) {
      const { code, text, kind, intent, byClient } = wordsOf(ending, this.self);
      const own = { code, text, kind, ...(intent === null ? {} : { intent }), cause: ending.error ?? undefined };
      if (byClient && this.peer.name !== null) this.#callerEnded(text, this.peer.name);
      else if (failed) this.#failed(own);
      else this.#cancelFor(own, { external: byClient ? httpClientOf(this.self) : null });
    }
    this.#closed = true;
    this.#unlisten();
    const at = systemClock.wall();
    this.scope.finish(() => handlerReturned({ service: this.self, trigger: null, at }));
    noteEnd(this, {
      by: ending === null ? "trailer" : ending.by.startsWith("client") ? "connection" : "cancel",
      error: ending === null ? null : failed ? toError(ending.error ?? this.scope.exception) : this.scope.exception,
      at,
    });
  }

  #cancelFor(own: OwnReason, more: Began): void {
    if (this.scope.exception === null) this.#cancelWith(this.#exception(own, more), "origin");
  }

  #exception(own: OwnReason, more: Began): StreamException {
    return ownCancel(own, { service: this.self, at: systemClock.wall(), side: null, ...more });
  }

  /** A response that is broken off with nothing going on for it: an error, which cancels nobody. */
  #failed(own: OwnReason): void {
    if (this.scope.exception === null) this.scope.cancel(this.#exception(own, {}));
  }

  /** A service that is known ended it: it may have passed a cancel on, and a connection that closes says nothing of that. */
  #callerEnded(text: string, caller: string): void {
    if (this.scope.exception !== null) return;
    const exception = new StreamException({
      code: CODES.internalCancel,
      side: "server",
      text: `${text} [triggered by ${caller}]`,
      kind: "cancel",
      path: [NON_TTSTREAM],
      origin: null,
      cancelId: nextId(),
      cancelledAt: systemClock.wall(),
      travelled: true,
    });
    const tell = (role: "relay" | "leaf") => this.#note(exception, "received", role);
    this.#cancelledAt = systemClock.now();
    cancelFromAbove(this.scope, exception, tell, () => this.scope.cancel(exception));
    this.#expectEnd();
  }

  #cancelWith(exception: StreamException, role: CancelEvent["role"]): void {
    this.#cancelledAt = systemClock.now();
    this.#note(exception, exception.external === null ? "local" : "received", role);
    this.scope.cancel(exception);
    this.#expectEnd();
  }

  #note(exception: StreamException, direction: CancelEvent["direction"], role: CancelEvent["role"]): void {
    if (nobodyWatchesCancels()) return;
    const { path } = exception;
    const context = { side: "server", direction, role, path, upstream: null, at: systemClock.wall() } as const;
    noteCancel(cancelEvent(this, exception, context), new Map());
  }

  /** Work that is still going on a second from now goes on for nobody. */
  #expectEnd(): void {
    if (this.#running === 0) return;
    ghosts.add({ cancelledAt: this.#cancelledAt, reportGhost: (stage) => this.#tellOfGhost(stage) });
  }

  #watchWork(work: Promise<unknown>): void {
    this.#running += 1;
    const over = () => {
      this.#running -= 1;
      if (this.#running === 0 && this.#ghost) this.#tellOfGhost("ended");
    };
    work.then(over, over);
  }

  #tellOfGhost(stage: "running" | "ended"): void {
    const { exception } = this.scope;
    if (exception === null || this.#cancelledAt === null || (stage === "running" && this.#running === 0)) return;
    this.#ghost = true;
    noteGhost({ call: this, stage, durationMs: systemClock.now() - this.#cancelledAt, messages: 0, exception });
  }
}

/**
 * Opens the scope of an HTTP request, with one call for node:http, node:http2, Fastify, Express, Hono and every handler in the style of
 * fetch. When the exchange ends before the response is finished, all calls of the scope are cancelled, and who did it is told apart: the
 * client left (12013, kind disconnect, outside this service), it aborted its upload, a timer of the server fired (12015), the server
 * destroyed the response (12008) or closes (12010); also where that had happened before. It closes itself with the response.
 *
 * ```ts
 * createServer((request, response) => requestScope(response, { service: "gateway" }).run(() => answer(request, response)));
 * ```
 *
 * Throws TypeError naming a wrong argument.
 */
export function requestScope(subject: RequestSubject, options: RequestScopeOptions): RequestScope {
  return new RequestScope(subject, options);
}

/**
 * Wraps a handler in the style of fetch (Deno, Bun, workers): each of its requests gets a scope that lasts until the body of its response
 * has been sent.
 */
export function withRequestScope<More extends unknown[]>(
  handler: (request: Request, ...more: More) => Response | Promise<Response>,
  options: RequestScopeOptions,
): (request: Request, ...more: More) => Promise<Response> {
  return async (request, ...more) => {
    const scope = requestScope(request, options);
    try {
      return scope.respond(await scope.run(() => Promise.resolve(handler(request, ...more))));
    } catch (error) {
      scope.cancel(error);
      scope[Symbol.dispose]();
      throw error;
    }
  };
}
