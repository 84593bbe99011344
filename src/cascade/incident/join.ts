/**
 * One cancel, told in two ways: a framework's own errors name path and side, a proxy above it and a model below it write ordinary words. What
 * is near in time and has a service or a call in common is one cascade.
 */
import type { Cascade } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import type { Tree } from "../judge/cascade.ts";
import { NEIGHBOUR_MS } from "../tolerances.ts";
import type { IncidentTree } from "./tree.ts";

/** Joins incidents to the trees they belong to; every tree takes one, the nearest in time. */
export function joinTrees(allTrees: readonly Tree[], allIncidents: readonly IncidentTree[]): Tree[] {
  if (allTrees.length === 0 || allIncidents.length === 0) return [...allTrees, ...allIncidents];
  const { trees, incidents } = withoutSecondReadings(allTrees, allIncidents);
  const joined = new Map<Tree, IncidentTree>();
  const alone: IncidentTree[] = [];
  for (const incident of incidents) {
    const home = nearest(trees, incident, (tree) => !joined.has(tree));
    if (home === null) alone.push(incident);
    else joined.set(home, incident);
  }
  return [...trees.map((tree) => joinOne(tree, joined.get(tree))), ...alone];
}

/**
 * Lines that two readings fit are told twice. What a tree makes of them counts where it has more than such lines; else the incident, which
 * knows what stood around them.
 */
function withoutSecondReadings(
  trees: readonly Tree[],
  incidents: readonly IncidentTree[],
): { readonly trees: readonly Tree[]; readonly incidents: readonly IncidentTree[] } {
  const worded = new Map<string, IncidentTree>();
  for (const incident of incidents) for (const { line } of incident.given.all) worded.set(keyOf(line), incident);
  const twice = trees.filter(({ lines }) => lines.some((line) => worded.has(keyOf(line))));
  if (twice.length === 0) return { trees, incidents };
  const bare = new Set(twice.filter(({ lines }) => lines.every((line) => worded.has(keyOf(line)))));
  const firm = new Set(twice.filter((tree) => !bare.has(tree)).flatMap(({ lines }) => lines.map(keyOf)));
  const told = (incident: IncidentTree): boolean => incident.given.all.some(({ line }) => firm.has(keyOf(line)));
  const dropped = new Set(incidents.filter((incident) => told(incident)));
  const kept = trees.filter(
    (tree) => !bare.has(tree) || tree.lines.some((line) => dropped.has(worded.get(keyOf(line)) as IncidentTree)),
  );
  return { trees: kept, incidents: incidents.filter((incident) => !dropped.has(incident)) };
}

/** Two readings of one line; a place alone may be that of several records, and spans have none. */
function keyOf({ evidence: { place, service, at } }: Line): string {
  const where = "source" in place ? `${place.source}\u0000${place.line ?? ""}\u0000${place.byte ?? ""}` : "";
  return `${where}\u0000${service}\u0000${at}`;
}

function nearest(trees: readonly Tree[], incident: IncidentTree, free: (tree: Tree) => boolean): Tree | null {
  const step = Math.max(1, ...incident.given.all.map(({ stepMs }) => stepMs));
  let best: Tree | null = null;
  let bestMs = NEIGHBOUR_MS + (step > 1 ? step : 0);
  for (const tree of trees) {
    const distance = distanceBetween(tree.lines, incident.lines);
    if (distance > bestMs || (best !== null && distance === bestMs) || !free(tree)) continue;
    if (!areRelated(tree, incident)) continue;
    best = tree;
    bestMs = distance;
  }
  return best;
}

function distanceBetween(a: readonly Line[], b: readonly Line[]): number {
  const ends = (lines: readonly Line[]): readonly [number, number] => {
    const times = lines.filter(({ placed }) => placed !== "nowhere").map(({ at }) => at);
    return [Math.min(...times), Math.max(...times)];
  };
  const [from, to] = ends(a);
  const [start, end] = ends(b);
  return Math.max(0, start - to, from - end);
}

function servicesOf({ origin, reached }: Tree["cascade"]): string[] {
  return [...(origin.service === null ? [] : [origin.service]), ...reached.map(({ service }) => service)];
}

function areRelated(tree: Tree, { given, finding }: IncidentTree): boolean {
  const { map } = given.around;
  const told = servicesOf(tree.cascade);
  const seen = [...given.services, ...(finding.service === null ? [] : [finding.service])];
  return seen.some((service) =>
    told.some((other) => other === service || map.calls(service, other) || map.calls(other, service)),
  );
}

function joinOne(tree: Tree, incident: IncidentTree | undefined): Tree {
  if (incident === undefined) return tree;
  const { cascade } = tree;
  const other = incident.cascade;
  const [first, second] = beganIn(tree, incident) ? [other, cascade] : [cascade, other];
  const origin =
    first === cascade && cascade.origin.external === undefined && other.origin.service === cascade.origin.service
      ? { ...cascade.origin, ...(other.origin.external === undefined ? {} : { external: other.origin.external }) }
      : first.origin;
  const services = new Set(servicesOf(first));
  const passed = second.origin.service;
  const reached: Cascade["reached"] = [
    ...first.reached,
    ...(passed === null || services.has(passed) ? [] : [reachedOrigin(passed, tree, incident, first.origin.service)]),
    ...second.reached.filter(
      ({ service }) => !services.has(service) && service !== first.origin.service && service !== passed,
    ),
  ];
  const lines = [...new Set([...tree.lines, ...incident.lines])].sort((a, b) => a.at - b.at);
  const times = [cascade.firstAt, cascade.lastAt, other.firstAt, other.lastAt].filter((at) => at !== undefined);
  const sorted = times.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const [firstAt] = sorted;
  const lastAt = sorted.at(-1);
  return {
    lines,
    cascade: {
      ...second,
      ...first,
      origin,
      count: Math.max(cascade.count, other.count),
      falseOrigins: [...first.falseOrigins, ...second.falseOrigins].filter(
        ({ service }, index, all) =>
          service !== origin.service && all.findIndex((each) => each.service === service) === index,
      ),
      reached,
      ...(firstAt === undefined ? {} : { firstAt }),
      ...(lastAt === undefined ? {} : { lastAt }),
      evidence: [...cascade.evidence, ...other.evidence],
      evidenceCount: cascade.evidenceCount + other.evidenceCount,
    },
  };
}

/** True where the words tell of something above, or know more of the same service, than the framework does. */
function beganIn({ cascade }: Tree, { finding, given }: IncidentTree): boolean {
  const { service, confidence } = cascade.origin;
  if (finding.service === null) return false;
  if (service === null) return true;
  if (finding.service === service) return finding.rule === "caller-left" || finding.rule === "limit-exceeded";
  const { map } = given.around;
  if (map.isAbove(finding.service, service)) return finding.confidence === "strong" || confidence !== "proven";
  return confidence !== "proven" && confidence !== "strong" && finding.confidence === "strong";
}

function reachedOrigin(
  service: string,
  tree: Tree,
  incident: IncidentTree,
  via: string | null,
): Cascade["reached"][number] {
  const own = [...tree.lines, ...incident.lines].filter(({ evidence }) => evidence.service === service);
  const at = own.find(({ evidence }) => evidence.at !== null)?.evidence.at;
  return {
    service,
    state: own.length > 0 ? "stopped" : "silent",
    via,
    side: "server",
    ...(at == null ? {} : { at }),
    observed: own.length > 0,
    confidence: "strong",
    places: own.slice(0, 20).map(({ evidence }) => evidence.place),
    evidenceCount: own.length,
  };
}
