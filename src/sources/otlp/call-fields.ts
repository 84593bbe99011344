/**
 * Attributes of a span that say who is called. They are kept also of spans that nothing else is kept of.
 */

/** Their names. */
export const CALL_FIELDS: readonly string[] = [
  "peer",
  "peer.service",
  "peer_service",
  "peerservice",
  "peer_name",
  "peer.name",
  "callee",
  "to_service",
  "toservice",
  "to.service",
  "downstream",
  "downstream_service",
  "remote_service",
  "remote.service",
  "target_service",
  "dest_service",
  "destination_service",
  "server.service",
  "rpc.service",
  "method",
  "rpc.method",
  "rpc_method",
  "grpc.method",
  "fullmethod",
  "procedure",
];

const names = CALL_FIELDS.map((name) => Buffer.from(name, "latin1"));

/** For each length and first letter the names that could be meant: most attributes are ruled out by one look. */
const candidates: readonly number[][] = Array.from({ length: 32 * 32 }, () => []);
for (const [index, name] of names.entries()) candidates[name.length * 32 + ((name[0] as number) & 31)]?.push(index);

/** The index of the name that stands in `[from, to)`; -1 where it is none of {@link CALL_FIELDS}. */
export function callFieldAt(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length < 4 || length > 31) return -1;
  const possible = candidates[length * 32 + ((bytes[from] as number) & 31)] as number[];
  for (const index of possible) {
    const name = names[index] as Buffer;
    let at = 0;
    while (at < length && bytes[from + at] === name[at]) at += 1;
    if (at === length) return index;
  }
  return -1;
}
