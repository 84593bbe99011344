/**
 * Calls with one response, which are promises of it.
 */
import { CODES } from "../../ttstream/index.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { ClientCall } from "./calls.ts";

/** A call with one response: await it. */
export class SingleResponseCall<Request, Response> extends ClientCall<Request, Response> implements Promise<Response> {
  readonly [Symbol.toStringTag] = "Call";
  #response: Promise<Response> | null = null;

  /** The response. Rejects with what the call ended with. */
  response(): Promise<Response> {
    this.#response ??= this.#read();
    return this.#response;
  }

  /** Makes the call awaitable. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting the call is awaiting its response
  then<Fulfilled = Response, Rejected = never>(
    onFulfilled?: ((response: Response) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((error: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.response().then(onFulfilled, onRejected);
  }

  /** As of a promise. */
  catch<Rejected = never>(
    onRejected?: (error: unknown) => Rejected | PromiseLike<Rejected>,
  ): Promise<Response | Rejected> {
    return this.response().catch(onRejected);
  }

  /** As of a promise. */
  finally(onFinally?: () => void): Promise<Response> {
    return this.response().finally(onFinally);
  }

  /** Reads the response and then the end: a call is not over, and must not be cancelled, while its Trailer is on the way. */
  async #read(): Promise<Response> {
    const first = await this.receive();
    if (first.done === true) {
      const text = "EOF: the stream ended without a response";
      throw new StreamException({ code: CODES.applicationException, side: "client", text, origin: null });
    }
    // A peer of this runtime ends its stream with the response; others may work on, and their clients do not wait for that.
    if (!this.state.stream.windowed && this.state.stream.end === null) {
      this.state.answered();
      return first.value;
    }
    const second = await this.receive();
    if (second.done === true) return first.value;
    this.leave();
    throw new StreamException({
      code: CODES.applicationException,
      side: "client",
      text: "more than one response",
      origin: null,
    });
  }
}

/** A unary call. */
export class UnaryCall<Request, Response> extends SingleResponseCall<Request, Response> {
  /** Sends the request; the client does this. */
  start(request: Request): this {
    this.sendOnly(request);
    return this;
  }
}

/** A client-streaming call: await it for the response; send by hand unless an iterable of requests was given. */
export class ClientStreamingCall<Request, Response> extends SingleResponseCall<Request, Response> {
  /** Feeds the requests, where there are any; the client does this. */
  start(requests: AsyncIterable<Request> | Iterable<Request> | null): this {
    if (requests !== null) void this.feed(requests);
    return this;
  }

  /** Sends one request. Undefined: go on at once; a promise: wait for room. Throws what the call ended with, or 12005 after the end. */
  send(request: Request): Promise<void> | undefined {
    return this.sendMessage(request);
  }

  /** Half-closes: the server's iteration of requests ends. */
  override closeSend(): Promise<void> {
    return super.closeSend();
  }
}
