/**
 * Whether a part was ended by its caller: its own words, what its caller did, and the order in which its response and its calls ended.
 */
import type { Reason, RequestFact } from "../../model/index.ts";
import { reason } from "../judge/verdict.ts";
import {
  ONE_CUT_MS,
  ONE_INSTANT_MS,
  OUTLIVES_RESPONSE_MS,
  RESPONSE_WENT_ON_MS,
  STILL_ANSWERING_MS,
  STILL_RUNNING_MS,
  TOLD_OF_OWN_CUT_MS,
  TOLD_OF_OWN_CUT_SKEWED_MS,
} from "../tolerances.ts";
import { clocksOf, endForCaller } from "./clocks.ts";
import { type End, endsOfSpan } from "./ends.ts";
import type { Cut, Findings } from "./findings.ts";
import { type Call, type Part, protocolOf, servedBy } from "./parts.ts";
import { factOf, type Span } from "./spans.ts";
import { disconnectOf, isComplete, isToldInTheMiddle } from "./told.ts";

/** How sure it is that the caller ended it: 2 sure, 1 likely, 0 nothing shows it, -1 it did not. */
export interface Pressure {
  readonly grade: -1 | 0 | 1 | 2;
  /** When the part was ended, if its own records tell. */
  readonly at: number | null;
  readonly reason: Reason | null;
  /** The party outside, as the records name it. */
  readonly external: string | null;
  /** True if it is a sign by itself: nothing below needs to have been cut. */
  readonly alone?: boolean;
}

/** Judges whether the caller of a part ended it; `own` is the earliest end that the part itself gave to one of its calls. */
export function pressureOn(findings: Findings, part: Part, own: End | null): Pressure {
  return (
    ofRuntime(part) ??
    (wasLost(findings, part) ? null : (ofWords(findings, part) ?? ofDisconnect(part))) ??
    ofCallAbove(findings, part, own) ??
    ofStatus(part, own) ??
    ofOrder(findings, part, own) ??
    ofEndAbove(part, own) ??
    NONE
  );
}

const NONE: Pressure = { grade: 0, at: null, reason: null, external: null };

function pressure(
  grade: Pressure["grade"],
  rule: string,
  text: string,
  spans: readonly Span[],
  more: Partial<Pressure> = {},
): Pressure {
  return { grade, at: null, external: null, reason: reasonOf(rule, text, spans), ...more };
}

/** A named reason with the spans behind it. */
export function reasonOf(rule: string, text: string, spans: readonly Span[]): Reason {
  return reason(
    rule,
    text,
    spans.flatMap(({ lines }) => lines),
  );
}

/** The name of a part's service, for sentences. */
export function nameOf({ service }: Part): string {
  return service ?? "an unnamed service";
}

/** A runtime that carries cancels knows where they come from. */
function ofRuntime(part: Part): Pressure | null {
  const ends = part.spans.flatMap((span) => endsOfSpan(span).map((end) => ({ span, end })));
  const told = ends.find(
    ({ end }) =>
      end.knowledge === "fact" && end.line.evidence.type === "claim" && (end.passedOn || end.external !== null),
  );
  if (told === undefined) return null;
  const text = `the runtime of ${nameOf(part)} knows that the cancel came from its caller`;
  return pressure(2, "runtime-knows", text, [told.span], { at: told.end.at, external: told.end.external });
}

/** True where the caller says that the part closed the connection: each end sees the other one go when a service ends what it serves. */
function wasLost(findings: Findings, { above }: Part): boolean {
  const cut = above === null ? null : findings.cut(above);
  return cut?.end.how === "gone" && cut.end.about === "callee" && cut.direction.way === "up";
}

/** A status or an error that a caller who left causes; where the caller has it as its answer, it was still there. */
function ofWords(findings: Findings, part: Part): Pressure | null {
  const served = servedBy(part);
  if (served === null || (part.above !== null && findings.failure(part.above) !== null)) return null;
  const end = saysCallerLeft(served);
  if (end === undefined) return null;
  const text = `${nameOf(part)} says that its caller left (${end.message})`;
  // A text in an error may be about another client; a record without an error has nothing else to say
  const alone = factOf(served)?.status === "unset";
  return pressure(end.knowledge === "fact" ? 2 : 1, "caller-left", text, [served], { at: served.end, alone });
}

