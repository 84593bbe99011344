/**
 * Under which name each service is shown, and which lines nobody can be held to.
 */
import type { Claim, Evidence, NamedService } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import { joinByAffixes } from "./affixes.ts";
import { joinByVotes, votesCount } from "./alias-votes.ts";
import type { NameFacts } from "./name-facts.ts";
import { isPlaceName, type NameGroups } from "./name-groups.ts";
import { sharedSources } from "./shared-sources.ts";

/** The names of the services in some lines. */
export interface Naming {
  /** Two namings with one key give every line the same names. */
  readonly key: string;
  /** True if it rests on the lines themselves, and not only on the facts about names: with more lines it may be another. */
  readonly ofLines: boolean;
  /** True if every line has the names already that are shown. */
  readonly plain: boolean;
  /** A line with the names that are shown; a line of an input that several services share has none. */
  rename(line: Line): Line;
  /** The other names of a service. */
  aliasesOf(service: string): readonly string[];
  /** Names of places (pods, files) that write and that no text mentions: any of them may be a service that is only mentioned. */
  readonly strangers: ReadonlySet<string>;
  /** Pairs of names that these lines show to be one service's, each by the time of its lines. */
  readonly joined: readonly (readonly [string, string])[];
}

/** Finds the names of the services in lines; `facts` must have learned from all of them, and {@link learnCallers}. */
export function nameServices(lines: readonly Line[], facts: NameFacts): Naming {
  const groups = facts.groups();
  const votes = votesCount(facts, groups);
  const voted = votes ? joinByVotes(lines, facts, groups) : [];
  const joined = [...voted, ...joinByAffixes([...voted, ...facts.same()], facts, groups)];
  const places = facts.writesFromPlaces();
  const shared = places || facts.hasOneWriter ? sharedSources(lines, facts) : NOBODY;
  const platforms = facts.platforms();
  const plain = groups.plain && shared.size === 0 && platforms.size === 0;
  const strangers = strangersOf(facts, groups);
  return {
    key: JSON.stringify([groups.key, [...shared].sort(), [...strangers].sort(), [...platforms].sort()]),
    ofLines: votes || places || facts.hasOneWriter,
    plain,
    rename: (line) => (plain ? line : renamed(line, groups, shared, platforms)),
    aliasesOf: (service) => groups.aliasesOf(service),
    joined,
    strangers,
  };
}

function strangersOf(facts: NameFacts, groups: NameGroups): ReadonlySet<string> {
  const { unheard, unmentioned } = facts.strangers(groups);
  if (unheard.size === 0) return NOBODY;
  return new Set([...unmentioned].filter((name) => isPlaceName(facts.writerOf(name))));
}

const NOBODY: ReadonlySet<string> = new Set();

/** True for evidence from which {@link learnCallers} may learn. */
export function tellsCallers(evidence: Evidence): boolean {
  return evidence.cancelId !== null || (evidence.type === "request" && evidence.caller !== null);
}

/** A server says which name its caller gave itself; the span above is that caller's. Lines of one span are one service's. */
export function learnCallers(lines: readonly Line[], facts: NameFacts): void {
  let owners: Map<string, string> | null = null;
  for (const { evidence } of lines) {
    if (evidence.type !== "request" || evidence.caller === null || evidence.parentSpanId === null) continue;
    owners ??= ownersOfSpans(lines);
    const caller = owners.get(`${evidence.traceId} ${evidence.parentSpanId}`);
    if (caller !== undefined) facts.learnSame(caller, evidence.caller);
  }
  const cancelled = new Map<string, string>();
  for (const { evidence } of lines) {
    const { cancelId, traceId, spanId, service } = evidence;
    if (cancelId === null || spanId === null || service === null) continue;
    const key = `${cancelId} ${traceId} ${spanId}`;
    const other = cancelled.get(key);
    if (other === undefined) cancelled.set(key, service);
    else facts.learnSame(other, service);
  }
}

function ownersOfSpans(lines: readonly Line[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { evidence } of lines)
    if (evidence.spanId !== null && evidence.service !== null)
      owners.set(`${evidence.traceId} ${evidence.spanId}`, evidence.service);
  return owners;
}

function renamed(line: Line, groups: NameGroups, shared: ReadonlySet<string>, platforms: ReadonlySet<string>): Line {
  const { evidence } = line;
  const given = writerOf(evidence, platforms);
  const nobodys = given !== null && shared.has(given);
  const service = given === null || nobodys ? null : groups.nameOf(given);
  const peer = evidence.peer === null ? null : groups.nameOf(evidence.peer);
  const peerHint = evidence.peerHint === null ? null : groups.nameOf(evidence.peerHint);
  const changed = evidence.type === "claim" ? renamedClaim(evidence, groups) : evidence;
  if (changed === evidence && service === evidence.service && peer === evidence.peer && peerHint === evidence.peerHint)
    return line;
  const names = { service, peer: peer === service ? null : peer, peerHint: peerHint === service ? null : peerHint };
  return { ...line, evidence: { ...changed, ...names } as Evidence };
}

/** Who wrote a line: the pod or the container where a platform's name stands before it. */
function writerOf({ service, otherNames }: Evidence, platforms: ReadonlySet<string>): string | null {
  if (service === null || !platforms.has(service)) return service;
  return otherNames.find(({ from }) => isPlaceName(from) && from !== "file" && from !== "host")?.name ?? null;
}

function renamedClaim(claim: Claim, groups: NameGroups): Claim {
  const caller = renamedCaller(claim.caller, groups);
  const path = claim.path?.map((name) => groups.nameOf(name)) ?? null;
  const samePath = path === null || path.every((name, place) => name === claim.path?.[place]);
  return caller === claim.caller && samePath ? claim : { ...claim, caller, path };
}

function renamedCaller(caller: NamedService | null, groups: NameGroups): NamedService | null {
  if (caller === null || caller.name === null) return caller;
  const name = groups.nameOf(caller.name);
  return name === caller.name ? caller : { name };
}
