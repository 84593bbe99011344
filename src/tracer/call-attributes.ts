/**
 * What all spans and metrics of a call say of it: the semantic conventions for RPC, or for HTTP where it is a request.
 */
import type { Attributes } from "@opentelemetry/api";
import { ATTRIBUTE, CONVENTION, RPC_SYSTEM } from "../model/index.ts";
import type { CallInfo } from "../runtime/index.ts";

/** `Service/Method`, or the method of an HTTP request with its route where it has one: the span's name. */
export function callName({ http, service, method }: CallInfo): string {
  return http === undefined ? `${service}/${method}` : method;
}

/** The value of `rpc.system.name`. */
export function systemOf({ system }: CallInfo): string {
  return system ?? RPC_SYSTEM;
}

/** What was called and how, for metrics too: as many values as there are methods and routes. */
export function methodAttributes(call: CallInfo): Attributes {
  const { http } = call;
  if (http === undefined) return { [CONVENTION.rpcSystem]: systemOf(call), [CONVENTION.rpcMethod]: callName(call) };
  return {
    [CONVENTION.httpMethod]: http.method,
    ...(http.route === null ? {} : { [CONVENTION.httpRoute]: http.route }),
  };
}

/** What was called, and this service's own name where it has one. */
export function callAttributes(call: CallInfo): Attributes {
  const attributes = methodAttributes(call);
  if (call.self !== "") attributes[ATTRIBUTE.serviceName] = call.self;
  return attributes;
}

/** What the span of an HTTP request has besides; nothing for other calls. */
export function httpAttributes({ side, http }: CallInfo): Attributes {
  if (http === undefined) return {};
  const { status, scheme, path, url, version } = http;
  const attributes: Attributes =
    side === "server"
      ? { [CONVENTION.urlScheme]: scheme, [CONVENTION.urlPath]: path }
      : { ...(url === null ? {} : { [CONVENTION.urlFull]: url }) };
  if (status !== null) attributes[CONVENTION.httpStatus] = status;
  if (version !== null) attributes[CONVENTION.networkVersion] = version;
  return attributes;
}
