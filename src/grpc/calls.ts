/**
 * Calls of gRPC as users hold them: async iterables for many responses, promises for one.
 */
import type {
  ClientDuplexStream,
  ClientReadableStream,
  ClientWritableStream,
  Metadata,
  ServiceError,
} from "@grpc/grpc-js";
import { toError } from "../runtime/bridge/index.ts";
import type { CallInfo } from "../runtime/index.ts";
import { errorOf } from "./answer.ts";
import type { CallTerms } from "./client-interceptor.ts";

/** What a call with many requests sends: all that an iterable yields, or, with null, what is sent by hand. */
export type Requests<Request> = AsyncIterable<Request> | Iterable<Request> | null;

/** What every call can do. */
abstract class GrpcCall implements AsyncDisposable {
  readonly #terms: CallTerms;

  constructor(terms: CallTerms) {
    this.#terms = terms;
  }

  /** The stream as hooks see it. */
  get info(): CallInfo {
    const { call } = this.#terms;
    if (call === null) throw new Error("the call has no scope: an interceptor of grpc-js has taken its place");
    return call;
  }

  /** What the call was ended with on this side; null while it was not. */
  get error(): Error | null {
    return this.#terms.call?.exception ?? null;
  }

  /** Cancels: the peer is told in this turn of the event loop. After the end it does nothing. */
  cancel(reason?: unknown): void {
    this.#terms.call?.cancel(reason);
  }

  /** Leaves: a call that has not ended is cancelled. */
  [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    return Promise.resolve();
  }

  /** What the user is told of an error of grpc-js: what this side ended the call with, else the status it was answered with. */
  protected told(error: unknown): Error {
    const own = this.error;
    if (own !== null) return own;
    if (!isServiceError(error)) return toError(error);
    return errorOf({ code: error.code, details: error.details }, error.metadata);
  }
}

function isServiceError(error: unknown): error is ServiceError & { readonly metadata: Metadata } {
  return error instanceof Error && "code" in error && typeof error.code === "number" && "details" in error;
}

type Done<Response> = (error: ServiceError | null, response?: Response) => void;

/** A call with one response: await it. */
abstract class SingleResponse<Response> extends GrpcCall implements Promise<Response> {
  readonly [Symbol.toStringTag] = "Call";
  readonly #response = Promise.withResolvers<Response>();

  constructor(terms: CallTerms) {
    super(terms);
    // Who does not await the call does not want to hear of its end.
    this.#response.promise.catch(() => {});
  }

  protected readonly done: Done<Response> = (error, response) => {
    if (error === null) this.#response.resolve(response as Response);
    else this.#response.reject(this.told(error));
  };

  /** Makes the call awaitable. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting the call is awaiting its response
  then<Fulfilled = Response, Rejected = never>(
    onFulfilled?: ((response: Response) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((error: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.#response.promise.then(onFulfilled, onRejected);
  }

  /** As of a promise. */
  catch<Rejected = never>(
    onRejected?: (error: unknown) => Rejected | PromiseLike<Rejected>,
  ): Promise<Response | Rejected> {
    return this.#response.promise.catch(onRejected);
  }

  /** As of a promise. */
  finally(onFinally?: () => void): Promise<Response> {
    return this.#response.promise.finally(onFinally);
  }
}

/** A unary call. */
export class UnaryCall<Response> extends SingleResponse<Response> {
  constructor(terms: CallTerms, make: (done: Done<Response>) => unknown) {
    super(terms);
    make(this.done);
  }
}

/** What sends requests. */
class Sender<Request> {
  readonly #stream: ClientWritableStream<Request> | ClientDuplexStream<Request, unknown>;
  readonly #told: () => Error | null;

  constructor(stream: ClientWritableStream<Request> | ClientDuplexStream<Request, unknown>, told: () => Error | null) {
    this.#stream = stream;
    this.#told = told;
  }

