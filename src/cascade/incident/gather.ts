/** Which lines in free words are about one cancel: those with a common id, and those that stand close together in time. */
import type { Mark } from "../../model/index.ts";
import { ACCESS_LINE_MS, SHARED_ID_MS, WORDS_TOGETHER_MS } from "../tolerances.ts";
import type { CallMap } from "./call-map.ts";
import { Groups } from "./groups.ts";
import { type IdKinds, isTelling } from "./id-kinds.ts";
import type { Sight } from "./sight.ts";

/** Neighbours in time that are looked at for each line. */
const REACH = 40;

/** Two lines that may be about one cancel. */
interface Pair {
  readonly earlier: number;
  readonly later: number;
  /** True for one service, or two of which one calls the other. */
  readonly related: boolean;
  readonly apartMs: number;
  /** How far apart they are at least: times without a fraction may be those of one moment. */
  readonly leastMs: number;
}

/** Puts lines together that are about one cancel; each incident in order of time. */
export function gatherIncidents(sights: readonly Sight[], map: CallMap, kinds: IdKinds): Sight[][] {
  const timed = sights.filter(({ line }) => line.placed !== "nowhere").sort(byTime);
  const groups = new Groups(timed, kinds);
  const lastWith = new Map<string, number>();
  timed.forEach((sight, index) => {
    for (const { value } of sight.sighting.marks) {
      if (!isTelling(value)) continue;
      const last = lastWith.get(value);
      if (last !== undefined && sight.at - (timed[last] as Sight).at <= SHARED_ID_MS) groups.unite(index, last);
      lastWith.set(value, index);
    }
  });
  // A line without an id joins those first that it has most to do with: the others may be about another request
  for (const { earlier, later } of pairsOf(timed, map, kinds).sort(byNearness)) groups.uniteIfOne(earlier, later);
  const incidents = new Map<number, Sight[]>();
  timed.forEach((sight, index) => {
    const root = groups.rootOf(index);
    const incident = incidents.get(root);
    if (incident === undefined) incidents.set(root, [sight]);
    else incident.push(sight);
  });
  return placeUntimed(
    [...incidents.values()],
    sights.filter(({ line }) => line.placed === "nowhere"),
    map,
    kinds,
  );
}

function pairsOf(timed: readonly Sight[], map: CallMap, kinds: IdKinds): Pair[] {
  const pairs: Pair[] = [];
  timed.forEach((sight, later) => {
    for (let earlier = later - 1; earlier >= 0 && earlier >= later - REACH; earlier -= 1) {
      const before = timed[earlier] as Sight;
      const apartMs = sight.at - before.at;
      if (apartMs > WORDS_TOGETHER_MS + 61_000) break;
      const coarse = Math.max(sight.stepMs, before.stepMs);
      if (apartMs > distanceOf(sight, before) || !mayBeOne(sight, before, map, kinds)) continue;
      pairs.push({
        earlier,
        later,
        related: areRelated(sight, before, map),
        apartMs,
        leastMs: apartMs < coarse ? 0 : apartMs,
      });
    }
  });
  return pairs;
}

function byNearness(a: Pair, b: Pair): number {
  return (
    a.leastMs - b.leastMs ||
    Number(b.related) - Number(a.related) ||
    a.apartMs - b.apartMs ||
    a.later - b.later ||
    a.earlier - b.earlier
  );
}

function areRelated({ service: one }: Sight, { service: other }: Sight, map: CallMap): boolean {
  return one === other || map.calls(one, other) || map.calls(other, one);
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
function mayBeOne(a: Sight, b: Sight, map: CallMap, kinds: IdKinds): boolean {
  const mine = a.sighting.marks;
  const yours = b.sighting.marks;
  if (mine.length > 0 && mine.some(({ value }) => yours.some((mark) => mark.value === value))) return true;
  if (a.service === b.service && isRequest(a) && isRequest(b)) return tellOfOneRequest(a, b);
  if (mine.length === 0 || yours.length === 0) return true;
  // Of two services that call each other, or end in one moment, each may have given the ids itself
  const near = areRelated(a, b, map) || Math.abs(a.at - b.at) <= ACCESS_LINE_MS;
  const comparable = a.service === b.service || !near;
  return !contradict(mine.filter(isGiven), yours.filter(isGiven), kinds, comparable);
}

/** True for two lines about one request, as an error log and an access log of one program have them: its time was measured once. */
function tellOfOneRequest({ sighting: one }: Sight, { sighting: other }: Sight): boolean {
  const route = one.route?.method === other.route?.method && one.route?.path === other.route?.path;
  return route && one.durationsMs.some((ms) => !Number.isInteger(ms) && other.durationsMs.includes(ms));
}

/** Only what somebody handed on is known at both ends. */
function isGiven({ own }: Mark): boolean {
  return own !== true;
}

function contradict(mine: readonly Mark[], yours: readonly Mark[], kinds: IdKinds, byOne: boolean): boolean {
  return kinds.differ(mine, yours, byOne) || differ(mine, yours);
}

/** Ids without a name contradict each other where both are long. */
function differ(mine: readonly Mark[], yours: readonly Mark[]): boolean {
  const long = (marks: readonly Mark[]): boolean =>
    marks.some(({ value, local }) => local !== true && value.length >= 16);
  return long(mine) && long(yours);
}

function isRequest({ sighting, line }: Sight): boolean {
  return sighting.route !== null && line.evidence.serves && sighting.durationsMs.length > 0;
}

/** A line without a time belongs to the incident that shares an id or a call with it, or to the only one there is. */
function placeUntimed(incidents: Sight[][], untimed: readonly Sight[], map: CallMap, kinds: IdKinds): Sight[][] {
  if (untimed.length === 0) return incidents;
  const rest: Sight[] = [];
  for (const sight of untimed) {
    const home =
      incidents.find((incident) => incident.some((other) => shareId(sight, other))) ??
      incidents.find(
        (incident) =>
          incident.some((other) => areRelated(sight, other, map)) &&
          !incident.some((other) => !mayBeOne(sight, other, map, kinds)),
      ) ??
      (incidents.length === 1 ? incidents[0] : undefined);
    if (home === undefined) rest.push(sight);
    else home.push(sight);
  }
  return rest.length === 0 ? incidents : [...incidents, rest];
}

function shareId(a: Sight, b: Sight): boolean {
  return a.sighting.marks.some(
    ({ value }) => isTelling(value) && b.sighting.marks.some((mark) => mark.value === value),
  );
}
