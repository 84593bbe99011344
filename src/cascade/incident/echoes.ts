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
  for (const own of Map.groupBy(incident, ({ service }) => service).values()) {
    for (const row of ECHOES) muteEchoesIn(own, row);
  }
}

/** One row, in the lines of one service. */
function muteEchoesIn(own: readonly Sight[], { cause, echo, withinMs, eitherOrder, handsOn }: Echo): void {
  let candidates = own.filter(({ muted, saw }) => !muted && echo.includes(saw));
  for (const first of own) {
    if (candidates.length === 0) return;
    if (first.muted || !cause.includes(first.saw)) continue;
    candidates = candidates.filter((other) => {
      if (other === first) return true;
      const stepMs = Math.max(first.stepMs, other.stepMs);
      const near = Math.abs(other.at - first.at) <= withinMs + (stepMs > 1 ? stepMs : 0);
      if (!near || !(eitherOrder || isAfter(other.line, first.line))) return true;
      other.muted = true;
      if (handsOn) first.passedOn = true;
      return false;
    });
  }
}
