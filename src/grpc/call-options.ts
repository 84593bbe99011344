import type { CallOptions } from "../runtime/index.ts";

/** Options of one call: those of the runtime that gRPC knows. */
export type GrpcCallOptions = Pick<
  CallOptions,
  "signal" | "timeoutMs" | "metadata" | "parent" | "detached" | "exposeReason"
>;
