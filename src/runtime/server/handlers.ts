/**
 * Handlers: their types, and running one.
 *
 * A handler runs inside its call's scope from its first statement to its last `finally`: the loop below is started inside the scope, so
 * every next and return of an iterator is called inside it too.
 */
import { toError } from "../errors/thrown-value.ts";
import type { AnyMethod, Method, Methods } from "../service.ts";
import { MessageReader } from "../stream/message-reader.ts";
import type { Answer } from "../stream/server-stream.ts";
import type { Codec } from "../thrift/codec.ts";
import { type MessageStep, mappedCodec } from "../thrift/mapped-codec.ts";
import { EXCEPTION_TYPES } from "../wire/index.ts";
import { answerTo } from "./answers.ts";
import type { ServerCall } from "./call.ts";

/** Many responses: an async iterable, or a plain one for handlers that need not wait. */
export type Responses<Response> = AsyncIterable<Response> | Iterable<Response>;

/** The handler of a method. */
export type Handler<Defined> =
  Defined extends Method<"unary", infer Request, infer Response>
    ? (request: Request, call: ServerCall) => Response | Promise<Response>
    : Defined extends Method<"serverStreaming", infer Request, infer Response>
      ? (request: Request, call: ServerCall) => Responses<Response>
      : Defined extends Method<"clientStreaming", infer Request, infer Response>
        ? (requests: AsyncIterable<Request>, call: ServerCall) => Response | Promise<Response>
        : Defined extends Method<"bidiStreaming", infer Request, infer Response>
          ? (requests: AsyncIterable<Request>, call: ServerCall) => Responses<Response>
          : never;

/** The handlers of a service. Methods left out are unknown to clients. */
export type Handlers<Defined extends Methods> = { readonly [Name in keyof Defined]?: Handler<Defined[Name]> };

/** A handler of whatever method. */
export type AnyHandler = (input: never, call: ServerCall) => unknown;

/**
 * Wraps a call on the server: runs inside the call's scope, before the handler. What it throws is the call's answer, without the words
 * `biz error: ` in front; `ApplicationException` keeps its own type.
 */
export type WrapHandler = (call: ServerCall, next: () => Promise<void>) => Promise<void>;

/** Looks at the messages of calls, or changes them. What it throws ends its call and nothing else. */
export interface MessageParts {
  /** A request after it was decoded: what is returned is handled. */
  request?(message: unknown, call: ServerCall): unknown;
  /** A response before it is encoded: what is returned is sent. */
  response?(message: unknown, call: ServerCall): unknown;
}

/** An interceptor of a server. */
export type ServerInterceptor = WrapHandler | MessageParts;

/** Runs the interceptors and the handler of a call, and ends its stream with the answer. Never rejects, whatever they throw. */
export async function runHandler(
  call: ServerCall,
  method: AnyMethod,
  handler: AnyHandler,
  interceptors: readonly ServerInterceptor[],
): Promise<void> {
  let failedInHandler: { error: unknown } | null = null;
  const innermost = async (): Promise<void> => {
    try {
      await serve(call, throughParts(call, method, interceptors), handler);
    } catch (error) {
      failedInHandler = { error };
      throw error;
    }
  };
  const wraps = interceptors.filter((each) => typeof each === "function");
  const chain = wraps.reduceRight<() => Promise<void>>(
    (next, interceptor) => once(async () => interceptor(call, next)),
    once(innermost),
  );
  let error: Error | null = null;
  let answer: Answer | null = null;
  try {
    await chain();
  } catch (thrown) {
    const failed = failedInHandler as { error: unknown } | null;
    const inHandler = failed !== null && failed.error === thrown;
    error = toError(thrown);
    answer = answerTo(call, thrown, error, inHandler);
  }
  // Streams the handler left open are told first, so that nobody below hears of the end later than the caller.
  call.handlerReturned(error);
  const strings = call.trailers;
  try {
    if (call.stream.end === null && !call.stream.headerSent) call.sendHeader();
    call.stream.answer(answer ?? (strings.size > 0 ? { error: null, strings } : { error: null }));
  } catch (failure) {
    // Headers that are too long together.
    const message = `biz error: header could not be encoded: ${(failure as Error).message}`;
    call.stream.answer({ error: failure as Error, exception: { code: EXCEPTION_TYPES.internalError, message } });
  }
}

