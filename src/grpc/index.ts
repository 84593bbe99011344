/**
 * gRPC in the runtime's scopes, with its habits or with those of @grpc/grpc-js, which must be installed.
 */
import "../needs-node.ts";

export type { GrpcCallOptions } from "./call-options.ts";
export type { BidiCall, ClientStreamCall, ServerStreamCall, UnaryCall } from "./calls.ts";
export { createGrpcClient, type GrpcClient, type GrpcClientMethod, type GrpcClientOptions } from "./client.ts";
export { type ClientScopeOptions, clientInterceptor, scopedClient } from "./client-interceptor.ts";
export { currentCall } from "./current-call.ts";
export { grpcService, type MethodOf, type MethodsOf } from "./definitions.ts";
export type { GrpcHandler, GrpcHandlers } from "./handlers.ts";
export { scopedServer } from "./scoped-server.ts";
export { createGrpcServer, type GrpcListenAddress, type GrpcServer, type GrpcServerOptions } from "./server.ts";
export type { GrpcServerCall } from "./server-call.ts";
export { type ServerScopeOptions, serverInterceptor } from "./server-interceptor.ts";
export { GrpcStatusError, type StatusLike } from "./status.ts";
