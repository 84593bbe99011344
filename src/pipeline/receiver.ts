/** The receiver of a reading: from a scope to open ports. */
import type { Prefilter, SourceRecord } from "../model/index.ts";
import { type Metric, type Receiver, startReceiver } from "../sources/index.ts";
import type { ListenScope } from "./scope.ts";

/** Where what is received goes, and how it is read. */
export interface Intake {
  readonly prefilter: Prefilter;
  /** The zone of times without one; undefined: this machine's. */
  readonly timezone: string | undefined;
  readonly onRecords: (records: readonly SourceRecord[]) => void;
  /** What else is told to who asks for metrics. */
  readonly metrics: () => readonly Metric[];
}

/**
 * Starts the receiver of a scope.
 *
 * @throws ListenError where a port cannot be opened
 */
export async function openReceiver(
  { host, httpPort, grpcPort, token, cors, hostNames, forward, redact }: ListenScope,
  { prefilter, timezone, onRecords, metrics }: Intake,
): Promise<Receiver> {
  return await startReceiver({
    prefilter,
    onRecords,
    metrics,
    host,
    httpPort,
    grpcPort,
    hostNames,
    ...(token === null ? {} : { token }),
    ...(cors === null ? {} : { corsOrigin: cors }),
    ...(forward === null ? {} : { forward: { to: forward, ...(redact === null ? {} : { redact }) } }),
    ...(timezone === undefined ? {} : { timezone }),
  });
}

/** Where a receiver listens, in few words. */
export function describeReceiver({ httpUrl, grpcAddress }: Receiver): string {
  return [httpUrl, grpcAddress === null ? null : `grpc ${grpcAddress}`].filter((part) => part !== null).join(" and ");
}
