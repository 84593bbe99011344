/**
 * The hop index: the lines that may belong together (one trace, or everything without a trace within some time), sorted into hops, failures
 * and marks. The steps that link hops work on it one after the other.
 */

import type { Claim, FailedAnswer } from "../../model/index.ts";
import type { KnownCalls } from "./call-graph.ts";
import { chainOf } from "./chain.ts";
import { type ClaimLine, type Hop, type HopFacts, hopsOfLines, type Line, makeHop } from "./hop.ts";

/** A line about an error that cancelled nobody and explains what happened: an answer that failed, a connection that is gone. */
export type FailureLine = Line<FailedAnswer | Claim>;

/** Everything the linking steps share. */
export interface HopIndex {
  readonly calls: KnownCalls;
  /** True if all lines carry one trace id: then time hardly matters. */
  readonly traced: boolean;
  readonly groups: Map<string, Hop[]>;
  /** See {@link allHops}; null where some came or went. */
  inOrder: readonly Hop[] | null;
  /** All hops by their service. */
  readonly byService: Map<string, Hop[]>;
  /** What a service below answered, or that it is gone, by the service that says so: cancels nobody, but explains. */
  readonly failures: Map<string | null, FailureLine[]>;
  /** The same by what the innermost error says and how deep it lies (see {@link errorKey}). */
  readonly errors: Map<string, FailureLine[]>;
  /** Those of them that say that a connection is gone. */
  readonly losses: ClaimLine[];
  /** The same by the service at the other end; null: nobody knows which. */
  readonly lossesByPeer: Map<string | null, ClaimLine[]>;
  /** A handler's own streams ended because it had returned, by its service. */
  readonly returns: Map<string | null, ClaimLine[]>;
  /** Every line that carries a call's span ids. */
  readonly spans: Line[];
  /** See {@link startedWith}. */
  startedByMessage: ReadonlyMap<string, readonly Hop[]> | null;
  /** See {@link strangersWith}. */
  strangersByText: ReadonlyMap<string, readonly Hop[]> | null;
}

/** Sorts lines (in order of time) into an index. */
export function indexHops(lines: readonly Line[], calls: KnownCalls, traced: boolean): HopIndex {
  const index: HopIndex = {
    calls,
    traced,
    groups: new Map(),
    inOrder: null,
    byService: new Map(),
    failures: new Map(),
    errors: new Map(),
    losses: [],
    lossesByPeer: new Map(),
    returns: new Map(),
    spans: [],
    startedByMessage: null,
    strangersByText: null,
  };
  const keyed = new Map<string, ClaimLine[]>();
  for (const line of lines) {
    if (line.evidence.spanId !== null) index.spans.push(line);
    if (isFailure(line)) addFailure(index, line);
    else if (isClaim(line)) {
      if (line.evidence.observation === "returned") push(index.returns, line.evidence.service, line);
      else push(keyed, keyOf(factsOf(line)), line);
    }
  }
  for (const [key, group] of keyed) {
    const hops = hopsOfLines(group, (line) => makeHop(key, factsOf(line), [line]));
    index.groups.set(key, hops);
    const name = hops[0]?.service ?? "";
    const same = index.byService.get(name);
    if (same === undefined) index.byService.set(name, [...hops]);
    else for (const hop of hops) same.push(hop);
  }
  for (const hops of index.byService.values()) if (hops.length > 1) hops.sort(byTime);
  return index;
}

function isClaim(line: Line): line is ClaimLine {
  return line.evidence.type === "claim";
}

function isFailure(line: Line): line is FailureLine {
  const { evidence } = line;
  return evidence.type === "answer" || (evidence.type === "claim" && evidence.observation === "lost");
}

function addFailure(index: HopIndex, line: FailureLine): void {
  const { evidence } = line;
  if (isClaim(line)) {
    index.losses.push(line);
    push(index.lossesByPeer, index.calls.peerOf(evidence), line);
  }
  push(index.failures, evidence.service, line);
  push(index.errors, errorKeyOf(line), line);
}

