/** The rules in their order: the first that finds something decides. */

import type { Case, Finding } from "./case.ts";
import { between, decision, limit, ownChoice } from "./endings.ts";
import { onlyNeighbours, toldByCallee } from "./neighbours.ts";
import { processEnd, stoppedUnseen } from "./process-end.ts";
import { topmost } from "./stopped.ts";
import { answeredDeadline, deadlineWord, ownTimer, silentTimer } from "./timers.ts";

const RULES: readonly ((given: Case) => Finding | null)[] = [
  processEnd,
  decision,
  ownChoice,
  limit,
  ownTimer,
  between,
  toldByCallee,
  silentTimer,
  deadlineWord,
  answeredDeadline,
  topmost,
  onlyNeighbours,
];

/** Judges one incident; null where its lines cancel nobody. */
export function judgeIncident(given: Case): Finding | null {
  for (const rule of RULES) {
    const found = rule(given);
    if (found !== null) return stoppedUnseen(given, found);
  }
  return null;
}
