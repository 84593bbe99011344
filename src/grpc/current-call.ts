import { currentScope } from "../runtime/bridge/index.ts";
import { GrpcServerCall } from "./server-call.ts";

/** The call of the handler that is running; null outside every handler of a gRPC server with a scope. */
export function currentCall(): GrpcServerCall | null {
  for (let scope = currentScope(); scope !== null; scope = scope.parent) {
    const { owner } = scope;
    if (!(owner instanceof GrpcServerCall)) continue;
    owner.running();
    return owner;
  }
  return null;
}
