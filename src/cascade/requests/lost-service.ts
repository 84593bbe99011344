/** What a service had under way that died, or that closed its connections. */
import { CALLEE_ENDS_LATE_MS, ONE_CUT_MS, OVER_BEFORE_MS } from "../tolerances.ts";
import { isUnderWay, wasCutOff } from "./clocks.ts";
import { type End, endsOfSpan } from "./ends.ts";
import type { Cut } from "./findings.ts";
import type { Call } from "./parts.ts";

/** What a callee had called that is gone, or whose own request never ended; the call to it where only its own callee has a span. */
export function callsOfLost(lostCall: Call, { how, at, line }: End): readonly Call[] {
  const { bridged, callees } = lostCall;
  // A runtime's own claims tell whom it reached
  if (how !== "gone" || line.evidence.type !== "request") return [];
  const unfinished = bridged ? callees.filter(({ root }) => root.role !== "served") : callees;
  const below = unfinished.flatMap(({ calls }) => calls).filter((call) => isUnderWay(call, at - OVER_BEFORE_MS));
  return unfinished.length < callees.length ? [lostCall, ...below] : below;
}

/** True where a service that had lost a call ended others right after that, and neither a timer nor a wish was the reason. */
export function letsGo({ how, at }: End, own: readonly (readonly [Call, Cut])[]): boolean {
  const follows = ({ end }: Cut): boolean =>
    end.how === "cancel" && end.intent === null && end.at >= at && end.at - at <= ONE_CUT_MS;
  return how === "gone" && own.length > 0 && own.every(([, cut]) => follows(cut));
}

/** The other calls of a service that ended right after it had lost one, and before their callees did: it let go of them. */
export function callsLetGo(lostCall: Call, { how, at }: End): readonly Call[] {
  if (how !== "gone") return [];
  return lostCall.part.calls.filter((call) => {
    if (call === lostCall || call.span === null || endsOfSpan(call.span).length > 0) return false;
    const after = call.span.end - at;
    return after >= 0 && after <= ONE_CUT_MS && wasCutOff(call, CALLEE_ENDS_LATE_MS);
  });
}
