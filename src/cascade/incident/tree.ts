/** From a finding to a cascade as the model has it. */
import type { FalseOrigin, GhostWork, Instant, Reached, Reason } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import type { Tree } from "../judge/cascade.ts";
import { ghostServices } from "../judge/ghost-work.ts";
import { comparePlaces, placesOf } from "../judge/places.ts";
import { reason } from "../judge/verdict.ts";
import { STILL_TOLD_MS, WORKS_ON_MS } from "../tolerances.ts";
import type { CallMap } from "./call-map.ts";
import type { Case, Finding } from "./case.ts";
import type { SightedLine } from "./sight.ts";

const SAMPLE = 60;
/** Words of a service that has not heard of a cancel when it is asked again. */
const STILL_AT_WORK =
  /\bis reserved for\b|\balready (?:exists|running|in progress)\b|\bstill (?:running|connected|in progress)\b/i;

/** A tree with the incident it was made of. */
export interface IncidentTree extends Tree {
  readonly given: Case;
  readonly finding: Finding;
}

/** Makes the tree of an incident. */
export function treeOfIncident(given: Case, finding: Finding): IncidentTree {
  const lines = [...new Set([...given.all.map(({ line }) => line as Line), ...finding.lines])].sort(byPlace);
  const ghosts = ghostsOf(given, finding);
  const said = lines.filter(({ evidence }) => evidence.at !== null);
  const firstAt = said[0]?.evidence.at;
  const lastAt = said.at(-1)?.evidence.at;
  const origin = finding.service === null ? null : firstOf(given.allOf(finding.service).map(({ line }) => line));
  const { service, kind, confidence, external, intent } = finding;
  return {
    given,
    finding,
    lines,
    cascade: {
      count: 1,
      origin: {
        service,
        kind,
        code: null,
        confidence,
        reasons: [reason(finding.rule, finding.text, finding.lines), ...echoReasons(given)],
        ...(external === undefined ? {} : { external }),
        ...(intent === undefined ? {} : { intent }),
      },
      falseOrigins: falseOriginsOf(given, finding),
      reached: reachedOf(given, finding, origin, ghosts),
      ...(ghosts.length === 0 ? {} : { ghosts: ghostServices(ghosts, []) }),
      ...(firstAt == null ? {} : { firstAt }),
      ...(lastAt == null ? {} : { lastAt }),
      evidence: [...lines.slice(0, SAMPLE).map(({ evidence }) => evidence), ...ghosts],
      evidenceCount: lines.length + ghosts.length,
    },
  };
}

function byPlace(a: Line, b: Line): number {
  return a.at - b.at || comparePlaces(a.evidence.place, b.evidence.place);
}

/** When something was first told of, and how coarse that time is. */
interface Moment {
  readonly at: Instant;
  readonly stepMs: number;
}

function firstOf(lines: readonly Line[]): Moment | null {
  let first: Moment | null = null;
  for (const {
    evidence: { at, stepMs = 1 },
  } of lines)
    if (at !== null && (first === null || at < first.at)) first = { at, stepMs };
  return first;
}

/** How much later one was than the other, in milliseconds; null where a time without fractions leaves that open. */
function delayBetween(one: Moment, other: Moment): number | null {
  const delayMs = Number(other.at - one.at) / 1e6;
  const stepMs = Math.max(one.stepMs, other.stepMs);
  return stepMs > 1 && Math.abs(delayMs) < stepMs ? null : delayMs;
}

/** What was set aside, and why: a person who reads the logs would fall for it. */
function echoReasons({ all }: Case): Reason[] {
  const closed = all.filter(({ muted, saw }) => muted && saw === "caller");
  if (closed.length === 0) return [];
  const names = [...new Set(closed.map(({ service }) => service))].join(", ");
  return [
    reason(
      "own-close",
      `${names} wrote that the client left only after its own stream had ended: it closed the response itself`,
      closed.map(({ line }) => line),
    ),
  ];
}

