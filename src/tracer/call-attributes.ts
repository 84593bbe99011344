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

/** What was called and how, for metrics too: as many values as there are methods and routes. */
export function methodAttributes(call: CallInfo): Attributes {
  const { http, system = RPC_SYSTEM } = call;
  if (http === undefined) return { [CONVENTION.rpcSystem]: system, [CONVENTION.rpcMethod]: callName(call) };
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
  const attributes: Attributes = {};
  if (side === "server") {
    attributes[CONVENTION.urlScheme] = scheme;
    attributes[CONVENTION.urlPath] = path;
  } else if (url !== null) attributes[CONVENTION.urlFull] = url;
  if (status !== null) attributes[CONVENTION.httpStatus] = status;
  if (version !== null) attributes[CONVENTION.networkVersion] = version;
  return attributes;
}