/** The method with everything that looks at its messages. */
function throughParts(call: ServerCall, method: AnyMethod, interceptors: readonly ServerInterceptor[]): AnyMethod {
  const parts = interceptors.filter((each) => typeof each !== "function");
  if (parts.length === 0) return method;
  const steps = (name: "request" | "response"): MessageStep[] =>
    parts.flatMap((part) => (part[name] === undefined ? [] : [(message) => part[name]?.(message, call)]));
  return {
    ...method,
    request: mappedCodec(method.request as Codec<unknown>, { out: [], back: steps("request") }),
    response: mappedCodec(method.response as Codec<unknown>, { out: steps("response").reverse(), back: [] }),
  };
}

/** A `next` that runs once however often it is called, and whose failure ends nothing where an interceptor does not wait for it. */
function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    if (running === null) {
      running = work();
      running.catch(() => {});
    }
    return running;
  };
}

async function serve(call: ServerCall, method: AnyMethod, handler: AnyHandler): Promise<void> {
  const reader = new MessageReader(call.stream, method.request as Codec<unknown>, () => {});
  call.reader = reader;
  const manyRequests = method.kind === "clientStreaming" || method.kind === "bidiStreaming";
  let input: unknown = requestsOf(call, reader);
  if (!manyRequests) await reader.ready();
  // A peer that does not read starts no more work, and its request stays with what is unread.
  while (!call.stream.sendClosed && !call.stream.writable) await call.gate.wait();
  if (!manyRequests) {
    const first = await reader.next();
    if (first.done === true) throw new Error("EOF");
    input = first.value;
    call.stream.discard();
  }
  const output = handler(input as never, call);
  if (method.kind === "serverStreaming" || method.kind === "bidiStreaming") {
    await sendAll(call, method.response as Codec<unknown>, output);
    return;
  }
  const response = await output;
  // All who wait are woken together, and the first of them may take the room there is: so each looks again.
  while (!call.stream.sendClosed && !call.stream.writable) await call.gate.wait();
  if (call.stream.end !== null) return;
  if (!call.stream.headerSent) call.sendHeader();
  call.stream.send(method.response as Codec<unknown>, response);
}

/**
 * The requests of a call as an iterable; reading on after the cancel is ghost work until the end is reached. Who leaves the loop has read
 * enough: what still comes is dropped.
 */
function requestsOf(call: ServerCall, reader: MessageReader<unknown>): AsyncIterableIterator<unknown> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (call.cancelledAt !== null) call.ghostMessages += 1;
      return reader.next();
    },
    return() {
      reader.stop();
      call.stream.discard();
      return Promise.resolve({ value: undefined, done: true });
    },
  };
}

/** Sends what a handler yields, as fast as the peer takes it. After a cancel the handler's `finally` blocks run at its next yield. */
async function sendAll(call: ServerCall, codec: Codec<unknown>, output: unknown): Promise<void> {
  const iterator = iteratorOf(output);
  const { stream } = call;
  try {
    for (;;) {
      const step = iterator.next();
      const { value, done } = step instanceof Promise ? await step : await Promise.resolve(step);
      if (done === true) return;
      if (stream.end !== null) {
        call.ghostMessages += 1;
        break;
      }
      while (stream.end === null && !stream.writable) await call.gate.wait();
      if (stream.end !== null) break;
      if (!stream.headerSent) call.sendHeader();
      stream.send(codec, value);
      if (!stream.writable) await call.gate.wait();
      if (stream.end !== null) break;
    }
  } catch (error) {
    try {
      await iterator.return?.();
    } catch {
      // The first failure is the answer.
    }
    throw error;
  }
  await iterator.return?.();
}

interface AnyIterator {
  next(): Promise<IteratorResult<unknown>> | IteratorResult<unknown>;
  return?(): Promise<unknown>;
}

function iteratorOf(output: unknown): AnyIterator {
  if (typeof output === "object" && output !== null) {
    if (Symbol.asyncIterator in output)
      return (output as AsyncIterable<unknown>)[Symbol.asyncIterator]() as AnyIterator;
    if (Symbol.iterator in output) {
      const iterator = (output as Iterable<unknown>)[Symbol.iterator]();
      return {
        next: () => iterator.next(),
        return: () => Promise.resolve(iterator.return?.()),
      };
    }
  }
  throw new TypeError("a streaming handler must return an iterable or be a generator");
}
