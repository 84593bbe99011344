/**
 * Lines that only repeat what another line of the same process had said: a server that closes the response itself writes that its client
 * left; a caller that left ends the streams below; a timer's own stream then fails.
 */

import { around, firstFrom, follow } from "../hops/nearest.ts";
import { OWN_CLOSE_MS, SAME_PROCESS_MS } from "../tolerances.ts";
import type { CallMap } from "./call-map.ts";
import { isAfter, type Saw, type Sight } from "./sight.ts";

interface Echo {
  /** What came first. */
  readonly cause: readonly Saw[];
  readonly echo: readonly Saw[];
  readonly withinMs: number;
  /** True where the order does not matter: both are told of one moment. */
  readonly eitherOrder?: true;
  /** True where the cause counts only if it is told of a call that the service had made. */
  readonly sentOnly?: true;
  /** True where the cause is a neighbour's doing, which the echo hands on. */
  readonly handsOn?: true;
}

const ECHOES: readonly Echo[] = [
  { cause: ["timer", "callee", "answer", "between", "limit"], echo: ["caller"], withinMs: OWN_CLOSE_MS },
  // What ended a call to another came from there; a caller that left would have been told of before
  { cause: ["reset"], sentOnly: true, echo: ["caller"], withinMs: OWN_CLOSE_MS },
  { cause: ["caller"], echo: ["act", "word", "reset"], withinMs: SAME_PROCESS_MS, handsOn: true },
  {
    cause: ["timer"],
    echo: ["callee", "answer", "word", "reset", "guess"],
    withinMs: SAME_PROCESS_MS,
    eitherOrder: true,
  },
  { cause: ["limit"], echo: ["callee", "word", "reset", "act"], withinMs: SAME_PROCESS_MS, eitherOrder: true },
  { cause: ["act"], echo: ["word", "reset", "callee"], withinMs: SAME_PROCESS_MS, eitherOrder: true },
];

/** Sets aside what a service went on without, where that service, or one that calls it, was ended later: something else did that. */
export function muteSurvived(incident: readonly Sight[], map: CallMap): void {
  const ended = incident.filter(({ sighting }) => sighting.survived !== true);
  for (const sight of incident) {
    if (sight.sighting.survived !== true) continue;
    sight.muted = ended.some(
      ({ service, line }) =>
        isAfter(line, sight.line) && (service === sight.service || map.isAbove(service, sight.service)),
    );
  }
}

/**
 * Sets aside that a caller left where that caller was answered with an error, or the service itself just was: it ended the call with that
 * error, and its server writes of the end as of any other.
 */
export function muteRefused(incident: readonly Sight[], refusals: readonly Sight[], map: CallMap): void {
  if (refusals.length === 0) return;
  const timed = [...refusals].sort((a, b) => a.at - b.at);
  const coarsest = refusals.reduce((most, { stepMs }) => Math.max(most, stepMs), 1);
  for (const sight of incident) {
    const { service, stepMs } = sight;
    const widest = Math.max(stepMs, coarsest);
    const near = around(timed, sight.at, OWN_CLOSE_MS + (widest > 1 ? widest : 0));
    // What it ended, it ended with that error
    if (sight.saw === "act") sight.muted ||= near.some((refusal) => isAnswerOf(refusal, sight));
    if (sight.saw !== "caller" || sight.sighting.proxy) continue;
    sight.muted ||= near.some((refusal) => {
      if (!isNear(refusal, sight, OWN_CLOSE_MS) || contradict(refusal, sight)) return false;
      if (refusal.service === service) return isAfter(sight.line, refusal.line);
      if (!map.calls(refusal.service, service)) return false;
      const named = refusal.sighting.calls.map((name) => map.resolve(name, refusal.service));
      return named.length > 0 ? named.includes(service) : map.calleesOf(refusal.service).length === 1;
    });
  }
}

/** True where another service was answered with an error in the words of this line. */
function isAnswerOf(refusal: Sight, { service, line, at, stepMs, sighting }: Sight): boolean {
  if (refusal.service === service || !isNear(refusal, { line, at, stepMs }, OWN_CLOSE_MS)) return false;
  const told = LAST_WORDS.exec(refusal.line.evidence.text)?.[0];
  return told !== undefined && told.length >= SHORTEST_WORDS && line.evidence.text.includes(told) && !sighting.proxy;
}

const LAST_WORDS = /\S+ \S+ \S+$/;
const SHORTEST_WORDS = 10;

/** True where both have ids of one name, and no value in common. */
function contradict({ sighting: { marks: mine } }: Sight, { sighting: { marks: yours } }: Sight): boolean {
  const common = mine.some(({ value }) => yours.some((mark) => mark.value === value));
  return !common && mine.some(({ key }) => key !== "" && yours.some((mark) => mark.key === key));
}

type Moment = Pick<Sight, "line" | "at" | "stepMs">;

function isNear(one: Moment, other: Moment, withinMs: number): boolean {
  const stepMs = Math.max(one.stepMs, other.stepMs);
  return Math.abs(other.at - one.at) <= withinMs + (stepMs > 1 ? stepMs : 0);
}

/** Marks the echoes among the lines of one incident. */
export function muteEchoes(incident: readonly Sight[]): void {
  for (const own of Map.groupBy(incident, ({ service }) => service).values()) {
    for (const row of ECHOES) muteEchoesIn(own, row);
  }
}

/** One row, in the lines of one service. */
function muteEchoesIn(own: readonly Sight[], row: Echo): void {
  const { cause, echo, withinMs, eitherOrder, handsOn, sentOnly } = row;
  const candidates = own.filter(({ muted, saw }) => !muted && echo.includes(saw)).sort((a, b) => a.at - b.at);
  if (candidates.length === 0) return;
  const coarsest = own.reduce((most, { stepMs }) => Math.max(most, stepMs), 1);
  const reach = withinMs + (coarsest > 1 ? coarsest : 0);
  // From each place to the next candidate that nothing has explained yet: those that are muted are not looked at again
  const next = Int32Array.from({ length: candidates.length + 1 }, (_, place) => place);
  for (const first of own) {
    if (first.muted || !cause.includes(first.saw)) continue;
    if (sentOnly && first.line.evidence.side !== "client") continue;
    const from = firstFrom(candidates, first.at - reach);
    for (let place = follow(next, from); place < candidates.length; place = follow(next, place + 1)) {
      const other = candidates[place] as Sight;
      if (other.at > first.at + reach) break;
      if (other === first) continue;
      if (!isNear(first, other, withinMs) || !(eitherOrder || isAfter(other.line, first.line))) continue;
      other.muted = true;
      // That work of its own was cancelled, in anybody's words, tells of nobody below
      if (handsOn && !(other.saw === "word" && other.sighting.generic)) first.passedOn = true;
      next[place] = place + 1;
    }
  }
}
