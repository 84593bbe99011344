import type { HrTime } from "@opentelemetry/api";

const SECOND = 1_000_000_000n;

/** Nanoseconds since the Unix epoch as OpenTelemetry's pair of seconds and nanoseconds. */
export function hrTime(nanos: bigint): HrTime {
  return [Number(nanos / SECOND), Number(nanos % SECOND)];
}