  /** Undefined: go on at once; a promise: wait for room. */
  send(request: Request): Promise<void> | undefined {
    const error = this.#told();
    if (error !== null) throw error;
    if (this.#stream.writableEnded) throw new Error("the call takes no more requests");
    return this.#stream.write(request) ? undefined : this.#room();
  }

  end(): Promise<void> {
    this.#stream.end();
    return Promise.resolve();
  }

  /** Sends everything an iterable yields, as fast as the peer takes it, then half-closes. */
  async feed(requests: AsyncIterable<Request> | Iterable<Request>, failed: (error: unknown) => void): Promise<void> {
    try {
      for await (const request of requests) {
        if (this.#over) return;
        const room = this.send(request);
        if (room !== undefined) await room;
        if (this.#over) return;
      }
      await this.end();
    } catch (error) {
      failed(error);
    }
  }

  get #over(): boolean {
    return this.#told() !== null || this.#stream.destroyed || this.#stream.writableEnded;
  }

  #room(): Promise<void> {
    const stream = this.#stream;
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ["drain", "close", "error", "status"]) stream.off(event, done);
        resolve();
      };
      for (const event of ["drain", "close", "error", "status"]) stream.on(event, done);
    });
  }
}

/** A client-streaming call: await it for the response; send by hand unless an iterable of requests was given. */
export class ClientStreamCall<Request, Response> extends SingleResponse<Response> {
  readonly #sender: Sender<Request>;

  constructor(
    terms: CallTerms,
    make: (done: Done<Response>) => ClientWritableStream<Request>,
    requests: Requests<Request>,
  ) {
    super(terms);
    this.#sender = new Sender(make(this.done), () => this.error);
    if (requests !== null) void this.#sender.feed(requests, (error) => this.cancel(error));
  }

  /** Sends one request. Undefined: go on at once; a promise: wait for room. Throws what the call ended with. */
  send(request: Request): Promise<void> | undefined {
    return this.#sender.send(request);
  }

  /** Half-closes: the server's iteration of requests ends. */
  closeSend(): Promise<void> {
    return this.#sender.end();
  }
}

/** A call with many responses. Leaving the loop early cancels it. */
export class ServerStreamCall<Response> extends GrpcCall implements AsyncIterableIterator<Response, undefined> {
  readonly #messages: AsyncIterator<Response>;

  constructor(terms: CallTerms, stream: ClientReadableStream<Response> | ClientDuplexStream<never, Response>) {
    super(terms);
    stream.on("error", () => {});
    this.#messages = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Response>;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next response. Rejects with what the call ended with. */
  async next(): Promise<IteratorResult<Response, undefined>> {
    try {
      const step = await this.#messages.next();
      return step.done === true ? { done: true, value: undefined } : step;
    } catch (error) {
      throw this.told(error);
    }
  }

  /** Leaves. A call that has ended is not cancelled. */
  async return(): Promise<IteratorResult<Response, undefined>> {
    this.cancel();
    await this.#messages.return?.();
    return { done: true, value: undefined };
  }
}

/** A bidirectional call: iterate it for responses; send by hand unless an iterable of requests was given. */
export class BidiCall<Request, Response> extends ServerStreamCall<Response> {
  readonly #sender: Sender<Request>;

  constructor(terms: CallTerms, stream: ClientDuplexStream<Request, Response>, requests: Requests<Request>) {
    super(terms, stream as unknown as ClientReadableStream<Response>);
    this.#sender = new Sender(stream, () => this.error);
    if (requests !== null) void this.#sender.feed(requests, (error) => this.cancel(error));
  }

  /** Sends one request. Undefined: go on at once; a promise: wait for room. Throws what the call ended with. */
  send(request: Request): Promise<void> | undefined {
    return this.#sender.send(request);
  }

  /** Half-closes: the server's iteration of requests ends. */
  closeSend(): Promise<void> {
    return this.#sender.end();
  }
}
