/**
 * The interceptor for servers of @grpc/grpc-js: every call gets a scope in which its handler runs, with all its events; what ends the call
 * early cancels the calls that were made in it.
 *
 * grpc-js tells of every end with `onCancel`, of a good one too, and keeps to itself why a call ended. The number of the reset is read from
 * the HTTP/2 stream below, where there is one to be found; without it an end is a reset by the caller.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { checkName, checkOptions, DEFAULT_NAME } from "../runtime/bridge/index.ts";
import { detailsBytes, fitDetails, tooLong } from "./header-budget.ts";
import { CANCEL, type IncomingEnd } from "./incoming-end.ts";
import { readIncoming } from "./metadata.ts";
import { GrpcServerCall } from "./server-call.ts";
import { GrpcStatusError, returnedDetails, STATUS, statusOf } from "./status.ts";

/** How a server's calls are named. */
export interface ServerScopeOptions {
  /** The name of this service. By default OTEL_SERVICE_NAME. */
  readonly name?: string;
}

const KNOWN: ReadonlySet<string> = new Set(["name"]);

/** The name that a server's options give. Throws TypeError naming a wrong option. */
export function serviceName(options: ServerScopeOptions): string {
  checkOptions(options, KNOWN);
  return options.name === undefined ? DEFAULT_NAME : checkName(options.name, "name");
}

/** What a server knows of its own end. */
export interface ServerState {
  closing: boolean;
  /** Calls that have not ended. */
  readonly running: Set<{ shutDown(): void }>;
}

/** The interceptor, for `new Server({ interceptors: [serverInterceptor({ name: "model" })] })`. Throws TypeError naming a wrong option. */
export function serverInterceptor(options: ServerScopeOptions = {}): ServerInterceptor {
  return scopeInterceptor(serviceName(options), { closing: false, running: new Set() });
}

/** The interceptor of a server that tells of its end. */
export function scopeInterceptor(self: string, state: ServerState): ServerInterceptor {
  return ({ path, requestStream }, call) => new ScopedServerCall(call, { path, requestStream }, self, state);
}

/** The part of a server's http2 stream that is read. */
interface Http2Stream {
  readonly rstCode?: number;
  readonly aborted?: boolean;
  readonly session?: { readonly destroyed: boolean; readonly closed: boolean } | undefined;
}

/** What is known of the method of a call. */
interface Called {
  readonly path: string;
  readonly requestStream: boolean;
}

class ScopedServerCall extends ServerInterceptingCall {
  readonly #next: ServerInterceptingCallInterface;
  readonly #method: Called;
  readonly #self: string;
  readonly #state: ServerState;
  readonly #stream: Http2Stream | null;
  readonly #tracedElsewhere: boolean;
  readonly #session: Http2Stream["session"];
  #call: GrpcServerCall | null = null;

  constructor(next: ServerInterceptingCallInterface, method: Called, self: string, state: ServerState) {
    super(next);
    this.#next = next;
    this.#method = method;
    this.#self = self;
    this.#state = state;
    const { stream, handler } = bottomOf(next);
    this.#stream = stream ?? null;
    this.#session = stream?.session;
    this.#tracedElsewhere = handler?.func !== undefined && "__wrapped" in handler.func;
  }

