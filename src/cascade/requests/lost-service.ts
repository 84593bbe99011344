/** What a service had under way that died, or that closed its connections. */
import { OVER_BEFORE_MS } from "../tolerances.ts";
import { isUnderWay } from "./clocks.ts";
import type { End } from "./ends.ts";
import type { Call } from "./parts.ts";

/** What a callee had called that is gone, or whose own request never ended. */
export function callsOfLost({ bridged, callees }: Call, { how, at, line }: End): readonly Call[] {
  // A runtime's own claims tell whom it reached
  if (how !== "gone" || line.evidence.type !== "request") return [];
  const lost = bridged ? callees.filter(({ root }) => root.role !== "served") : callees;
  return lost.flatMap(({ calls }) => calls).filter((call) => isUnderWay(call, at - OVER_BEFORE_MS));
}
