/**
 * Lines that only repeat what another line of the same process had said: a server that closes the response itself writes that its client
 * left; a caller that left ends the streams below; a timer's own stream then fails.
 */

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
  for (const { cause, echo, withinMs, eitherOrder = false, handsOn = false } of ECHOES) {
    for (const first of incident) {
      if (first.muted || !cause.includes(first.saw)) continue;
      for (const other of incident) {
        if (other === first || other.service !== first.service || other.muted || !echo.includes(other.saw)) continue;
        const stepMs = Math.max(first.stepMs, other.stepMs);
        const near = Math.abs(other.at - first.at) <= withinMs + (stepMs > 1 ? stepMs : 0);
        if (!near || !(eitherOrder || isAfter(other.line, first.line))) continue;
        other.muted = true;
        if (handsOn) first.passedOn = true;
      }
    }
  }
}
