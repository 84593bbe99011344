/**
 * Handlers with the runtime's habits (promises and async iterables) behind the four kinds of handlers that grpc-js has.
 *
 * Every piece of a handler runs in its call's scope: it is started there, and what it awaits comes back there.
 */
import {
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { toError } from "../runtime/bridge/index.ts";
import type { AnyMethod, Method, Methods, Responses } from "../runtime/index.ts";
import { type Answer, answerOf } from "./answer.ts";
import { currentCall } from "./current-call.ts";
import type { Sendable } from "./sendable.ts";
import type { GrpcServerCall } from "./server-call.ts";

/** The handler of a method. */
export type GrpcHandler<Defined> =
  Defined extends Method<"unary", infer Request, infer Response>
    ? (request: Request, call: GrpcServerCall) => Sendable<Response> | Promise<Sendable<Response>>
    : Defined extends Method<"serverStreaming", infer Request, infer Response>
      ? (request: Request, call: GrpcServerCall) => Responses<Sendable<Response>>
      : Defined extends Method<"clientStreaming", infer Request, infer Response>
        ? (requests: AsyncIterable<Request>, call: GrpcServerCall) => Sendable<Response> | Promise<Sendable<Response>>
        : Defined extends Method<"bidiStreaming", infer Request, infer Response>
          ? (requests: AsyncIterable<Request>, call: GrpcServerCall) => Responses<Sendable<Response>>
          : never;

/** The handlers of a service. Methods left out are unknown to clients. */
export type GrpcHandlers<Defined extends Methods> = { readonly [Name in keyof Defined]?: GrpcHandler<Defined[Name]> };

/** A handler of whatever method. */
export type AnyGrpcHandler = (input: unknown, call: GrpcServerCall) => unknown;

/** The handler as grpc-js calls it. */
export function adapted(method: AnyMethod, handler: AnyGrpcHandler): UntypedHandleCall {
  switch (method.kind) {
    case "unary":
      return single(handler, requestOf);
    case "serverStreaming":
      return streaming<ServerWritableStream<unknown, unknown>>(handler, requestOf);
    case "clientStreaming":
      return single(handler, requestsOf);
    default:
      return streaming<ServerDuplexStream<unknown, unknown>>(handler, requestsOf);
  }
}

/** The call of the handler that begins now; from here on its own end is known. */
function begun(): GrpcServerCall {
  const call = currentCall();
  if (call === null) throw new Error("a handler of gRPC was called outside every call");
  call.endsWithHandler = true;
  return call;
}

/** Waits for a handler's work and gives the answer; nothing rejects. */
async function answered(
  call: GrpcServerCall,
  work: () => Promise<void>,
  answer: (answer: Required<Answer> | null) => void,
): Promise<void> {
  let thrown: { readonly error: unknown } | null = null;
  try {
    await work();
  } catch (error) {
    thrown = { error };
  }
  // Calls that the handler left open are told first, so that nobody below hears of the end later than the caller.
  call.handlerReturned(thrown === null ? null : toError(thrown.error), call.exception === null ? "trailer" : "rst");
  if (thrown === null) {
    answer(null);
    return;
  }
  const status = answerOf(thrown.error);
  answer({ ...status, metadata: status.metadata ?? new Metadata() });
}

/** A handler that answers with one response. */
function single<Carrier>(handler: AnyGrpcHandler, inputOf: InputOf<Carrier>) {
  return (carrier: Carrier, callback: sendUnaryData<unknown>): void => {
    const call = begun();
    let response: unknown;
    const work = async () => {
      response = await handler(inputOf(carrier, call), call);
    };
    void answered(call, work, (answer) => {
      if (answer === null) callback(null, response);
      else callback(answer);
    });
  };
}

/** A handler that answers with many. */
function streaming<Carrier extends Writing>(handler: AnyGrpcHandler, inputOf: InputOf<Carrier>) {
  return (carrier: Carrier): void => {
    const call = begun();
    void answered(
      call,
      () => sendAll(carrier, call, handler(inputOf(carrier, call), call)),
      (answer) => {
        if (carrier.destroyed) return;
        if (answer === null) carrier.end();
        else carrier.emit("error", answer);
      },
    );
  };
}

type Writing = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;
type Reading = ServerReadableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

/** What a handler is given of a call of grpc-js. */
type InputOf<Carrier> = (carrier: Carrier, call: GrpcServerCall) => unknown;

function requestOf({ request }: { readonly request: unknown }): unknown {
  return request;
}

/** The requests of a call. After the cancel they end with its exception; who leaves the loop has read enough. */
async function* requestsOf(stream: Reading, call: GrpcServerCall): AsyncGenerator<unknown, void, undefined> {
  try {
    for await (const request of stream.iterator({ destroyOnReturn: false })) {
      if (call.cancelledAt !== null) call.ghostMessages += 1;
      yield request;
    }
  } catch (error) {
    throw call.exception ?? error;
  }
  if (call.exception !== null) throw call.exception;
}

/** Sends what a handler yields, as fast as the peer takes it. After a cancel the handler's `finally` blocks run at its next yield. */
async function sendAll(stream: Writing, call: GrpcServerCall, output: unknown): Promise<void> {
  for await (const message of output as Responses<unknown>) {
    if (call.exception !== null || stream.destroyed) {
      call.ghostMessages += 1;
      return;
    }
    if (!stream.write(message)) await room(stream);
    if (call.exception !== null || stream.destroyed) return;
  }
}

/** Resolves when there is room again, or nobody reads any more. */
function room(stream: Writing): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}
