/** Whom an incident reached: everything that was at work below the calls that it ended. */
import type { KnownCalls } from "../hops/call-graph.ts";
import { OVER_BEFORE_MS, STILL_RUNNING_MS } from "../tolerances.ts";
import { clocksOf, isUnderWay } from "./clocks.ts";
import { calleeName } from "./names.ts";
import type { Incident } from "./origins.ts";
import { type Call, endOf, type Part, protocolOf } from "./parts.ts";

/** A service that an incident reached. */
export interface Reach {
  /** Null: it left no span. */
  readonly part: Part | null;
  readonly service: string;
  readonly via: string | null;
  /** When its work was over, on the clock of the origin; null where that is not known. */
  readonly endedAt: number | null;
  /** How long it worked on, where that was too long. */
  readonly ghostMs: number | null;
}

/** The parts that an incident reached, those above first. */
export function reachOf({ at, calls, part }: Incident, graph: KnownCalls): Reach[] {
  const found: Reach[] = [];
  const pending: { readonly call: Call; readonly shiftMs: number }[] = calls.map((call) => ({ call, shiftMs: 0 }));
  const seen = new Set<Call>();
  for (let index = 0; index < pending.length; index += 1) {
    const { call, shiftMs } = pending[index] as (typeof pending)[number];
    if (seen.has(call)) continue;
    seen.add(call);
    const via = call.part.service;
    if (call.callees.every(({ root }) => call.bridged && root.role === "served")) {
      const unseen = unseenOf(call, graph);
      if (unseen !== null) found.push({ part: null, service: unseen, via, endedAt: null, ghostMs: null });
    }
    for (const callee of call.callees) {
      if (callee === part) continue;
      const shift = shiftMs + clocksOf(call, callee).shiftMs;
      const endedAt = endOf(callee) + shift;
      if (endedAt < at - OVER_BEFORE_MS) continue;
      const ghostMs = endedAt - at > STILL_RUNNING_MS ? endedAt - at : null;
      found.push({ part: callee, service: callee.service ?? nameless(call), via, endedAt, ghostMs });
      for (const next of callee.calls)
        if (isUnderWay(next, at - OVER_BEFORE_MS - shift)) pending.push({ call: next, shiftMs: shift });
    }
  }
  return found;
}

/** The service of a call that nobody served in the trace; null for what is no service, such as a database. */
function unseenOf(call: Call, graph: KnownCalls): string | null {
  if (call.span === null || protocolOf(call) === null) return null;
  const name = call.bridged ? null : calleeName(call, graph);
  return name?.service ?? nameless(call);
}

function nameless({ part }: Call): string {
  return `unknown (called by ${part.service ?? "unknown"})`;
}