function falseOriginsOf({ all }: Case, { service }: Finding): FalseOrigin[] {
  const accused = all.filter(
    (sight) =>
      sight.service !== service && sight.service !== "" && ["act", "timer", "word", "guess"].includes(sight.saw),
  );
  return [...Map.groupBy(accused, (sight) => sight.service)].map(([name, sights]) => ({
    service: name,
    reasons: [
      reason(
        "handed-on",
        `${name} writes of an end as if it were its own; it only handed it on`,
        sights.map(({ line }) => line),
      ),
    ],
  }));
}

function reachedOf(given: Case, finding: Finding, origin: Moment | null, ghosts: readonly GhostWork[]): Reached[] {
  const { map } = given.around;
  const named = new Set([...given.services].filter((service) => service !== "" && service !== finding.service));
  const silent = given.sights
    .filter(({ saw, line }) => (saw === "act" || saw === "word" || saw === "timer") && line.evidence.side !== "server")
    .flatMap(({ service, sighting }) => sighting.calls.map((name) => map.resolve(name, service)))
    .filter((service) => service !== null && service !== finding.service && !named.has(service));
  const running = ghosts
    .map(({ service }) => service)
    .filter((service) => service !== null && service !== finding.service);
  const services = [...new Set([...named, ...silent, ...running])] as string[];
  const involved = new Set(finding.service === null ? services : [finding.service, ...services]);
  return services
    .map((service): Reached => {
      const sights = given.allOf(service);
      const first = firstOf(sights.map(({ line }) => line));
      const delayMs = first === null || origin === null ? null : delayBetween(origin, first);
      const callers = map.callersOf(service).filter((caller) => involved.has(caller));
      const failing = finding.service !== null && map.isAbove(service, finding.service);
      const callee = failing ? calleeTowards(map, service, finding.service as string, involved) : undefined;
      return {
        service,
        state: running.includes(service) ? "still-running" : sights.length > 0 ? "stopped" : "silent",
        via: callee ?? callers[0] ?? finding.service,
        side: "server",
        ...(first === null ? {} : { at: first.at }),
        ...(delayMs === null ? {} : { delayMs }),
        observed: sights.length > 0,
        confidence: sights.length > 0 && (callee ?? callers[0]) !== undefined ? "strong" : "weak",
        places: placesOf(sights.map(({ line }) => line)),
        evidenceCount: sights.length,
      };
    })
    .sort(
      (a, b) =>
        (a.via === finding.service ? 0 : 1) - (b.via === finding.service ? 0 : 1) || (a.service < b.service ? -1 : 1),
    );
}

/** Through whom the end of a service below came up to one above. */
function calleeTowards(map: CallMap, above: string, below: string, involved: ReadonlySet<string>): string | undefined {
  const callees = map.calleesOf(above).filter((service) => involved.has(service));
  return callees.find((service) => map.isAbove(service, below)) ?? callees.find((service) => service === below);
}

/** Services that worked on for a request that was over. */
function ghostsOf(given: Case, finding: Finding): GhostWork[] {
  const { map, byService } = given.around;
  const found: GhostWork[] = [];
  for (const [service, lines] of byService) {
    if (service === "" || given.services.has(service) || service === finding.service) continue;
    const late = lines.filter((line) => {
      const after = line.at - given.firstAt;
      if (
        line.placed === "nowhere" ||
        after <= WORKS_ON_MS ||
        after > STILL_TOLD_MS ||
        line.evidence.type === "process"
      )
        return false;
      const asked =
        finding.service !== null && map.calls(finding.service, service) && STILL_AT_WORK.test(line.evidence.text);
      return given.sharesId(line) || asked;
    });
    const last = late.at(-1);
    if (last !== undefined) found.push(asGhost(last, last.at - given.firstAt, late.length));
  }
  return found;
}

function asGhost({ evidence }: SightedLine, durationMs: number, messages: number): GhostWork {
  const text = `still at work ${Math.round(durationMs)} ms after the end: ${evidence.text}`;
  return { ...evidence, type: "ghost", side: "server", text, durationMs, messages };
}
