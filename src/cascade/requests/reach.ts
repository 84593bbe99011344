/** Whom an incident reached: everything that was at work below the calls that it ended. */
import type { KnownCalls } from "../hops/call-graph.ts";
import { OVER_BEFORE_MS, STILL_RUNNING_MS } from "../tolerances.ts";
import { clocksOf, isUnderWay } from "./clocks.ts";
import { calleeName } from "./names.ts";
import type { Incident } from "./origins.ts";
import { type Call, calleeOf, endOf, type Part, protocolOf } from "./parts.ts";

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
  /** True if its span ends before its answer did, so that nothing tells when it stopped. */
  readonly endUnseen: boolean;
}

/** The parts that an incident reached, those above first. */
export function reachOf({ at, calls, part, failed, origin }: Incident, graph: KnownCalls): Reach[] {
  const found: Reach[] = [];
  const pending: { readonly call: Call; readonly shiftMs: number }[] = calls.map((call) => ({ call, shiftMs: 0 }));
  const seen = new Set<Call>();
  for (let index = 0; index < pending.length; index += 1) {
    const { call, shiftMs } = pending[index] as (typeof pending)[number];
    if (seen.has(call)) continue;
    seen.add(call);
    const via = call.part.service;
    // The service that stands between is the one that all began with where its caller lost it, or nobody else did
    const begun = call.bridged && (failed.includes(call) || (part === null && origin.service === null));
    if (!begun && call.callees.every(({ root }) => call.bridged && root.role === "served")) {
      const unseen = unseenOf(call, graph);
      if (unseen !== null)
        found.push({ part: null, service: unseen, via, endedAt: null, ghostMs: null, endUnseen: true });
    }
    for (const callee of call.callees) {
      if (callee === part) continue;
      const shift = shiftMs + clocksOf(call, callee).shiftMs;
      const each = reachedAt(call, callee, at, endOf(callee) + shift, calls.includes(call));
      if (each === null) continue;
      found.push(each);
      if (each.endUnseen) continue;
      for (const next of callee.calls)
        if (isUnderWay(next, at - OVER_BEFORE_MS - shift)) pending.push({ call: next, shiftMs: shift });
    }
  }
  return found;
}

/** What became of a part below a call; null if it had been over before. */
function reachedAt(call: Call, callee: Part, at: number, endedAt: number, isDirect: boolean): Reach | null {
  const reached = { part: callee, service: callee.service ?? nameless(call), via: call.part.service };
  if (endedAt >= at - OVER_BEFORE_MS) {
    const ghostMs = endedAt - at > STILL_RUNNING_MS ? endedAt - at : null;
    return { ...reached, endedAt, ghostMs, endUnseen: false };
  }
  const answering = isDirect && wasAnswering(call, callee, at);
  return answering ? { ...reached, endedAt: null, ghostMs: null, endUnseen: true } : null;
}

/** True where a call was under way at a moment although its callee's span had long ended: some end when the answer begins. */
function wasAnswering(call: Call, callee: Part, at: number): boolean {
  const { span } = call;
  if (span === null || span.end < at - OVER_BEFORE_MS || callee !== calleeOf(call)) return false;
  const { root } = callee;
  return root.end - root.start < MOST * (span.end - span.start);
}

/** A callee that worked for less of its call was not what took the time. */
const MOST = 0.5;

/** The service of a call that nobody served in the trace; null for what is no service, such as a database. */
function unseenOf(call: Call, graph: KnownCalls): string | null {
  if (call.span === null || protocolOf(call) === null) return null;
  const name = call.bridged ? null : calleeName(call, graph);
  return name?.service ?? nameless(call);
}

function nameless({ part }: Call): string {
  return `unknown (called by ${part.service ?? "unknown"})`;
}
