/** The service of Kitex's guide to cancelling streams: one request, many responses. */
import {
  defineService,
  field,
  type Method,
  type Service,
  type Struct,
  serverStreaming,
  struct,
  t,
} from "streamscope/runtime";

export interface Request {
  message: string;
}
export const Request: Struct<Request> = struct({ message: field(1, t.string) });

export interface Response {
  message: string;
  seq: bigint;
}
export const Response: Struct<Response> = struct({ message: field(1, t.string), seq: field(2, t.i64) });

/** What ServiceB serves. */
export const Chat: Service<{ readonly serverStream: Method<"serverStreaming", Request, Response> }> = defineService(
  "ChatService",
  { serverStream: serverStreaming("ServerStream", { request: Request, response: Response }) },
);
