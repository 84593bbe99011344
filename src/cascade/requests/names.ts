/** The names of services that left no span: from what their callers' spans say of them. */
import type { KnownCalls } from "../hops/call-graph.ts";
import { ONE_CUT_MS } from "../tolerances.ts";
import { type Call, calleeOf } from "./parts.ts";

/** A name, and whether it is sure: a service of this name is seen elsewhere. */
export interface CalleeName {
  readonly service: string;
  readonly seen: boolean;
}

/** The service that a call went to; null where nothing names it. */
export function calleeName(call: Call, graph: KnownCalls): CalleeName | null {
  const served = calleeOf(call)?.service ?? null;
  if (served !== null) return { service: served, seen: true };
  const unfinished = unfinishedBelow(call);
  // One between would have left the steps of a request that ended, and nobody below who ended with the call
  if (unfinished !== null) return { service: unfinished, seen: endsAbove(call) };
  const evidence = call.span?.lines[0]?.evidence;
  if (evidence === undefined) return null;
  const known = graph.peerOf(evidence);
  // Behind an address of this very machine may be somebody else on every machine
  if (known !== null && known !== call.part.service) return { service: known, seen: graph.serves(known) };
  const host = evidence.address === null ? null : hostIn(evidence.address);
  return host === null ? null : { service: host, seen: false };
}

/** The service that was at work for a call, by the steps of it that came; whether it was called itself or by one between is not sure. */
function unfinishedBelow({ bridged, callees, part }: Call): string | null {
  const [callee] = bridged ? callees : [];
  if (callee === undefined || callee.root.role === "served" || callee.service === part.service) return null;
  return callee.service;
}

/** True where a request that the unfinished one had sent on was over with the call, not before. */
function endsAbove({ span, callees }: Call): boolean {
  const over = span?.end ?? Number.POSITIVE_INFINITY;
  return callees.some(({ root }) => root.role === "served" && Math.abs(root.end - over) <= ONE_CUT_MS);
}

/** The name in an address: that of a service of a cluster without its domain, any other as it is; null for a number or this machine. */
function hostIn(address: string): string | null {
  const host = address.replace(/:\d+$/, "");
  if (host === "" || /^[\d.]+$/.test(host) || host.startsWith("[") || host === "localhost") return null;
  const [first = "", ...domain] = host.split(".");
  const local = domain.length === 0 || /\.(?:local|internal|svc)$/.test(host) || domain.includes("svc");
  return local ? first : host;
}
