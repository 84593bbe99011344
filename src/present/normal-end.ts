/**
 * Cancels that are how things should end: the losers of a hedge, and streams that are cancelled when all they had to say was said (a deferred
 * cancel after the last message).
 */
import type { Cascade, Evidence } from "../model/index.ts";

/** A cascade never changes, and of thousands that are counted for each picture only few are new. */
const known = new WeakMap<Cascade, boolean>();

/** True where a cancel only tidies up: nobody lost anything, and nobody has to look at it. */
export function isNormalEnd(cascade: Cascade): boolean {
  let normal = known.get(cascade);
  if (normal === undefined) {
    normal = tidiesUp(cascade);
    known.set(cascade, normal);
  }
  return normal;
}

function tidiesUp({ origin, reached, ghosts = [], evidence }: Cascade): boolean {
  if (ghosts.length > 0 || origin.overruled !== undefined) return false;
  if (origin.intent === "hedge") return true;
  if (origin.kind !== "cancel" || reached.length === 0) return false;
  const whole = new Set(evidence.filter((each) => isWholeCall(each, origin.service)).map(({ spanId }) => spanId));
  if (whole.size === 0) return false;
  const ends = evidence.filter(({ service, side }) => service !== origin.service && side === "server");
  return ends.length > 0 && ends.every(({ parentSpanId }) => whole.has(parentSpanId));
}

/** A call of the origin's that got its whole answer. */
function isWholeCall({ type, service, request, spanId, ...rest }: Evidence, origin: string | null): boolean {
  if (type !== "request" || service !== origin || spanId === null || request?.role !== "sent") return false;
  return "status" in rest && rest.status === "ok";
}

/** How many of some cancels are normal ends. */
export function normalEnds(cascades: readonly Cascade[]): number {
  return cascades.reduce((sum, cascade) => sum + (isNormalEnd(cascade) ? cascade.count : 0), 0);
}
