/** What shows that a service ended its calls by itself, and the sentence that says it. */
import { ONE_CUT_MS } from "../tolerances.ts";
import { clocksOf } from "./clocks.ts";
import type { End } from "./ends.ts";
import type { Call } from "./parts.ts";
import { isToldInTheMiddle } from "./told.ts";

/** What a service says of an end that it made itself. */
export function ownText(name: string, { how, kind, message }: End): string {
  const words = message === "" ? "" : `: ${message}`;
  if (how === "timer") return `${name} says that its own timer fired${words}`;
  if (kind === "handler-return") return `${name} says that its handler returned while the stream was open${words}`;
  return `${name} says that it ended the call itself${words}`;
}

/** True where the server of a callee on the same host was told in the middle of its response that its caller had left. */
export function wasToldBelow(calls: readonly Call[]): boolean {
  return calls.some((call) => call.callees.some((callee) => clocksOf(call, callee).same && isToldInTheMiddle(callee)));
}

/** True where the call that ended was over right before its callee was told so, and without an error: no connection broke. */
export function letGo(calls: readonly Call[], at: number | null): boolean {
  return calls.some((call) => {
    const { span, callees } = call;
    if (span === null || at === null) return false;
    const same = callees.some((callee) => clocksOf(call, callee).same);
    return same && span.end < at && at - span.end <= ONE_CUT_MS;
  });
}
