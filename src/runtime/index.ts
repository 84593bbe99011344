/**
 * A streaming RPC runtime, wire-compatible with Kitex TTHeader Streaming, in which the origin of a cancel is never lost.
 *
 * For users: define a service, serve it, call it, read what a stream ended with.
 */
import "../needs-node.ts";

export { CODES, type CodeFacts, factsOfCode, NON_TTSTREAM } from "../ttstream/index.ts";
export {
  type CallScope,
  createScope,
  type ScopeOptions,
} from "./cancel/call-scope.ts";
export { type HttpResponse, httpScope } from "./cancel/http-scope.ts";
export type { ClientCallState } from "./client/call-state.ts";
export { BidiStreamingCall, ClientCall, ResponseStream, ServerStreamingCall } from "./client/calls.ts";
export {
  type Client,
  type ClientEnd,
  type ClientMethod,
  type ClientOptions,
  createClient,
  type NameOnClient,
} from "./client/client.ts";
export type { CallParts, ClientInterceptor, OutgoingCall, WrapCall } from "./client/interceptors.ts";
export type { CallOptions } from "./client/options.ts";
export type { Target } from "./client/pool.ts";
export { ClientStreamingCall, SingleResponseCall, UnaryCall } from "./client/single-response.ts";
export type { Clock, Timer } from "./clock.ts";
export type { ConnectionLimits } from "./connection/limits.ts";
export { ApplicationException } from "./errors/application-exception.ts";
export { BusinessError } from "./errors/business-error.ts";
export { DialError } from "./errors/dial-error.ts";
export type { CancelIntent } from "./errors/reason.ts";
export {
  type CallSite,
  isCanceled,
  isTimeout,
  StreamException,
  type StreamExceptionFields,
} from "./errors/stream-exception.ts";
export type { CallMetadata, MetadataInput } from "./metadata.ts";
// For libraries that observe or instrument.
export {
  addInstrument,
  type CallEnd,
  type CallInfo,
  type CancelEvent,
  CHANNELS,
  type ChannelMessages,
  type ConnectionEvent,
  type GhostEvent,
  type HttpFacts,
  instrumentFailures,
  type LogLine,
  type MistypedField,
  mistypedFields,
  runtimeLoad,
  type SideLoad,
  type StreamHooks,
} from "./seams/index.ts";
export type { ServerCall } from "./server/call.ts";
export type { Handler, Handlers, MessageParts, Responses, ServerInterceptor, WrapHandler } from "./server/handlers.ts";
export type { Log } from "./server/log.ts";
export { createServer, type Server, type ServerLimits, type ServerOptions } from "./server/server.ts";
export {
  type AnyCodec,
  type AnyMethod,
  bidiStreaming,
  clientStreaming,
  defineService,
  type Method,
  type MethodCodecs,
  type MethodKind,
  type Methods,
  type Service,
  serverStreaming,
  unary,
} from "./service.ts";
export {
  type AnyField,
  type Codec,
  DecodeError,
  type DecodeLimits,
  type Field,
  type FieldRules,
  type Fields,
  field,
  type Infer,
  type MessageOf,
  raw,
  type Struct,
  struct,
  type ThriftReader,
  type ThriftType,
} from "./thrift/index.ts";
/** The thrift types: `t.string`, `t.list(t.i64)`, … */
export * as t from "./thrift/values.ts";
export { memoryTransport } from "./transport/memory.ts";
export type { ListenAddress, Listener, Pipe, PipeEvents, Transport } from "./transport/pipe.ts";
export { type SocketOptions, socketTransport } from "./transport/socket.ts";
export { ByteWriter, WireError, type WireFault, type WireLimits } from "./wire/index.ts";