/** The server told the application that the client is gone, and the work for it was not over. */
function ofDisconnect(part: Part): Pressure | null {
  const told = disconnectOf(part);
  const served = servedBy(part);
  if (told === null || isComplete(part, told)) return null;
  const name = nameOf(part);
  if (served !== null && isToldInTheMiddle(part)) {
    const text = `the server of ${name} told it that its caller had left, before its response was complete`;
    return pressure(2, "caller-left", text, [told, served], { at: told.end });
  }
  const outlived = part.calls.flatMap((call) => call.callees.map((callee) => ({ call, callee })));
  const proof = outlived.filter(({ call, callee }) => {
    const below = disconnectOf(callee);
    const { marginMs, shiftMs } = clocksOf(call, callee);
    const inOrder = below === null || below.end + shiftMs - told.end > marginMs;
    return inOrder && endForCaller(call, callee) - told.end > Math.max(OUTLIVES_RESPONSE_MS, marginMs);
  });
  const [first] = proof;
  if (first === undefined) return null;
  const sure = proof.some(
    ({ call, callee }) => clocksOf(call, callee).same || endForCaller(call, callee) - told.end > STILL_RUNNING_MS,
  );
  const text = `the server of ${name} told it that its caller had left, while ${nameOf(first.callee)} was still at work`;
  return pressure(sure ? 2 : 1, "caller-left", text, [told, first.callee.root], { at: told.end });
}

/** What the caller's own span says of this call. */
function ofCallAbove(findings: Findings, part: Part, own: End | null): Pressure | null {
  const call = part.above;
  if (call === null || call.span === null) return null;
  const above = nameOf(call.part);
  const failure = findings.failure(call);
  if (failure !== null) {
    return pressure(
      -1,
      "caller-failed",
      `${above} got an error as an answer from ${nameOf(part)}, so it did not cancel the call`,
      [call.span],
    );
  }
  const cut = findings.cut(call);
  if (cut !== null) return ofCutAbove(call, call.span, cut, part, own);
  const silent = findings.inversion(call.part);
  if (silent !== null && silent.how === "passed-on" && silent.calls.includes(call)) {
    const text = `the response of ${above} had ended while its call to ${nameOf(part)} went on`;
    return pressure(silent.sure ? 2 : 1, "response-ended-first", text, [call.part.root, call.span], { at: silent.at });
  }
  const told = isToldInTheMiddle(call.part) ? disconnectOf(call.part) : null;
  if (told !== null && call.span.end >= told.end - ONE_CUT_MS && !isEarlier(own, told, call, part)) {
    const text = `the caller of ${above} had left, and its call to ${nameOf(part)} ended`;
    return pressure(2, "caller-left", text, [told, call.span], { at: told.end });
  }
  const left = ofCallerThatWasLeft(call, part, own);
  if (left !== null) return left;
  if (!call.bridged && factOf(call.span)?.status === "ok" && protocolOf(call) === "rpc")
    return pressure(-1, "caller-answered", `the call from ${above} ended well`, [call.span]);
  return null;
}

/** The response of the caller broke off, and the part ended its own call right then; the span of the call between may only tell of its beginning. */
function ofCallerThatWasLeft(call: Call, part: Part, own: End | null): Pressure | null {
  const served = servedBy(call.part);
  if (served === null || own === null || saysCallerLeft(served) === undefined) return null;
  const { marginMs, shiftMs } = clocksOf(call, part);
  const later = own.at + shiftMs - served.end;
  if (later < -marginMs || later > ONE_CUT_MS) return null;
  const text = `the caller of ${nameOf(call.part)} had left, and ${nameOf(part)} ended its own call right then`;
  return pressure(1, "caller-left", text, [served], { at: served.end });
}

