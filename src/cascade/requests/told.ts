/** What a server tells its application while it works on a request: that whoever waits for the response has left. */
import { OUTLIVES_RESPONSE_MS } from "../tolerances.ts";
import { type End, endsOfSpan } from "./ends.ts";
import { type Part, servedBy } from "./parts.ts";
import type { Span } from "./spans.ts";

/** True where the server told so once the response had ended: it does that of every response. */
export function isComplete(part: Part, told: Span): boolean {
  return told.end >= (servedBy(part)?.end ?? Number.POSITIVE_INFINITY);
}

/** True where a step of the response came right before, and its end right after: it may be the last one. */
function endsAResponse(told: Span, served: Span): boolean {
  const isLast = ({ role, end }: Span): boolean =>
    role === "step" && end <= told.end && told.end - end <= OUTLIVES_RESPONSE_MS;
  return served.end - told.end <= OUTLIVES_RESPONSE_MS && served.children.some((each) => each !== told && isLast(each));
}

/** The step at which the server of a part told so; null if it never did. */
export function disconnectOf({ spans }: Part): Span | null {
  const tells = ({ about, how }: End): boolean => about === "caller" && how === "cancel";
  return (
    spans.find(
      (span) => span.role === "step" && endsOfSpan(span).some((end) => tells(end) && end.kind === "disconnect"),
    ) ?? null
  );
}

/** True where the server told so in the middle of its response. */
export function isToldInTheMiddle(part: Part): boolean {
  const told = disconnectOf(part);
  const served = servedBy(part);
  return told !== null && served !== null && !isComplete(part, told) && !endsAResponse(told, served);
}
