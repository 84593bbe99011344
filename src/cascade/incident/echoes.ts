/**
 * Lines that only repeat what another line of the same process had said: a server that closes the response itself writes that its client
 * left; a caller that left ends the streams below; a timer's own stream then fails.
 */

import { firstFrom, follow } from "../hops/nearest.ts";
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
  /** True where the cause is a neighbour's doing, which the echo hands on. */
  readonly handsOn?: true;
}

const ECHOES: readonly Echo[] = [
  { cause: ["timer", "callee", "answer", "between", "limit"], echo: ["caller"], withinMs: OWN_CLOSE_MS },
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

/** Marks the echoes among the lines of one incident. */
export function muteEchoes(incident: readonly Sight[]): void {
  for (const own of Map.groupBy(incident, ({ service }) => service).values()) {
    for (const row of ECHOES) muteEchoesIn(own, row);
  }
}

/** One row, in the lines of one service. */
function muteEchoesIn(own: readonly Sight[], { cause, echo, withinMs, eitherOrder, handsOn }: Echo): void {
  const candidates = own.filter(({ muted, saw }) => !muted && echo.includes(saw)).sort((a, b) => a.at - b.at);
  if (candidates.length === 0) return;
  const coarsest = own.reduce((most, { stepMs }) => Math.max(most, stepMs), 1);
  const reach = withinMs + (coarsest > 1 ? coarsest : 0);
  // From each place to the next candidate that nothing has explained yet: those that are muted are not looked at again
  const next = Int32Array.from({ length: candidates.length + 1 }, (_, place) => place);
  for (const first of own) {
    if (first.muted || !cause.includes(first.saw)) continue;
    const from = firstFrom(candidates, first.at - reach);
    for (let place = follow(next, from); place < candidates.length; place = follow(next, place + 1)) {
      const other = candidates[place] as Sight;
      if (other.at > first.at + reach) break;
      if (other === first) continue;
      const stepMs = Math.max(first.stepMs, other.stepMs);
      const near = Math.abs(other.at - first.at) <= withinMs + (stepMs > 1 ? stepMs : 0);
      if (!near || !(eitherOrder || isAfter(other.line, first.line))) continue;
      other.muted = true;
      if (handsOn) first.passedOn = true;
      next[place] = place + 1;
    }
  }
}
