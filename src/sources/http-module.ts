/** Node's module for HTTP, or for HTTPS, taken where it is needed. */
import type * as Http from "node:http";
import type * as Https from "node:https";

/**
 * An import would make all that `node:http` exports, the client behind `fetch` among it: 27 ms of every start, also of one that asks nobody.
 */
export function httpModule(secure: boolean): Pick<typeof Http | typeof Https, "Agent" | "request"> {
  return process.getBuiltinModule(secure ? "node:https" : "node:http");
}
