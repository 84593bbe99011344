/**
 * Calls as users hold them: async iterables for many responses, awaitables for one.
 */
import { CODES } from "../../ttstream/index.ts";
import type { Clock, Timer } from "../clock.ts";
import { PLAIN_CANCEL } from "../errors/reason.ts";
import { StreamException } from "../errors/stream-exception.ts";
import { RequestSource } from "../request-source.ts";
import type { CallInfo } from "../seams/call-info.ts";
import { MessageReader } from "../stream/message-reader.ts";
import { NO_STRINGS } from "../stream/stream.ts";
import type { Codec } from "../thrift/codec.ts";
import type { ClientCallState } from "./call-state.ts";

/** What every call of a client can do. */
export abstract class ClientCall<Request, Response> implements AsyncDisposable {
  protected readonly state: ClientCallState;
  protected readonly messages: MessageReader<Response>;
  readonly #request: Codec<Request>;
  readonly #clock: Clock;
  #recvTimer: Timer | null = null;

  constructor(state: ClientCallState, request: Codec<Request>, response: Codec<Response>, clock: Clock) {
    this.state = state;
    this.#request = request;
    this.#clock = clock;
    this.messages = new MessageReader(state.stream, response, (cause) => {
      const text = `response could not be decoded: ${cause.message}`;
      state.cancelFor({ code: CODES.cancelWithCause, text, kind: "error", cause });
    });
    state.reader = this.messages;
  }

  /** The stream as hooks see it. */
  get info(): CallInfo {
    return this.state;
  }

  /** What the call ended with; null while it lives and after a good end. */
  get error(): Error | null {
    return this.state.error;
  }

  /** Cancels: the peer is told in this turn of the event loop. After the end it does nothing. */
  cancel(reason?: unknown): void {
    this.state.cancel(reason);
  }

  /** The string keys of the peer's Header; empty where the call ended without one. */
  headers(): Promise<ReadonlyMap<string, string>> {
    return this.state.headersKnown();
  }

  /** The string keys of the peer's Trailer; empty where the call ended without one. Resolves at the end. */
  trailers(): Promise<ReadonlyMap<string, string>> {
    return this.ended().then(() => this.state.stream.end?.strings ?? NO_STRINGS);
  }

  /** Resolves when the call has ended, well or not. */
  ended(): Promise<void> {
    return this.state.over();
  }

  /** Leaves: a call that has not ended is cancelled. */
  [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    return Promise.resolve();
  }

  protected leave(): void {
    this.messages.stop();
    this.state.cancelFor(PLAIN_CANCEL);
  }

  /** Sends a message; undefined where more may follow at once, else a promise of when. Throws what {@link sendError} says. */
  protected sendMessage(message: Request): Promise<void> | undefined {
    const { state } = this;
    if (state.opening.pending !== null) {
      const later = state.opening.after(state.opening.pending, () => this.#send(message));
      // Who does not wait for a send hears of the failure by reading; it must not end the process.
      later.catch(() => {});
      return later;
    }
    return this.#send(message);
  }

  #send(message: Request): Promise<void> | undefined {
    const { state } = this;
    if (state.stream.sendClosed) throw this.#sendError();
    state.stream.send(this.#request, message);
    return state.stream.writable ? undefined : state.gate.wait();
  }

  /** Sends the one request and half-closes. An error of the codec ends the call. */
  protected sendOnly(message: Request): void {
    const { state } = this;
    if (state.opening.pending !== null) {
      void state.opening.after(state.opening.pending, () => this.#sendOnly(message));
      return;
    }
    this.#sendOnly(message);
  }

  #sendOnly(message: Request): void {
    const { state } = this;
    if (state.stream.sendClosed) return;
    try {
      state.stream.send(this.#request, message);
      state.stream.closeSend();
    } catch (error) {
      state.failWith(error);
    }
  }

  protected closeSend(): Promise<void> {
    const { state } = this;
    const { opening } = state;
    if (opening.pending !== null) return opening.after(opening.pending, () => state.stream.closeSend());
    state.stream.closeSend();
    return Promise.resolve();
  }

  /** Sends everything an iterable yields, as fast as the peer takes it, then half-closes. Its errors cancel the call. */
  protected async feed(requests: AsyncIterable<Request> | Iterable<Request>): Promise<void> {
    const { state } = this;
    let source: RequestSource<Request> | null = null;
    try {
      if (state.opening.pending !== null) await state.opening.pending;
      if (state.stream.sendClosed) return;
      source = new RequestSource(requests);
      // The source may be waiting for something that never comes: it is told when nobody wants its requests any more.
      void state.over().then(() => source?.close());
      for (let step = await source.next(); step.done !== true; step = await source.next()) {
        if (state.stream.sendClosed) return;
        const room = this.sendMessage(step.value);
        if (room !== undefined) await room;
        if (state.stream.sendClosed) return;
      }
      await this.closeSend();
    } catch (error) {
      source?.close();
      state.cancel(error);
    }
  }

  /** The next message; arms the receive timeout while it waits. */
  protected receive(): Promise<IteratorResult<Response, undefined>> {
    const next = this.messages.next();
    const { recvTimeoutMs } = this.state.options;
    if (recvTimeoutMs === undefined || !this.messages.waiting) return next;
    this.#recvTimer?.cancel();
    const timer = this.#clock.timer(recvTimeoutMs, () => {
      if (!this.messages.waiting || this.#recvTimer !== timer) return;
      const error = this.state.receiveTimeout();
      this.messages.rejectWaiting(error);
    });
    this.#recvTimer = timer;
    const stop = () => timer.cancel();
    next.then(stop, stop);
    return next;
  }

  #sendError(): Error {
    const { error } = this.state;
    if (error !== null) return error;
    const text = "stream is closed send";
    return new StreamException({ code: CODES.illegalOperation, side: "client", text, origin: null, kind: "error" });
  }
}

/** A call with many responses. Leaving the loop early cancels it. */
export class ResponseStream<Request, Response>
  extends ClientCall<Request, Response>
  implements AsyncIterableIterator<Response, undefined>
{
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next response. Rejects with what the call ended with. */
  next(): Promise<IteratorResult<Response, undefined>> {
    return this.receive();
  }

  /** Leaves. A call whose end is here already is not cancelled. */
  return(): Promise<IteratorResult<Response, undefined>> {
    this.leave();
    return Promise.resolve({ value: undefined, done: true });
  }
}

/** A server-streaming call. */
export class ServerStreamingCall<Request, Response> extends ResponseStream<Request, Response> {
  /** Sends the request; the client does this. */
  start(request: Request): this {
    this.sendOnly(request);
    return this;
  }
}

/** A bidirectional call: iterate it for responses; send by hand unless an iterable of requests was given. */
export class BidiStreamingCall<Request, Response> extends ResponseStream<Request, Response> {
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