/** The word of a request that its caller went away, which is no mere status. */
function saysCallerLeft(served: Span): End | undefined {
  return endsOfSpan(served).find(
    ({ about, knowledge, kind }) => about === "caller" && knowledge !== "hearsay" && kind === "disconnect",
  );
}

/** True where a part had ended a call itself before its caller was told. */
function isEarlier(own: End | null, told: Span, call: Call, part: Part): boolean {
  const { same, shiftMs } = clocksOf(call, part);
  return own !== null && told.end - own.at - shiftMs > (same ? TOLD_OF_OWN_CUT_MS : TOLD_OF_OWN_CUT_SKEWED_MS);
}

/** The caller's own span says that the call was cut, and by which end. */
function ofCutAbove(call: Call, span: Span, { end, direction }: Cut, part: Part, own: End | null): Pressure | null {
  const { same, shiftMs } = clocksOf(call, part);
  const above = nameOf(call.part);
  if (direction.way === "up") {
    if (call.bridged) return null;
    const text = `what ended the call from ${above} came from below`;
    return direction.sure ? pressure(-1, "caller-told", text, [span]) : NONE;
  }
  const later = own === null ? 0 : end.at - (own.at + shiftMs);
  if (later > (same ? TOLD_OF_OWN_CUT_MS : TOLD_OF_OWN_CUT_SKEWED_MS))
    return pressure(
      -1,
      "own-end-first",
      `${nameOf(part)} ended its own call ${Math.round(later)} ms before ${above} did`,
      [span],
    );
  const text = `${above} ended its own call to ${nameOf(part)}${call.bridged ? ", through a service without a span" : ""}`;
  return pressure(direction.sure ? 2 : 1, "caller-cancelled", text, [span], { at: end.at });
}

/** The call from above, which says nothing of its end, was over first. */
function ofEndAbove(part: Part, own: End | null): Pressure | null {
  const { above } = part;
  if (own === null || above?.span == null || !endedFirst(above, part, own)) return null;
  const name = nameOf(part);
  const text = `the call from ${nameOf(above.part)} was over before ${name} ended its own, and before its response ended`;
  return pressure(1, "caller-ended-first", text, [above.span, part.root], { at: above.span.end });
}

/** True where a call, which says nothing of its end, was over before its callee was, and before the callee ended a call itself. */
function endedFirst(call: Call, part: Part, own: End): boolean {
  const served = servedBy(part);
  // The end of a response that ends with its caller is noticed late
  if (call.span === null || served === null || factOf(served)?.endsWithCaller === true) return false;
  const { same, marginMs } = clocksOf(call, part);
  const rest = Math.min(served.end, own.at) - call.span.end;
  const whole = call.span.end - call.span.start >= ANSWERED_SHARE * (served.end - served.start);
  return same && whole && rest > marginMs && rest <= ONE_CUT_MS;
}

/** Some calls are recorded only until their answer begins. */
const ANSWERED_SHARE = 0.5;

/** The status of a served call says that it was cut, and a reset says by whom. */
function ofStatus(part: Part, own: End | null): Pressure | null {
  const served = servedBy(part);
  if (served === null || factOf(served)?.protocol !== "rpc") return null;
  const end = endsOfSpan(served).find(({ about, how }) => about === "caller" && how !== "failed");
  if (end === undefined) return null;
  const reset = end.knowledge !== "hearsay";
  if (own !== null && !reset && part.above !== null) return null;
  const text = reset
    ? `${nameOf(part)} received a reset from its caller (${end.message})`
    : `the request of ${nameOf(part)} ended with the status of a cancel`;
  return pressure(own === null || reset ? 2 : 1, reset ? "reset-received" : "status-cancelled", text, [served], {
    at: served.end,
  });
}