  override start(listener: Parameters<ServerInterceptingCall["start"]>[0]): void {
    let inside: (<Result>(work: () => Result) => Result) | null = null;
    const within = (work: () => void): void => {
      if (inside === null) work();
      else inside(work);
    };
    this.#next.start({
      onReceiveMetadata: (metadata: Metadata) => {
        const call = this.#arrived(metadata);
        call.open(() => {
          inside = AsyncLocalStorage.snapshot();
          listener.onReceiveMetadata(metadata);
        });
      },
      onReceiveMessage: (message: unknown) => {
        if (this.#call !== null) this.#call.received += 1;
        within(() => listener.onReceiveMessage(message));
      },
      onReceiveHalfClose: () => {
        const ended = () => {
          if (!this.#broken) within(() => listener.onReceiveHalfClose());
        };
        // A caller on Node.js that cancels ends its half, and resets the stream a moment later
        if (this.#method.requestStream) setImmediate(ended);
        else ended();
      },
      onCancel: () => {
        this.#state.running.delete(this);
        this.#ended();
        within(() => listener.onCancel());
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    const call = this.#call;
    if (call !== null) {
      if (call.sent === 0) call.running();
      call.sent += 1;
    }
    this.#next.sendMessage(message, callback);
  }

  override sendMetadata(metadata: Metadata): void {
    const problem = tooLong(metadata);
    if (problem === null) this.#next.sendMetadata(metadata);
    else this.sendStatus({ code: STATUS.resourceExhausted, details: problem });
  }

  override sendStatus(status: Parameters<ServerInterceptingCall["sendStatus"]>[0]): void {
    if (this.#call?.endsWithHandler === true) {
      this.#answer(status);
      return;
    }
    this.#call?.handlerReturned(status.code === STATUS.ok ? null : new GrpcStatusError(status));
    this.#answer(status.code === STATUS.ok ? status : { ...status, details: returnedDetails(status) });
  }

  /** Answers with what fits into the trailers. */
  #answer(status: Parameters<ServerInterceptingCall["sendStatus"]>[0]): void {
    const details = fitDetails(status.details ?? "");
    const problem = status.metadata ? tooLong(status.metadata, detailsBytes(details)) : null;
    if (problem !== null) this.#next.sendStatus({ code: STATUS.resourceExhausted, details: problem });
    else this.#next.sendStatus(details === status.details ? status : { ...status, details });
  }

  override startRead(): void {
    if (this.#call?.received === 0) this.#call.running();
    this.#next.startRead();
  }

  #arrived(metadata: Metadata): GrpcServerCall {
    const deadline = Number(this.getDeadline());
    const call = new GrpcServerCall({
      self: this.#self,
      path: this.#method.path,
      incoming: readIncoming(Object.entries(metadata.getMap())),
      address: this.getPeer(),
      timeoutMs: Number.isFinite(deadline) ? deadline - Date.now() : null,
      tracedElsewhere: this.#tracedElsewhere,
    });
    call.refuse = (exception) => {
      const status = statusOf(exception);
      this.#answer({ ...status, details: returnedDetails(status) });
    };
    this.#call = call;
    this.#state.running.add(this);
    return call;
  }

  /** The server ends: the caller is told by whom, as far as the call still has an end to be told of. */
  shutDown(): void {
    const call = this.#call;
    if (call === null || call.exception !== null) return;
    call.endedEarly({ by: "shutdown" });
    if (call.exception !== null) call.refuse?.(call.exception);
  }

  /** The caller has reset the stream or is gone: what was read of its requests is not all of them. `onCancel` tells the handler. */
  get #broken(): boolean {
    const { rstCode = 0, aborted = false } = this.#stream ?? {};
    return aborted || rstCode !== 0;
  }

  /** The call is over for grpc-js, well or not. */
  #ended(): void {
    const call = this.#call;
    if (call === null) return;
    call.endedEarly(this.#endSeen());
    if (!call.endsWithHandler) call.handlerReturned(null, "rst");
  }

  #endSeen(): IncomingEnd {
    if (this.#state.closing) return { by: "shutdown" };
    if (this.#session?.destroyed === true) return { by: "connection" };
    const number = this.#stream?.rstCode ?? CANCEL;
    if (number !== 0) return { by: "reset", number };
    if (Number(this.getDeadline()) <= Date.now()) return { by: "deadline", nanos: 0n };
    return { by: "own-error" };
  }
}

/** What the innermost of grpc-js's calls has; another version may hide it. */
interface Bottom {
  readonly stream?: Http2Stream;
  /** An instrumentation of grpc-js wraps the handler, as shimmer does. */
  readonly handler?: { readonly func?: object };
}

function bottomOf(call: ServerInterceptingCallInterface): Bottom {
  let inner: object = call;
  while ("nextCall" in inner && typeof inner.nextCall === "object" && inner.nextCall !== null) inner = inner.nextCall;
  return inner;
}
