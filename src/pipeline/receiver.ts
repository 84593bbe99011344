/**
 * The receiver of a reading: from a scope to open ports, and what people are told about it.
 */
import type { Prefilter, SourceRecord } from "../model/index.ts";
import { type Receiver, type ReceiverCounts, startReceiver } from "../sources/index.ts";
import type { ListenScope } from "./scope.ts";

/**
 * Starts the receiver of a scope.
 *
 * @throws ListenError where a port cannot be opened
 */
export async function openReceiver(
  scope: ListenScope,
  prefilter: Prefilter,
  timezone: string | undefined,
  onRecords: (records: readonly SourceRecord[]) => void,
): Promise<Receiver> {
  const { host, httpPort, grpcPort, token, cors, forward, redact } = scope;
  return await startReceiver({
    prefilter,
    onRecords,
    host,
    httpPort,
    grpcPort,
    ...(token === null ? {} : { token }),
    ...(cors === null ? {} : { corsOrigin: cors }),
    ...(forward === null ? {} : { forward: { to: forward, ...(redact === null ? {} : { redact }) } }),
    ...(timezone === undefined ? {} : { timezone }),
  });
}

/** What was lost, as a sentence; null where nothing was. */
export function lossOf({ crowded, refused, forward }: ReceiverCounts): string | null {
  const parts: string[] = [];
  if (refused > 0) parts.push(`${refused} requests refused for want of room (senders were told to try again)`);
  if (crowded > 0) parts.push(`${crowded} spans of quiet traces forgotten early for want of room`);
  if (forward !== null && forward.dropped > 0) {
    parts.push(`${forward.dropped} requests not forwarded${forward.problem === null ? "" : ` (${forward.problem})`}`);
  }
  return parts.length === 0 ? null : parts.join("; ");
}

/** Where a receiver listens, in few words. */
export function describeReceiver({ httpUrl, grpcAddress }: Receiver): string {
  return [httpUrl, grpcAddress === null ? null : `grpc ${grpcAddress}`].filter((part) => part !== null).join(" and ");
}
