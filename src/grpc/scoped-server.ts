/**
 * A server of grpc-js in the runtime's scopes, whose sessions live however many calls are cancelled on them.
 *
 * Node.js ends a session that has had 1,000 resets beyond 33 a second, with every healthy stream on it, and grpc-js has no option for that:
 * it hands its own options to http2, which are reached here.
 */
import type { Server, ServerInterceptor } from "@grpc/grpc-js";
import { type ServerScopeOptions, type ServerState, scopeInterceptor, serviceName } from "./server-interceptor.ts";

/** What is reached of a server of grpc-js 1.14. */
interface Inside {
  interceptors?: ServerInterceptor[];
  readonly commonServerOptions?: { streamResetBurst?: number; streamResetRate?: number };
}

/** More resets a second than a session of Node.js handles: only a peer that does nothing else comes near. */
const RESETS = 100_000;

/**
 * Gives a server the runtime's scopes; to be called before it is bound. Calls of services that were added before have them too. Returns the
 * server. Throws TypeError naming a wrong option, and Error where a release of grpc-js has changed inside.
 */
export function scopedServer<Scoped extends Server>(server: Scoped, options: ServerScopeOptions = {}): Scoped {
  scopeServer(server, serviceName(options));
  return server;
}

/** As {@link scopedServer}; returns what is known of the server. */
export function scopeServer(server: Server, self: string): ServerState {
  const inside = server as unknown as Inside;
  const { interceptors, commonServerOptions } = inside;
  if (!Array.isArray(interceptors) || typeof commonServerOptions !== "object")
    throw new Error("this release of @grpc/grpc-js is not known; give new Server the interceptor serverInterceptor()");
  commonServerOptions.streamResetBurst = RESETS;
  commonServerOptions.streamResetRate = RESETS;
  const state: ServerState = { closing: false, running: new Set() };
  // The innermost: what others do happens in the scope as well.
  inside.interceptors = [scopeInterceptor(self, state), ...interceptors];
  const { forceShutdown } = server;
  server.forceShutdown = () => {
    state.closing = true;
    forceShutdown.call(server);
  };
  return state;
}
