/**
 * `streamscope/runtime/grpc/connect`: interceptors for clients and servers of connect-es, over whichever of its protocols. What a scope is
 * and does is the same as for grpc-js.
 */
import "../needs-node.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { checkName, checkOptions, DEFAULT_NAME, onAbort, systemClock } from "../runtime/bridge/index.ts";
import { GrpcClientCall } from "./client-call.ts";
import { codeOf, EndedHere, endOf, refusalOf } from "./connect-end.ts";
import { MAX_TIMEOUT_MS } from "./longest-timeout.ts";
import { readIncoming } from "./metadata.ts";
import { GrpcServerCall } from "./server-call.ts";
import { STATUS } from "./status.ts";

export { currentCall } from "./current-call.ts";

/** How calls are named. */
export interface ConnectScopeOptions {
  /** The name of this service. A client's is by default that of the service whose handler makes the call; else OTEL_SERVICE_NAME. */
  readonly name?: string;
  /** Of a client: calls neither end with the handler they are made in nor fail because that one was cancelled. */
  readonly detached?: boolean;
}

/** What is read of a request of connect-es, and what is put in its place. */
export interface ConnectRequest {
  readonly stream: boolean;
  readonly service: { readonly typeName: string };
  readonly method: { readonly name: string; readonly methodKind: string };
  readonly header: Headers;
  readonly signal: AbortSignal;
}

/** What is read of its response. */
export interface ConnectResponse {
  readonly stream: boolean;
  readonly message: unknown;
}

/** An interceptor of connect-es, as far as it is used: its own types want those of a browser. */
export type ConnectInterceptor = <Request extends ConnectRequest, Response extends ConnectResponse>(
  next: (request: Request) => Promise<Response>,
) => (request: Request) => Promise<Response>;

const KNOWN: ReadonlySet<string> = new Set(["name", "detached"]);

function nameOf(options: ConnectScopeOptions): string | null {
  checkOptions(options, KNOWN);
  const { name } = options;
  return name === undefined ? null : checkName(name, "name");
}

function pathOf({ service, method }: ConnectRequest): string {
  return `/${service.typeName}/${method.name}`;
}

/** The interceptor of a transport: `createGrpcTransport({ baseUrl, interceptors: [connectClient()] })`. Throws TypeError naming a wrong option. */
export function connectClient(options: ConnectScopeOptions = {}): ConnectInterceptor {
  const self = nameOf(options);
  return (next) => async (request) => {
    const timeoutMs = timeoutOf(request.header);
    const call = new GrpcClientCall({ self, path: pathOf(request), timeoutMs, detached: options.detached });
    call.open(request.header);
    const left = call.deadlineAt === null ? null : call.deadlineAt - systemClock.now();
    if (timeoutMs === null && left !== null && left <= MAX_TIMEOUT_MS) writeTimeout(request.header, left);
    const stop = new AbortController();
    const forget = request.signal.aborted ? null : onAbort(request.signal, ({ reason }) => given(call, reason));
    if (request.signal.aborted) given(call, request.signal.reason);
    call.started((exception) => stop.abort(new EndedHere(exception)));
    const over = (error: Error | null) => {
      forget?.();
      if (codeOf(error) === STATUS.deadlineExceeded) call.deadlineSeen(false);
      call.ended("trailer", error);
    };
    try {
      // Over the Connect protocol a request would leave all the same
      stop.signal.throwIfAborted();
      const response = await next({ ...request, signal: stop.signal });
      if (!response.stream) {
        over(null);
        return response;
      }
      return { ...response, message: watched(messagesOf(response), null, over, () => call.cancel()) };
    } catch (error) {
      over(error as Error);
      throw error;
    }
  };
}

/** The call's own signal has aborted: connect-es's timer, or whoever made the call. */
function given(call: GrpcClientCall, reason: unknown): void {
  if (codeOf(reason) === STATUS.deadlineExceeded) call.deadlineSeen(true);
  else call.cancel(reason);
}

