/** Which lines in free words are about one cancel: those with a common id, and those that stand close together in time. */
import type { Mark } from "../../model/index.ts";
import { SHARED_ID_MS, WORDS_TOGETHER_MS } from "../tolerances.ts";
import type { CallMap } from "./call-map.ts";
import type { Sight } from "./sight.ts";

/** A shorter value is a counter, not an id. */
const SHORTEST_ID = 4;
/** Neighbours in time that are looked at for each line. */
const REACH = 40;

/** Puts lines together that are about one cancel; each incident in order of time. */
export function gatherIncidents(sights: readonly Sight[], map: CallMap): Sight[][] {
  const timed = sights.filter(({ line }) => line.placed !== "nowhere").sort(byTime);
  const parents = timed.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] as number;
    parents[index] = root;
    return root;
  };
  const unite = (a: number, b: number): void => {
    parents[Math.max(rootOf(a), rootOf(b))] = Math.min(rootOf(a), rootOf(b));
  };
  const lastWith = new Map<string, number>();
  timed.forEach((sight, index) => {
    for (let other = index - 1; other >= 0 && other >= index - REACH; other -= 1) {
      const before = timed[other] as Sight;
      if (sight.at - before.at > WORDS_TOGETHER_MS + 61_000) break;
      if (sight.at - before.at <= distanceOf(sight, before) && mayBeOne(sight, before)) unite(index, other);
    }
    for (const { value } of sight.sighting.marks) {
      if (value.length < SHORTEST_ID) continue;
      const last = lastWith.get(value);
      if (last !== undefined && sight.at - (timed[last] as Sight).at <= SHARED_ID_MS) unite(index, last);
      lastWith.set(value, index);
    }
  });
  const incidents = new Map<number, Sight[]>();
  timed.forEach((sight, index) => {
    const root = rootOf(index);
    const incident = incidents.get(root);
    if (incident === undefined) incidents.set(root, [sight]);
    else incident.push(sight);
  });
  return placeUntimed(
    [...incidents.values()],
    sights.filter(({ line }) => line.placed === "nowhere"),
    map,
  );
}

function byTime(a: Sight, b: Sight): number {
  return a.at - b.at || (a.service < b.service ? -1 : 1);
}

/** Times without a fraction may lie a whole step apart. */
function distanceOf(a: Sight, b: Sight): number {
  const stepMs = Math.max(a.stepMs, b.stepMs);
  return WORDS_TOGETHER_MS + (stepMs > 1 ? stepMs : 0);
}

/** False where ids contradict each other, and for two requests of one access log. */
function mayBeOne(a: Sight, b: Sight): boolean {
  const mine = a.sighting.marks;
  const yours = b.sighting.marks;
  if (mine.some(({ value }) => yours.some((mark) => mark.value === value))) return true;
  if (a.service === b.service && isRequest(a) && isRequest(b)) return false;
  return !contradict(mine.filter(isGiven), yours.filter(isGiven));
}

/** Only what somebody handed on is known at both ends. */
function isGiven({ own }: Mark): boolean {
  return own !== true;
}

function contradict(mine: readonly Mark[], yours: readonly Mark[]): boolean {
  return mine.some(({ key }) => key !== "" && yours.some((mark) => mark.key === key)) || differ(mine, yours);
}

/** Ids without a name contradict each other where both are long. */
function differ(mine: readonly Mark[], yours: readonly Mark[]): boolean {
  const long = (marks: readonly Mark[]): boolean => marks.some(({ value }) => value.length >= 16);
  return long(mine) && long(yours);
}

function isRequest({ sighting, line }: Sight): boolean {
  return sighting.route !== null && line.evidence.serves && sighting.durationsMs.length > 0;
}

/** A line without a time belongs to the incident that shares an id or a call with it, or to the only one there is. */
function placeUntimed(incidents: Sight[][], untimed: readonly Sight[], map: CallMap): Sight[][] {
  if (untimed.length === 0) return incidents;
  const rest: Sight[] = [];
  for (const sight of untimed) {
    const home =
      incidents.find((incident) => incident.some((other) => shareId(sight, other))) ??
      incidents.find((incident) =>
        incident.some(
          ({ service }) =>
            service === sight.service || map.calls(service, sight.service) || map.calls(sight.service, service),
        ),
      ) ??
      (incidents.length === 1 ? incidents[0] : undefined);
    if (home === undefined) rest.push(sight);
    else home.push(sight);
  }
  return rest.length === 0 ? incidents : [...incidents, rest];
}

function shareId(a: Sight, b: Sight): boolean {
  return a.sighting.marks.some(
    ({ value }) => value.length >= SHORTEST_ID && b.sighting.marks.some((mark) => mark.value === value),
  );
}
