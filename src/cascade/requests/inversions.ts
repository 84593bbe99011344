/** Responses that were over before the calls that were made for them: whoever waited for them had left. */
import {
  ANSWERED_BY_CALL_MS,
  CALLEE_ENDS_LATE_MS,
  CUT_OFF_MS,
  ONE_CLOCK_MS,
  ONE_INSTANT_MS,
  PASSED_ON_MS,
  RESPONSE_WENT_ON_MS,
} from "../tolerances.ts";
import { clocksOf, endForCaller, wasCutOff } from "./clocks.ts";
import { isWithoutAnswer } from "./hidden-ends.ts";
import { type Call, calleeOf, type Part, servedBy } from "./parts.ts";
import { factOf } from "./spans.ts";
import { isToldInTheMiddle } from "./told.ts";

/** A response that ended while the calls for it went on, and nobody says why. */
export interface Inversion {
  readonly at: number;
  /** `forgot`: nobody told the services below; they went on. */
  readonly how: "passed-on" | "forgot";
  readonly sure: boolean;
  /** The calls that went on. */
  readonly calls: readonly Call[];
}

const OVERLAP_SHARE = 0.5;
/** The answer of a server that goes on with the work on purpose. */
const ACCEPTED = "202";

/** The calls for a response that went on when it had ended. */
function callsThatWentOn(part: Part): Call[] {
  const served = servedBy(part);
  const fact = factOf(served);
  if (served === null || fact?.protocol !== "http" || fact.answer === ACCEPTED) return [];
  return part.calls.filter(({ span }) => {
    if (span === null || (factOf(span)?.protocol ?? null) === null) return false;
    const overlap = served.end - Math.max(served.start, span.start);
    const enough = overlap >= ANSWERED_BY_CALL_MS && overlap >= OVERLAP_SHARE * (served.end - served.start);
    return enough && span.end - served.end > ONE_INSTANT_MS;
  });
}

/** An answer that nobody reads to its end looks the same at one service: it takes two in a row, or a callee that was clearly cut off. */
export function inversionOf(part: Part, isCutDown: (other: Part) => boolean): Inversion | null {
  const calls = callsThatWentOn(part);
  const at = servedBy(part)?.end ?? 0;
  const unanswered = callsWithoutAnswer(part);
  if (unanswered.length > 0) return { at, how: "passed-on", sure: false, calls: unanswered };
  const gap = calls.reduce((widest, { span }) => Math.max(widest, (span?.end ?? at) - at), 0);
  if (gap === 0) return null;
  if (gap >= PASSED_ON_MS) {
    const lives = calls.some((call) => call.callees.some((callee) => endForCaller(call, callee) - at >= PASSED_ON_MS));
    return part.above === null && !part.orphan && lives ? { at, how: "forgot", sure: false, calls } : null;
  }
  const isCutToo = (other: Part): boolean =>
    isCutDown(other) || isToldInTheMiddle(other) || callsThatWentOn(other).some((call) => wasCutOff(call, 0));
  const { above } = part;
  const below = calls.some(
    (call) =>
      ((wasCutOff(call, 0) || isOutlived(call, at)) && call.callees.some(isCutToo)) ||
      // What the callee did for a response that nobody read may have gone on for long
      (isPrompt(part) && wasCutOff(call, CUT_OFF_MS) && call.callees.some((each) => callsThatWentOn(each).length > 0)),
  );
  if (
    below ||
    (above !== null && wasCutOff(above, 0) && calls.some((call) => wasCutOff(call, 0)) && isCutToo(above.part))
  )
    return { at, how: "passed-on", sure: true, calls };
  // What the one below says needs no clock
  const told = calls.some(({ callees }) => callees.some((each) => isCutDown(each) || isToldInTheMiddle(each)));
  const likely =
    told ||
    (gap > ONE_CLOCK_MS &&
      calls.some(
        (call) =>
          wasCutOff(call, CUT_OFF_MS) ||
          (worksOn(part, at) && wasCutOff(call, CALLEE_ENDS_LATE_MS)) ||
          (isPrompt(part) && isInARow(call)) ||
          outlivesUnseen(call),
      ));
  return likely ? { at, how: "passed-on", sure: false, calls } : null;
}

/** True for a response that ends when its caller goes. */
function isPrompt(part: Part): boolean {
  return factOf(servedBy(part))?.endsWithCaller === true;
}

/** True where a response was clearly over before the response to its call was: some calls are recorded until their connection closes. */
function isOutlived(call: Call, at: number): boolean {
  return call.callees.some(
    (callee) => clocksOf(call, callee).same && endForCaller(call, callee) - at > RESPONSE_WENT_ON_MS,
  );
}

/** True where the clocks of the two ends of a call tell nothing, and the response to it was over before the calls for that one, too. */
function isInARow(call: Call): boolean {
  return call.callees.some((callee) => {
    const { end } = callee.root;
    const outlived = callsThatWentOn(callee).some(({ span }) => span !== null && span.end - end > ONE_CLOCK_MS);
    return outlived && isPrompt(callee) && !call.bridged && !clocksOf(call, callee).same;
  });
}

/** True where the work on a response went on for a moment when that had ended: a handler that was not done. */
function worksOn({ spans }: Part, at: number): boolean {
  return spans.some(({ role, end }) => role === "step" && end - at > CALLEE_ENDS_LATE_MS && end - at < PASSED_ON_MS);
}

/** True where what a service without a span seems to have called worked on for a moment. */
function outlivesUnseen({ bridged, span, callees }: Call): boolean {
  return (
    bridged && span !== null && callees.some(({ root }) => root.end > span.end && root.end - span.end <= PASSED_ON_MS)
  );
}

/** The calls whose answers had begun, where neither they nor the response that they were for have a status, and the response was over first. */
function callsWithoutAnswer(part: Part): Call[] {
  const served = servedBy(part);
  if (served === null || !isWithoutAnswer(served)) return [];
  return part.calls.filter((call) => {
    const callee = calleeOf(call);
    if (callee === null || factOf(call.span)?.answer == null || !isWithoutAnswer(callee.root)) return false;
    const { same, marginMs } = clocksOf(call, callee);
    return same && endForCaller(call, callee) - served.end > marginMs;
  });
}
