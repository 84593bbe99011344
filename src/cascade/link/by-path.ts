/**
 * Linking by path: a hop that was reached with the path A -> B hangs under what B received with the path A, and that under what A
 * started. Hops that left no line are put in as silent ones.
 */
import { absorb, adopt, calls, type Hop, type HopFacts } from "../hops/hop.ts";
import { byTime, type HopIndex, imply, keyOf, push, remove } from "../hops/hop-index.ts";
import { matchNearest, nearest } from "../hops/nearest.ts";
import { OTHER_METHOD_MS, OTHER_PEER_MS, PER_HOP_MS, REPEATED_MS, SAME_TURN_MS } from "../tolerances.ts";

/** Links every hop that carries a path, deepest first. */
export function linkPaths(index: HopIndex): void {
  const depths = new Set<number>();
  for (const hops of index.groups.values()) for (const hop of hops) if (hop.path !== null) depths.add(depthOf(hop));
  const deepest = Math.max(0, ...depths);
  for (let depth = deepest; depth > 0; depth -= 1) linkDepth(index, depth);
}

function linkDepth(index: HopIndex, depth: number): void {
  const families = new Map<string, Hop[]>();
  for (const hops of index.groups.values()) {
    const first = hops[0];
    if (first === undefined || first.path === null || depthOf(first) !== depth) continue;
    const family = parentKeys(first).join("\u0002");
    const group = families.get(family);
    if (group === undefined) families.set(family, [...hops]);
    else group.push(...hops);
  }
  for (const children of families.values()) linkFamily(index, children);
}

/** Children that share their parents' key, grouped by their own service: a parent has one child of each. */
function linkFamily(index: HopIndex, children: Hop[]): void {
  const byService = new Map<string, Hop[]>();
  for (const child of children.sort(byTime)) {
    push(byService, child.service ?? "", child);
  }
  const tolerance = index.traced ? Number.POSITIVE_INFINITY : PER_HOP_MS;
  for (const service of [...byService.keys()].sort()) {
    const group = byService.get(service) as Hop[];
    const parents = parentsOf(index, group[0] as Hop);
    const matched = matchNearest(group, parents, tolerance, (child, parent) => misfit(child, parent, service));
    group.forEach((child, place) => {
      const parent = parents[matched[place] as number];
      if (parent !== undefined) adopt(parent, child, "path");
      else linkLeftOver(index, child, group, parents);
    });
  }
}

/** A parent whose lines name other peers, or another method, is the less likely one. */
function misfit(child: Hop, parent: Hop, service: string): number {
  const named = parent.lines.some(({ evidence }) => evidence.side !== "server" && evidence.peer !== null);
  const otherPeer = named && !calls(parent, service);
  const method = child.lines.find((line) => line.evidence.method !== null)?.evidence.method ?? null;
  const otherMethod =
    method !== null && parent.lines.some(({ evidence }) => evidence.method !== null && evidence.method !== method);
  return (otherPeer ? OTHER_PEER_MS : 0) + (otherMethod ? OTHER_METHOD_MS : 0);
}

/** A child whose parents are all taken: a second stream of the same handler, a repeated line, or a silent parent. */
function linkLeftOver(index: HopIndex, child: Hop, siblings: readonly Hop[], parents: readonly Hop[]): void {
  const together = nearest(parents, child.at, SAME_TURN_MS, () => true);
  if (together !== null && adopt(together, child, "path")) return;
  if (child.children.length === 0) {
    const told = (sibling: Hop): boolean =>
      sibling !== child && sibling.parent !== null && sibling.parent.lines.length > 0;
    const twin = nearest(siblings, child.at, REPEATED_MS, (sibling) => told(sibling) && sibling.key === child.key);
    if (twin !== null) {
      absorb(twin, child);
      remove(index, child);
      return;
    }
  }
  adopt(imply(index, silentParent(child)), child, "path");
}

function parentsOf(index: HopIndex, child: Hop): Hop[] {
  const [first = [], ...others] = parentKeys(child)
    .map((key) => index.groups.get(key))
    .filter((hops) => hops !== undefined);
  return others.length === 0 ? [...first] : [...first, ...others.flat()].sort(byTime);
}

/** The keys under which a hop's parent may be filed. */
function parentKeys(child: Hop): string[] {
  const { code, kind, message, foreignPath } = child;
  const path = child.path as readonly string[];
  const service = path[path.length - 1] as string;
  const above = path.slice(0, -1);
  const base = { service, code, kind, message, caller: null, foreignPath: false };
  if (above.length === 0 && foreignPath) return [keyOf({ ...base, ...fromForeign(child) })];
  if (above.length === 0) {
    const reached = keyOf({ ...base, role: "reached", path: null });
    return isArrivedLoss(child) ? [reached] : [keyOf({ ...base, role: "started", path: null }), reached];
  }
  return [keyOf({ ...base, role: "reached", path: above, foreignPath })];
}

function silentParent(child: Hop): HopFacts {
  const { code, kind, message, at, foreignPath } = child;
  const path = child.path as readonly string[];
  const service = path[path.length - 1] as string;
  const above = path.slice(0, -1);
  const name = service === "" ? null : service;
  const base = { service: name, code, kind, message, at, caller: null, foreignPath: false };
  if (above.length === 0 && foreignPath) return { ...base, ...fromForeign(child) };
  if (above.length === 0) return { ...base, role: isArrivedLoss(child) ? "reached" : "started", path: null };
  return { ...base, role: "reached", path: above, foreignPath };
}

/**
 * True for a connection that the first name of the path cannot have lost by itself: it was reached without a path, by a caller without a
 * name or by one that died. A party outside that is named ends what begins here.
 */
function isArrivedLoss(child: Hop): boolean {
  return child.kind === "disconnect" && !tellsOfOutside(child);
}

function tellsOfOutside({ lines, children }: Hop): boolean {
  return lines.some(({ evidence }) => evidence.external !== undefined) || children.some(tellsOfOutside);
}

/** The hop that hands a cancel on which came from a caller without paths: it knows that caller, or that it has no name. */
function fromForeign({ caller }: Hop): Pick<HopFacts, "role" | "path" | "caller"> {
  return { role: "reached", path: null, caller: caller ?? { name: null } };
}

/** How far down a hop's path says it is; a caller that carries no path counts as one. */
function depthOf({ path, foreignPath }: Hop): number {
  return (path?.length ?? 0) + (foreignPath ? 1 : 0);
}
