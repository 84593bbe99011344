/** The service of the Kitex peer's IDL (test/interop/kitex-peer/idl/chat.thrift), as our own definition. */
import {
  bidiStreaming,
  clientStreaming,
  defineService,
  field,
  type Method,
  type Service,
  type Struct,
  serverStreaming,
  struct,
  t,
  unary,
} from "../../src/runtime/index.ts";

export interface Request {
  message: string;
  count: bigint;
  intervalUs: bigint;
  payload: Uint8Array;
}
export const Request: Struct<Request> = struct({
  message: field(1, t.string),
  count: field(2, t.i64),
  intervalUs: field(3, t.i64),
  payload: field(4, t.binary),
});

export interface Response {
  message: string;
  seq: bigint;
  from: string;
  payload: Uint8Array;
}
export const Response: Struct<Response> = struct({
  message: field(1, t.string),
  seq: field(2, t.i64),
  from: field(3, t.string),
  payload: field(4, t.binary),
});

const codecs = { request: Request, response: Response };

/** The methods of the service. */
export type ChatMethods = {
  readonly unary: Method<"unary", Request, Response>;
  readonly serverStream: Method<"serverStreaming", Request, Response>;
  readonly clientStream: Method<"clientStreaming", Request, Response>;
  readonly bidiStream: Method<"bidiStreaming", Request, Response>;
};

/** The peer's ChatService; `unary` is between our own peers only. */
export const Chat: Service<ChatMethods> = defineService("ChatService", {
  unary: unary("Unary", codecs),
  serverStream: serverStreaming("ServerStream", codecs),
  clientStream: clientStreaming("ClientStream", codecs),
  bidiStream: bidiStreaming("BidiStream", codecs),
});

/** A request with this message. */
export function request(message: string, rest: Partial<Request> = {}): Request {
  return Request.create({ message, ...rest });
}