/** The order in which the response and the calls of one service ended needs no second clock. */
function ofOrder(findings: Findings, part: Part, own: End | null): Pressure | null {
  const served = servedBy(part);
  const fact = factOf(served);
  if (served === null || fact === null) return null;
  const name = nameOf(part);
  const told = disconnectOf(part);
  if (told !== null && isComplete(part, told))
    return pressure(-1, "response-complete", `the response of ${name} was complete before its caller went`, [
      served,
      told,
    ]);
  const waited = part.spans.find((span) => waitedUntil(span, served.end));
  if (waited !== undefined)
    return pressure(-1, "response-complete", `no caller of ${name} had left until its response was over`, [
      served,
      waited,
    ]);
  const complete = fact.protocol === "http" && fact.endsWithCaller && wasReadToItsEnd(findings, part);
  const silent = findings.inversion(part);
  if (silent !== null && !complete) {
    const text =
      silent.how === "forgot"
        ? `the response of ${name} ended, and what was done for it went on for more than half a second`
        : `the response of ${name} ended before the calls that were made for it`;
    return pressure(silent.sure ? 2 : 1, "response-ended-first", text, [served], { at: silent.at });
  }
  if (own === null) return null;
  const rest = served.end - own.at;
  if (complete) return pressure(-1, "response-complete", `the caller of ${name} had its whole response`, [served]);
  if (own.how === "timer") return null;
  if (rest > ONE_CUT_MS && fact.answer !== null && findings.cutDown(part).some(([call]) => isBrokenOff(call, fact)))
    return pressure(
      -1,
      "response-complete",
      `the response of ${name} has a status, which responses below that broke off do not have`,
      [served],
    );
  if (fact.protocol === "http" && isFailure(fact.answer) && (fact.endsWithCaller || rest < -ONE_INSTANT_MS))
    return pressure(-1, "answered-with-error", `${name} answered ${fact.answer}: its caller was there`, [served]);
  if (fact.protocol === "http" && rest < -ONE_INSTANT_MS) {
    const sure = fact.endsWithCaller && -rest <= STILL_ANSWERING_MS;
    const text = `the response of ${name} ended ${(-rest).toFixed(1)} ms before its own call did: whoever waited for it had left`;
    return pressure(sure ? 2 : 1, "response-ended-first", text, [served], { at: served.end });
  }
  const works = part.calls.some(
    (call) => (call.span?.end ?? own.at) - own.at > STILL_ANSWERING_MS && isWell(findings, call),
  );
  if ((fact.endsWithCaller && rest > RESPONSE_WENT_ON_MS) || (rest > STILL_ANSWERING_MS && works)) {
    const text = `the response of ${name} went on for ${rest.toFixed(1)} ms after it had ended its call: its caller was still there`;
    return pressure(-1, "response-went-on", text, [served]);
  }
  return null;
}

/** True for a wait for the caller to leave that was given up with the response. */
function waitedUntil(span: Span, over: number): boolean {
  return factOf(span)?.waitedInVain === true && Math.abs(over - span.end) <= OUTLIVES_RESPONSE_MS;
}

/** True where the callee of a call says that its response broke off, of which a program in one language shows no status. */
function isBrokenOff({ callees }: Call, { language }: RequestFact): boolean {
  return callees.some(({ root }) => {
    const fact = factOf(root);
    if (fact === null || language === null || fact.language !== language) return false;
    return fact.answer === null && fact.outcome?.about === "caller" && fact.outcome.kind === "disconnect";
  });
}

/** True where nothing ended a call before its time. */
function isWell(findings: Findings, call: Call): boolean {
  return findings.cut(call) === null && findings.failure(call) === null;
}

/** True for the status of an answer by which a server says that it failed: somebody was there to be told. */
function isFailure(answer: string | null): boolean {
  return answer !== null && /^5\d\d$/.test(answer);
}

/** True where the caller's call ended well, and not before the response did: the caller lost nothing. */
function wasReadToItsEnd(findings: Findings, part: Part): boolean {
  const call: Call | null = part.above;
  const served = servedBy(part);
  if (call?.span == null || served === null || findings.cut(call) !== null || !clocksOf(call, part).same) return false;
  return findings.inversion(call.part) === null && call.span.end >= served.end - RESPONSE_WENT_ON_MS;
}