/** The key of the innermost error that a line tells of. */
export function errorKeyOf({ evidence }: FailureLine): string {
  const told = evidence.type === "answer" ? evidence.told : null;
  return errorKey(told?.depth ?? 0, told?.message ?? evidence.message);
}

/** The key of an error that lies `depth` hops below whoever tells of it. */
export function errorKey(depth: number, message: string): string {
  return `${depth} ${message}`;
}

/** Adds to the list under a key. */
export function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Adds a silent hop. */
export function imply(index: HopIndex, facts: HopFacts): Hop {
  index.inOrder = null;
  const key = keyOf(facts);
  const hop = makeHop(key, facts);
  const group = index.groups.get(key);
  if (group === undefined) index.groups.set(key, [hop]);
  else insert(group, hop);
  const name = hop.service ?? "";
  const hops = index.byService.get(name);
  if (hops === undefined) index.byService.set(name, [hop]);
  else insert(hops, hop);
  return hop;
}

function insert(hops: Hop[], hop: Hop): void {
  let at = hops.length;
  while (at > 0 && (hops[at - 1] as Hop).at > hop.at) at -= 1;
  hops.splice(at, 0, hop);
}

/** Takes a hop that was absorbed out of the index. */
export function remove(index: HopIndex, hop: Hop): void {
  index.inOrder = null;
  for (const list of [index.groups.get(hop.key), index.byService.get(hop.service ?? "")]) {
    const at = list?.indexOf(hop) ?? -1;
    if (at !== -1) list?.splice(at, 1);
  }
}

/** All hops of the index, in order of time; silent ones included. */
export function allHops(index: HopIndex): readonly Hop[] {
  index.inOrder ??= [...index.groups.values()].flat().sort(byTime);
  return index.inOrder;
}

/** The hops that started a cancel with this message, in order of time. For the steps after the last link: hops are sorted once. */
export function startedWith(index: HopIndex, message: string): readonly Hop[] {
  index.startedByMessage ??= Map.groupBy(
    allHops(index).filter((hop) => hop.role === "started"),
    (hop) => hop.message,
  );
  return index.startedByMessage.get(message) ?? [];
}

/** What writers whom no text mentions said without a path, by its code and message, in order of time. For the steps after the last link. */
export function strangersWith(index: HopIndex, { code, message }: Pick<Hop, "code" | "message">): readonly Hop[] {
  index.strangersByText ??= Map.groupBy(
    [...index.calls.strangers]
      .flatMap((name) => index.byService.get(name) ?? [])
      .filter((hop) => hop.path === null)
      .sort(byTime),
    textKey,
  );
  return index.strangersByText.get(textKey({ code, message })) ?? [];
}

function textKey({ code, message }: Pick<Hop, "code" | "message">): string {
  return `${code} ${message}`;
}

/** Order of time, with ties broken by what the hops are, never by when they arrived. */
export function byTime(a: Hop, b: Hop): number {
  return a.at - b.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** The key of a hop, see {@link Hop.key}. */
export function keyOf(
  hop: Pick<Hop, "role" | "service" | "code" | "path" | "foreignPath" | "message" | "caller" | "kind">,
): string {
  const { role, service, code, path, foreignPath, message, caller, kind } = hop;
  // A lost connection reads differently in every line; a hop that names only its neighbour has no code of its own.
  if (path === null && kind === "disconnect" && role === "reached")
    return `${service}\u0000lost\u0000${caller?.name ?? ""}`;
  if (path === null && role === "reached" && caller !== null)
    return `${service}\u0000near\u0000${caller.name ?? ""}\u0000${message}`;
  const start = foreignPath ? "\u0002" : "";
  return `${service}\u0000${role}\u0000${code}\u0000${start}${path === null ? "" : path.join("\u0001")}\u0000${message}`;
}

/** The hop that a line tells of. */
export function factsOf({ evidence, at }: ClaimLine): HopFacts {
  return {
    role: evidence.observation === "started" ? "started" : "reached",
    service: evidence.service,
    kind: evidence.kind,
    code: evidence.code,
    path: chainOf(evidence),
    foreignPath: evidence.foreignPath,
    message: evidence.message,
    caller: evidence.caller,
    at,
  };
}
