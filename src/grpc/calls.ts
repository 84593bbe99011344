/**
 * Calls of gRPC as users hold them: async iterables for many responses, promises for one.
 */
import type { ClientDuplexStream, ClientReadableStream, ClientWritableStream, ServiceError } from "@grpc/grpc-js";
import { RequestSource, toError } from "../runtime/bridge/index.ts";
import type { CallInfo } from "../runtime/index.ts";
import { errorOf } from "./answer.ts";
import type { GrpcClientCall } from "./client-call.ts";
import { isServiceError } from "./status.ts";

/** What a call with many requests sends: all that an iterable yields, or, with null, what is sent by hand. */
export type Requests<Request> = AsyncIterable<Request> | Iterable<Request> | null;

/** What a call was made with; `call` is null where an interceptor of grpc-js has taken its place. */
export interface MadeTerms {
  readonly call: GrpcClientCall | null;
}

/** What every call can do. */
abstract class GrpcCall implements AsyncDisposable {
  readonly #terms: MadeTerms;

  constructor(terms: MadeTerms) {
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
    return errorOf(error);
  }
}

type Done<Response> = (error: ServiceError | null, response?: Response) => void;

/** A call with one response: await it. */
abstract class SingleResponse<Response> extends GrpcCall implements Promise<Response> {
  readonly [Symbol.toStringTag] = "Call";
  readonly #response = Promise.withResolvers<Response>();

  constructor(terms: MadeTerms) {
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
  constructor(terms: MadeTerms, make: (done: Done<Response>) => unknown) {
    super(terms);
    make(this.done);
  }
}

/** What sends requests. */
class Sender<Request> {
  readonly #stream: ClientWritableStream<Request> | ClientDuplexStream<Request, unknown>;
  readonly #told: () => Error | null;
  #ended = false;

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

  /** Sends everything an iterable yields, as fast as the peer takes it, then half-closes. The source is closed when the call has ended. */
  async feed(requests: AsyncIterable<Request> | Iterable<Request>, failed: (error: unknown) => void): Promise<void> {
    let source: RequestSource<Request> | null = null;
    try {
      source = new RequestSource(requests);
      this.#stream.once("status", () => {
        this.#ended = true;
        source?.close();
      });
      for (;;) {
        const step = await source.next();
        if (this.#over) return;
        if (step.done === true) break;
        const room = this.send(step.value);
        if (room !== undefined) await room;
      }
      await this.end();
    } catch (error) {
      failed(error);
    } finally {
      source?.close();
    }
  }

  get #over(): boolean {
    return this.#ended || this.#told() !== null || this.#stream.destroyed || this.#stream.writableEnded;
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
    terms: MadeTerms,
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

  constructor(terms: MadeTerms, stream: ClientReadableStream<Response> | ClientDuplexStream<never, Response>) {
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

  constructor(terms: MadeTerms, stream: ClientDuplexStream<Request, Response>, requests: Requests<Request>) {
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
