/**
 * Whose instants may be compared. Inside one service all of them may. Between two services only on one host: then what differs is how long
 * each end takes to notice, otherwise the clocks may differ by anything.
 */

import { BEGAN_BEFORE_CALL_MS, ONE_CLOCK_MS, TWO_CLOCKS_MS } from "../tolerances.ts";
import { type Call, endOf, type Part, servedBy } from "./parts.ts";
import { factOf } from "./spans.ts";

/** What lies nearer has no order, on one host and between two. */
const MARGIN_MS: { readonly same: number; readonly other: number } = {
  same: ONE_CLOCK_MS,
  other: TWO_CLOCKS_MS,
};

/** How two ends of a call can be compared. */
export interface Clocks {
  /** True if both were read from one clock, so that an order is a proof. */
  readonly same: boolean;
  readonly marginMs: number;
  /** What to add to the callee's instants. */
  readonly shiftMs: number;
}

/** How the instants of a call compare with those of a part below it. */
export function clocksOf(call: Call, callee: Part): Clocks {
  const span = call.span ?? call.part.root;
  const own = factOf(span);
  const other = factOf(callee.root);
  const oneHost = own?.host != null && own.host === other?.host;
  const same = !call.bridged && (oneHost || isLoopback(own?.address ?? null));
  const { start } = callee.root;
  const begins = start - span.start < -BEGAN_BEFORE_CALL_MS || start - span.end > BEGAN_BEFORE_CALL_MS;
  const shiftMs = same || !begins ? 0 : span.start - start;
  return { same, marginMs: same ? MARGIN_MS.same : MARGIN_MS.other, shiftMs };
}

function isLoopback(address: string | null): boolean {
  return address !== null && /^(?:127\.|localhost\b|\[::1\]|::1$)/.test(address);
}

/** When a part's request ended, on the clock of its caller; the end of all its work where its request has no span. */
export function endForCaller(call: Call, callee: Part): number {
  return (servedBy(callee)?.end ?? endOf(callee)) + clocksOf(call, callee).shiftMs;
}

/** True where a call, or the work on it below, went on after a moment of its caller's; some spans of calls end with the headers of the answer. */
export function isUnderWay(call: Call, at: number): boolean {
  return (
    (call.span?.end ?? Number.NEGATIVE_INFINITY) >= at ||
    call.callees.some((callee) => endForCaller(call, callee) >= at)
  );
}