/** The interceptor of a router: `connectNodeAdapter({ routes, interceptors: [connectServer({ name: "model" })] })`. Throws TypeError naming a wrong option. */
export function connectServer(options: ConnectScopeOptions = {}): ConnectInterceptor {
  const self = nameOf(options) ?? DEFAULT_NAME;
  return (next) => (request) => {
    const call = new GrpcServerCall({
      self,
      path: pathOf(request),
      incoming: readIncoming(request.header.entries()),
      address: null,
      timeoutMs: timeoutOf(request.header),
      tracedElsewhere: false,
    });
    call.endsWithHandler = true;
    const given = isUpload(request) ? { ...request, message: whole(messagesOf(request), call) } : request;
    const forget = onAbort(request.signal, ({ reason }) => call.endedEarly(endOf(reason)));
    const over = (error: Error | null) => {
      forget();
      call.handlerReturned(error, call.exception === null ? "trailer" : "rst");
    };
    return new Promise((resolve, reject) => {
      call.refuse = (exception) => reject(refusalOf(exception));
      call.open(() => {
        const inside = AsyncLocalStorage.snapshot();
        next(given).then(
          (response) => {
            if (!response.stream) over(null);
            resolve(
              response.stream
                ? { ...response, message: watched(refusable(messagesOf(response), call), inside, over, () => {}) }
                : response,
            );
          },
          (error: unknown) => {
            over(error as Error);
            reject(error);
          },
        );
      });
    });
  };
}

/** Runs work in an async context. */
type Inside = <Result>(work: () => Result) => Result;

function messagesOf({ message }: { readonly message: unknown }): AsyncIterable<unknown> {
  return message as AsyncIterable<unknown>;
}

/** True where a handler reads requests until they end. */
function isUpload<Request extends ConnectRequest>(
  request: Request,
): request is Request & { readonly message: unknown } {
  return request.method.methodKind === "client_streaming" || request.method.methodKind === "bidi_streaming";
}

/** Responses that fail, the next one too that nobody has made yet, when the handler cancels its own call. */
function refusable(responses: AsyncIterable<unknown>, call: GrpcServerCall): AsyncIterable<unknown> {
  const iterator = responses[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve, reject) => {
          call.refuse = (exception) => {
            reject(refusalOf(exception));
            // What it was still to yield is for nobody
            iterator.return?.().catch(() => {});
          };
          iterator.next().then(resolve, reject);
        }),
      return: () => iterator.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    }),
  };
}

/** Requests that fail with what ended their call, so that nobody takes a part for all of them. */
async function* whole(
  requests: AsyncIterable<unknown>,
  call: GrpcServerCall,
): AsyncGenerator<unknown, void, undefined> {
  try {
    yield* requests;
    // A caller on Node.js that cancels ends its half, and resets the stream a moment later
    await new Promise(setImmediate);
  } catch (error) {
    throw call.exception === null ? error : new EndedHere(call.exception);
  }
  if (call.exception !== null) throw new EndedHere(call.exception);
}

/** Passes messages on, each step inside the context that `inside` is, where there is one; tells how they ended, or that their reader has left. */
async function* watched<Message>(
  messages: AsyncIterable<Message>,
  inside: Inside | null,
  over: (error: Error | null) => void,
  left: () => void,
): AsyncGenerator<Message, void, undefined> {
  const iterator = messages[Symbol.asyncIterator]();
  const step = (work: () => Promise<IteratorResult<Message>>): Promise<IteratorResult<Message>> =>
    inside === null ? work() : inside(work);
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await step(() => iterator.next());
      if (done === true) break;
      yield value;
    }
    ended = true;
    over(null);
  } catch (error) {
    ended = true;
    over(error as Error);
    throw error;
  } finally {
    if (!ended) {
      left();
      over(null);
      await step(() => iterator.return?.() ?? Promise.resolve({ done: true, value: undefined }));
    }
  }
}

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 };

/** The timeout that a request carries, in milliseconds; null without one. */
function timeoutOf(header: Headers): number | null {
  const connect = header.get("connect-timeout-ms");
  if (connect !== null && /^\d{1,10}$/.test(connect)) return Number(connect);
  const [, digits, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(header.get("grpc-timeout") ?? "") ?? [];
  return digits === undefined ? null : Number(digits) * (UNITS[unit] ?? 1);
}

/** Hands an inherited deadline on, in the words of the protocol that is spoken. */
function writeTimeout(header: Headers, ms: number): void {
  const whole = String(Math.max(1, Math.ceil(ms)));
  // gRPC has eight digits for it
  const inGrpc = whole.length <= 8 ? `${whole}m` : `${Math.ceil(ms / 1000)}S`;
  if (header.get("content-type")?.startsWith("application/grpc") === true) header.set("grpc-timeout", inGrpc);
  else header.set("connect-timeout-ms", whole);
}
