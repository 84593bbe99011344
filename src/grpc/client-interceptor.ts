/**
 * The interceptor for clients of @grpc/grpc-js: a call belongs to the handler that makes it, ends with it, and carries on who its callers
 * are.
 *
 * Events of a call come in the async context of whoever made its connection; here they come in that of whoever made the call.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type ClientOptions,
  type Deadline,
  InterceptingCall,
  type InterceptingListener,
  type Interceptor,
  type Metadata,
  type StatusObject,
} from "@grpc/grpc-js";
import { checkName, checkOptions, systemClock } from "../runtime/bridge/index.ts";
import type { GrpcCallOptions } from "./call-options.ts";
import { GrpcClientCall } from "./client-call.ts";
import { tooLong } from "./header-budget.ts";
import { MAX_TIMEOUT_MS } from "./longest-timeout.ts";
import { rotatingChannel } from "./rotating-channel.ts";
import { resetSilently } from "./silent-reset.ts";
import { GrpcStatusError, STATUS, statusOf } from "./status.ts";

/** How a client's calls are named. */
export interface ClientScopeOptions {
  /** The name of this service; by default that of the service whose handler makes the call, else OTEL_SERVICE_NAME. */
  readonly name?: string;
  /** True: calls neither end with the handler they are made in nor fail because that one was cancelled. */
  readonly detached?: boolean;
}

const KNOWN: ReadonlySet<string> = new Set(["name", "detached"]);

/** What a call of this room's own client says to the interceptor, and what it hears. */
export interface CallTerms {
  readonly options: GrpcCallOptions;
  /** The call was made. */
  made(call: GrpcClientCall): void;
  /** It has ended. */
  ended(call: GrpcClientCall): void;
}

/** Where they stand among the options of grpc-js. */
export const TERMS: unique symbol = Symbol("streamscope.grpc.terms");

/** The interceptor, for `new ModelClient(address, credentials, { interceptors: [clientInterceptor()] })`. Throws TypeError naming a wrong option. */
export function clientInterceptor(options: ClientScopeOptions = {}): Interceptor {
  checkOptions(options, KNOWN);
  const self = options.name === undefined ? null : checkName(options.name, "name");
  const detached = options.detached === true;
  return (callOptions, nextCall) => {
    const { deadline, method_definition: method } = callOptions;
    const terms = (callOptions as { readonly [TERMS]?: CallTerms })[TERMS];
    const left = terms?.options.timeoutMs ?? (deadline === undefined ? null : Number(deadline) - Date.now());
    const timeoutMs = left !== null && left <= MAX_TIMEOUT_MS ? left : null;
    const call = new GrpcClientCall({ self, path: method.path, detached, ...terms?.options, timeoutMs });
    terms?.made(call);
    const inner = nextCall(withDeadline(callOptions, call.deadlineAt));
    if (method.requestStream) resetSilently(inner);
    return new ScopedClientCall(inner, call, terms);
  };
}

/**
 * The options of a client of grpc-js: the interceptor, and a channel that keeps its healthy calls alive while thousands of others are
 * cancelled. For one client: grpc-js takes them out of the object. Throws TypeError naming a wrong option.
 */
export function scopedClient(options: ClientScopeOptions = {}): ClientOptions {
  return { interceptors: [clientInterceptor(options)], channelFactoryOverride: rotatingChannel };
}

/** The call that an interceptor works on. */
type InnerCall = ConstructorParameters<typeof InterceptingCall>[0];

/** What grpc-js gives as the reason of a cancel that was given none. */
const NO_REASON = "Cancelled on client";

/** The options with the deadline at that monotonic moment, its own or an inherited one, as far as gRPC can carry it. */
function withDeadline<Options extends { deadline?: Deadline }>(options: Options, at: number | null): Options {
  const left = at === null ? Number.POSITIVE_INFINITY : at - systemClock.now();
  if (left <= MAX_TIMEOUT_MS) return { ...options, deadline: Date.now() + left };
  return options.deadline === undefined ? options : { ...options, deadline: Number.POSITIVE_INFINITY };
}

/** How grpc-js words the end of a call by its client's own timer (`deadline.ts`, formatDateDifference). */
const OWN_TIMER = "Deadline exceeded after";

class ScopedClientCall extends InterceptingCall {
  readonly #inner: InnerCall;
  readonly #call: GrpcClientCall;
  readonly #terms: CallTerms | undefined;
  #code: number | null = null;

  constructor(inner: InnerCall, call: GrpcClientCall, terms: CallTerms | undefined) {
    super(inner);
    this.#inner = inner;
    this.#call = call;
    this.#terms = terms;
  }

  override start(metadata: Metadata, listener?: Partial<InterceptingListener>): void {
    const call = this.#call;
    const inside = AsyncLocalStorage.snapshot();
    const own = metadata.clone();
    call.open(own);
    const problem = tooLong(own);
    this.#inner.start(own, {
      onReceiveMetadata: (received) => inside(() => listener?.onReceiveMetadata?.(received)),
      onReceiveMessage: (message) => {
        call.received += 1;
        inside(() => listener?.onReceiveMessage?.(message));
      },
      onReceiveStatus: (status) =>
        inside(() => {
          listener?.onReceiveStatus?.(this.#ended(status));
        }),
    });
    if (problem !== null) {
      this.#inner.cancelWithStatus(STATUS.resourceExhausted, problem);
      return;
    }
    call.started((exception) => {
      const { code, details } = statusOf(exception);
      this.#inner.cancelWithStatus(this.#code ?? code, details);
    });
  }

  override sendMessageWithContext(context: Parameters<InnerCall["sendMessageWithContext"]>[0], message: unknown): void {
    this.#call.sent += 1;
    this.#inner.sendMessageWithContext(context, message);
  }

  override startRead(): void {
    this.#inner.startRead();
  }

  override halfClose(): void {
    this.#inner.halfClose();
  }

  /** The caller's own cancel, or an end that an interceptor further out chose. */
  override cancelWithStatus(code: number, details: string): void {
    this.#code = code === STATUS.cancelled ? null : code;
    this.#call.cancel(details === NO_REASON ? undefined : details);
  }

  /** What the caller is told of the end. */
  #ended(status: StatusObject): StatusObject {
    const call = this.#call;
    call.address = this.#inner.getPeer();
    if (status.code === STATUS.deadlineExceeded) call.deadlineSeen(status.details.startsWith(OWN_TIMER));
    const error = status.code === STATUS.ok ? null : new GrpcStatusError(status);
    call.ended("rstCode" in status ? "rst" : "trailer", error);
    this.#terms?.ended(call);
    const { exception } = call;
    if (exception === null || status.details.includes(exception.message)) return status;
    return { ...status, details: `${status.details}: ${exception.message}` };
  }
}
