/**
 * Lines in, trees out: the steps in their order. Pure; the same lines in any order give the same trees. What each step may assume:
 *
 * 1. `nameUnknown`: lines in order of time. After it, a line that paths can name has a service; the others keep null.
 * 2. `indexHops`: lines named and in order. After it, every claim is in one hop (or is a loss, or a return), no hop has a parent or
 *    children, and the hops of a group and of a service are in order of time. From here on that order is kept.
 * 3. `linkPaths`: nothing is linked. After it, every hop with a path hangs under one of the service that its path ends with; silent hops
 *    stand for services without a line. Hops without a path have no parent yet.
 * 4. `linkNeighbours`: paths are done, so a hop with a path is never a root. After it, every hop that was reached hangs under something,
 *    by a named caller, by a caller's own end, or under a root without a name; only lost connections stay roots.
 * 5. `explainFalseOrigins`: a root has started its cancel or lost its connection. It gives parents to roots that started, and takes none away.
 * 6. `mergeRepeated`: links are final. It takes away roots that reached nobody and repeat a hop that did.
 * 7. `gather`, `buildTree`: the forest is final; hops are only read. Each root is in one incident, each incident is one cascade.
 *
 * In a trace the requests are judged besides (`requests/`); `joinStories` makes one cascade of what claims and requests tell of the same
 * services.
 */

import type { KnownCalls } from "./hops/call-graph.ts";
import { absorb, type Hop, type Line } from "./hops/hop.ts";
import { allHops, type HopIndex, indexHops, push, remove } from "./hops/hop-index.ts";
import { nearest } from "./hops/nearest.ts";
import { buildTree, type Tree } from "./judge/cascade.ts";
import { comparePlaces } from "./judge/places.ts";
import { drawAlike } from "./judge/repeats.ts";
import { isLost, linkNeighbours, lostCaller } from "./link/by-caller.ts";
import { linkPaths } from "./link/by-path.ts";
import { explainFalseOrigins } from "./link/false-origins.ts";
import { nameUnknown } from "./link/service-names.ts";
import { joinStories } from "./requests/one-story.ts";
import { judgeRequests, readParts } from "./requests/request-trees.ts";
import { INCIDENT_MS, REPEATED_MS, TOGETHER_MS } from "./tolerances.ts";

/**
 * Solves the lines of one trace, or of no trace. Lines are sorted by time here; `calls` must have learned from all of them, and from
 * their spans.
 */
export function solve(given: readonly Line[], calls: KnownCalls, traceId: string | null): Tree[] {
  const lines = nameUnknown([...given].sort(compareLines));
  if (traceId === null) return solveClaims(lines, calls, null);
  const parts = readParts(lines);
  return joinStories(parts, judgeRequests(parts, calls, traceId), solveClaims(lines, calls, traceId));
}

function solveClaims(lines: readonly Line[], calls: KnownCalls, traceId: string | null): Tree[] {
  const index = indexHops(lines, calls, traceId !== null);
  if (index.groups.size === 0) return [];
  linkPaths(index);
  linkNeighbours(index);
  explainFalseOrigins(index);
  mergeRepeated(index);
  const roots = allHops(index).filter((hop) => hop.parent === null);
  const incidents = gather(index, roots);
  return traceId === null
    ? drawAlike(index, incidents)
    : incidents.map((incident) => buildTree(index, incident, traceId));
}

function compareLines(a: Line, b: Line): number {
  if (a.at !== b.at) return a.at - b.at;
  const x = a.evidence;
  const y = b.evidence;
  if (x.text !== y.text) return x.text < y.text ? -1 : 1;
  return comparePlaces(x.place, y.place);
}

/** A root that reached nobody and repeats one that did is the same stream, told again. */
function mergeRepeated(index: HopIndex): void {
  for (const hops of [...index.groups.values()]) {
    if (hops.length < 2) continue;
    const isLonely = (hop: Hop): boolean => hop.parent === null && hop.children.length === 0;
    // Only these are looked through: of thousands at one service most reach nobody
    const reaching = hops.filter((hop) => !isLonely(hop));
    if (reaching.length === 0) continue;
    for (const hop of hops.filter((each) => isLonely(each) && each.lines.length > 0)) {
      const twin = nearest(reaching, hop.at, REPEATED_MS, (other) => !peersDiffer(other, hop));
      if (twin === null) continue;
      absorb(twin, hop);
      remove(index, hop);
    }
  }
}

function peersDiffer(a: Hop, b: Hop): boolean {
  const peers = new Set(a.lines.map((line) => line.evidence.peer).filter((peer) => peer !== null));
  if (peers.size === 0) return false;
  return b.lines.some((line) => line.evidence.peer !== null && !peers.has(line.evidence.peer));
}

/** Roots that are one incident: the streams of one handler that a timer ended, or of one connection that broke. */
function gather(index: HopIndex, roots: readonly Hop[]): Hop[][] {
  const incidents: Hop[][] = [];
  const recent = new Map<string, Hop[][]>();
  for (const root of roots) {
    const lost = isLost(root);
    if (!lost && !index.traced && root.kind !== "deadline") {
      incidents.push([root]);
      continue;
    }
    const keys = lost ? lostKeys(index, root) : [`of\u0000${root.service}\u0000${root.kind}`];
    const home = keys.flatMap((key) => open(index, recent, key, root)).find((each) => sameIncident(index, each, root));
    if (home !== undefined) {
      home.push(root);
      continue;
    }
    const incident = [root];
    incidents.push(incident);
    for (const key of keys) push(recent, key, incident);
  }
  return incidents;
}

/** A connection that broke is one incident at one service, and at all that had lost the same caller. */
function lostKeys(index: HopIndex, root: Hop): string[] {
  const caller = lostCaller(index, root);
  const at = `at\u0000${root.service}`;
  return caller === null ? [at] : [at, `from\u0000${caller.service}`];
}

/** The incidents under a key that are recent enough for one more root; the others are forgotten. */
function open({ traced }: HopIndex, recent: Map<string, Hop[][]>, key: string, root: Hop): Hop[][] {
  const within = key.startsWith("from\u0000") ? INCIDENT_MS : isLost(root) || !traced ? TOGETHER_MS : REPEATED_MS;
  const incidents = (recent.get(key) ?? []).filter((incident) => root.at - (incident[0] as Hop).at <= within);
  recent.set(key, incidents);
  return incidents;
}

function sameIncident({ traced }: HopIndex, incident: readonly Hop[], root: Hop): boolean {
  if (isLost(root)) return true;
  const first = incident[0] as Hop;
  if (first.role !== root.role || first.code !== root.code) return false;
  if (traced) return true;
  if (first.kind !== "deadline" || first.message === root.message) return false;
  return incident.every(
    (other) => !other.children.some((child) => root.children.some((mine) => mine.service === child.service)),
  );
}
