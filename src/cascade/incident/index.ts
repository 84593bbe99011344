/** Lines in free words in, trees out. Pure; the same lines in any order give the same trees. */
import type { KnownCalls } from "../hops/call-graph.ts";
import type { Line } from "../hops/hop.ts";
import { CallMap } from "./call-map.ts";
import { Case, type Finding, surroundingsOf } from "./case.ts";
import { muteEchoes, muteRefused, muteSurvived } from "./echoes.ts";
import { gatherIncidents } from "./gather.ts";
import { IdKinds } from "./id-kinds.ts";
import { judgeIncident } from "./judge.ts";
import { foldLateWrites, foldTimers } from "./repeats.ts";
import { isSighted, sightOf } from "./sight.ts";
import { type IncidentTree, treeOfIncident } from "./tree.ts";

export { joinTrees } from "./join.ts";
export { isSighted } from "./sight.ts";
export type { IncidentTree } from "./tree.ts";

/** True for what holds whatever else was written: one service's own timer, in its own words. */
function isSelfEvident({ services }: Case, { rule }: Finding): boolean {
  return rule === "own-timer" && services.size === 1;
}

/** Judges what the lines in free words of an input tell. */
export function solveIncidents(given: readonly Line[], calls: KnownCalls): IncidentTree[] {
  const lines = given.filter(isSighted);
  const kinds = new IdKinds(lines);
  const sights = lines.map((line) => sightOf(line, kinds.marksOf(line))).filter((sight) => sight !== null);
  const seeds = sights.filter(({ saw }) => saw !== "refusal");
  const refusals = sights.filter(({ saw }) => saw === "refusal");
  if (seeds.length === 0) return [];
  const map = new CallMap(lines, calls);
  const surroundings = surroundingsOf(lines, map, calls, kinds);
  const trees = gatherIncidents(seeds, map, kinds).flatMap((incident) => {
    if (incident.every(({ sighting }) => sighting.dependent === true)) return [];
    muteSurvived(incident, map);
    muteRefused(incident, refusals, map);
    muteEchoes(incident);
    const judged = new Case(incident, surroundings);
    const found = judgeIncident(judged);
    if (found === null) return [];
    const whole = !incident.some(({ sighting }) => sighting.alone);
    const finding = whole || isSelfEvident(judged, found) ? found : { ...found, confidence: "weak" as const };
    return [treeOfIncident(judged, finding)];
  });
  return foldLateWrites(foldTimers(trees));
}
