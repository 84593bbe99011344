/**
 * The cascades that the requests of one trace tell of: in order, the requests as a tree, the parts of the services, how the calls ended,
 * who started it, whom it reached.
 */
import type { Instant, Reached } from "../../model/index.ts";
import type { KnownCalls } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import { bystandersAmong, type Tree } from "../judge/cascade.ts";
import { asGhost, type GhostLine, ghostServices } from "../judge/ghost-work.ts";
import { comparePlaces, MAX_PLACES, placesOf } from "../judge/places.ts";
import { doubtClocks } from "./clocks.ts";
import { Findings } from "./findings.ts";
import { type Incident, incidentsOf } from "./origins.ts";
import { type Part, partsOf, servedBy } from "./parts.ts";
import { type Reach, reachOf } from "./reach.ts";
import { spansOf } from "./spans.ts";

/** A cascade that requests tell of, with the parts that it is about. */
export interface RequestTree {
  readonly tree: Tree;
  /** The part at its origin; null if the trace has none. */
  readonly origin: Part | null;
  readonly reached: readonly Part[];
}

const SAMPLE = 60;

/** Sorts the requests of one trace by services; lines are in order of time. */
export function readParts(lines: readonly Line[]): Part[] {
  const roots = spansOf(lines);
  const parts = partsOf(roots);
  doubtClocks(parts);
  return parts;
}

/** Judges the requests of one trace. */
export function judgeRequests(parts: readonly Part[], graph: KnownCalls, traceId: string): RequestTree[] {
  if (parts.length === 0) return [];
  const findings = new Findings(parts);
  const incidents = incidentsOf(findings, graph).map((incident) => ({ incident, reach: reachOf(incident, graph) }));
  const hit = incidents.flatMap(({ incident, reach }) => [
    ...[incident.part?.service, incident.origin.service],
    ...incident.failed.flatMap(({ part }) => [part.service, ...servicesAbove(part)]),
    ...reach.map(({ service }) => service),
  ]);
  const bystanders = bystandersAmong(
    parts.map(({ service }) => service),
    hit,
  );
  return incidents.map(({ incident, reach }) => buildTree(incident, reach, traceId, bystanders));
}

function buildTree(
  incident: Incident,
  reach: readonly Reach[],
  traceId: string,
  bystanders: readonly string[],
): RequestTree {
  const { part, origin, at, calls, failed } = incident;
  const parts = reach.flatMap((each) => (each.part === null ? [] : [each.part]));
  const told = [
    ...(part === null ? [] : [servedBy(part) ?? part.root]),
    ...[...calls, ...failed].flatMap(({ span, carriers }) => (span === null ? [] : [span, ...carriers])),
    ...parts.flatMap((each) => [each.root, ...each.calls.flatMap(({ span }) => (span === null ? [] : [span]))]),
  ];
  const ghosts = ghostLines(reach);
  const running = ghostServices(
    ghosts.map(({ evidence }) => evidence),
    [],
  );
  const lines = [...new Set(told)]
    .flatMap((span) => [...span.lines, ...span.moments])
    .concat(ghosts)
    .sort(byPlace);
  const times = lines.flatMap(({ evidence }) => (evidence.at === null ? [] : [evidence.at]));
  const [firstAt] = times;
  const lastAt = times.at(-1);
  const whole = lines.filter((line) => !ghosts.includes(line as GhostLine));
  return {
    origin: part,
    reached: parts,
    tree: {
      cascade: {
        traceId,
        count: 1,
        origin,
        falseOrigins: [],
        reached: reachedOf(reach, at),
        ...(running.length === 0 ? {} : { ghosts: running }),
        ...(bystanders.length === 0 ? {} : { bystanders }),
        ...(firstAt === undefined ? {} : { firstAt }),
        ...(lastAt === undefined ? {} : { lastAt }),
        evidence: [...whole.slice(0, SAMPLE), ...ghosts.slice(0, SAMPLE)].sort(byPlace).map(({ evidence }) => evidence),
        evidenceCount: lines.length,
      },
      lines,
    },
  };
}

/** Whoever waited for a part: what ends below it comes up to them. */
function servicesAbove({ above }: Part): (string | null)[] {
  const services: (string | null)[] = [];
  for (let call = above; call !== null; call = call.part.above) services.push(call.part.service);
  return services;
}

function byPlace(a: Line, b: Line): number {
  return a.at - b.at || comparePlaces(a.evidence.place, b.evidence.place);
}

function ghostLines(reach: readonly Reach[]): GhostLine[] {
  return reach.flatMap(({ part, service, ghostMs }) => {
    const line = part?.root.lines[0];
    if (line === undefined || ghostMs === null) return [];
    return [{ ...line, evidence: asGhost({ ...line.evidence, service }, ghostMs) }];
  });
}

/** One entry a service: the first that the cancel came to. */
function reachedOf(reach: readonly Reach[], at: number): Reached[] {
  const byService = new Map<string, Reached>();
  for (const each of reach) {
    const known = byService.get(each.service);
    byService.set(each.service, known === undefined ? stopOf(each, at) : joined(known, stopOf(each, at)));
  }
  return [...byService.values()];
}

function stopOf({ part, service, via, endedAt, ghostMs, endUnseen }: Reach, at: number): Reached {
  const lines = part === null ? [] : [...part.root.lines];
  const ended: Instant | null = lines[0]?.evidence.at ?? null;
  return {
    service,
    state: endUnseen ? "silent" : ghostMs === null ? "stopped" : "still-running",
    via,
    side: "server",
    ...(ended === null || endUnseen ? {} : { at: ended }),
    ...(endedAt === null || ghostMs !== null ? {} : { delayMs: endedAt - at }),
    observed: part !== null,
    confidence: endUnseen ? "weak" : "strong",
    places: placesOf(lines),
    evidenceCount: lines.length,
  };
}

function joined(a: Reached, b: Reached): Reached {
  const first = a.observed ? a : b;
  const running = a.state === "still-running" || b.state === "still-running";
  const places = [...a.places, ...b.places].slice(0, MAX_PLACES);
  return {
    ...first,
    via: a.via,
    state: running ? "still-running" : first.state,
    places,
    evidenceCount: a.evidenceCount + b.evidenceCount,
  };
}
