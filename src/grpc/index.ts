/**
 * gRPC in the runtime's scopes: interceptors for @grpc/grpc-js, which must be installed.
 */
import "../needs-node.ts";

export { type ClientScopeOptions, clientInterceptor, scopedClient } from "./client-interceptor.ts";
export { scopedServer } from "./scoped-server.ts";
export type { GrpcServerCall } from "./server-call.ts";
export { currentCall, type ServerScopeOptions, serverInterceptor } from "./server-interceptor.ts";
