/**
 * Whose instants may be compared. Inside one service all of them may. Between two services only on one host: then what differs is how long
 * each end takes to notice, otherwise the clocks may differ by anything.
 */

import {
  BEGAN_BEFORE_CALL_MS,
  BEGINS_LATE_MS,
  LATE_ALIKE_MS,
  ONE_CLOCK_MS,
  STILL_RUNNING_MS,
  TWO_CLOCKS_MS,
} from "../tolerances.ts";
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
  const near = !call.bridged && (oneHost || isLoopback(own?.address ?? null));
  const same = near && !call.part.skewed && !callee.skewed;
  const shiftMs = same || !isOutOfCall(call, callee) ? 0 : span.start - callee.root.start;
  return { same, marginMs: same ? MARGIN_MS.same : MARGIN_MS.other, shiftMs };
}

/** True where a callee did not begin while it was called, or both of its ends lie late alike: one of the two clocks is wrong. */
function isOutOfCall({ span, part }: Call, callee: Part): boolean {
  const caller = span ?? part.root;
  const { start, end } = callee.root;
  const late = start - caller.start;
  if (late < -BEGAN_BEFORE_CALL_MS || start - caller.end > BEGAN_BEFORE_CALL_MS) return true;
  return late > BEGINS_LATE_MS && Math.abs(end - caller.end - late) < LATE_ALIKE_MS;
}

/** Finds the services whose clocks are seen to differ, whatever their addresses promise; which of two is wrong nothing tells. */
export function doubtClocks(parts: readonly Part[]): void {
  const doubted = new Set<string | null>();
  for (const part of parts)
    for (const call of part.calls)
      for (const callee of call.callees)
        if (!call.bridged && isOutOfCall(call, callee)) doubted.add(part.service).add(callee.service);
  for (const part of parts) part.skewed = doubted.has(part.service);
}

function isLoopback(address: string | null): boolean {
  return address !== null && /^(?:127\.|localhost\b|\[::1\]|::1$)/.test(address);
}

/** When a part's request ended, on the clock of its caller; the end of all its work where its request has no span. */
export function endForCaller(call: Call, callee: Part): number {
  return (servedBy(callee)?.end ?? endOf(callee)) + clocksOf(call, callee).shiftMs;
}

/** True where the callee of a call was over no earlier than the call was: it had not ended by itself. Clocks of hosts differ by less than a second. */
export function wasCutOff(call: Call, byMs: number): boolean {
  const end = call.span?.end ?? Number.POSITIVE_INFINITY;
  return call.callees.some(
    (callee) => endForCaller(call, callee) - end >= (clocksOf(call, callee).same ? byMs : STILL_RUNNING_MS),
  );
}

/** True where a call, or the work on it below, went on after a moment of its caller's; some spans of calls end with the headers of the answer. */
export function isUnderWay(call: Call, at: number): boolean {
  return (
    (call.span?.end ?? Number.NEGATIVE_INFINITY) >= at ||
    call.callees.some((callee) => endForCaller(call, callee) >= at)
  );
}
