/**
 * What all spans and metrics of a stream say of its call (semantic conventions for RPC).
 */
import type { Attributes } from "@opentelemetry/api";
import { ATTRIBUTE, CONVENTION, RPC_SYSTEM } from "../model/index.ts";
import type { CallInfo } from "../runtime/index.ts";

/** `Service/Method`, the span's name and the value of `rpc.method`. */
export function methodName({ service, method }: CallInfo): string {
  return `${service}/${method}`;
}

/** The system, the method, and this service's own name where it has one. */
export function rpcAttributes(call: CallInfo): Attributes {
  const attributes: Attributes = { [CONVENTION.rpcSystem]: RPC_SYSTEM, [CONVENTION.rpcMethod]: methodName(call) };
  if (call.self !== "") attributes[ATTRIBUTE.serviceName] = call.self;
  return attributes;
}
