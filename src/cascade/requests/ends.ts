/** How requests ended before their time, by what their own records say. */
import type { Claim, FailedAnswer, Outcome } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import { STALE_CONNECTION_MS, STILL_THERE_MS, TIDIED_UP_MS } from "../tolerances.ts";
import { clocksOf } from "./clocks.ts";
import { below, type Call, calleeOf, type Part, protocolOf } from "./parts.ts";
import { factOf, type Span } from "./spans.ts";

/**
 * An end before its time.
 *
 * - `timer`: a time was over
 * - `cancel`: the work was cancelled
 * - `gone`: the connection to the other end was lost
 * - `failed`: an error, which ends nobody's work
 */
export interface End extends Pick<Outcome, "about" | "knowledge" | "kind" | "message" | "remote"> {
  readonly how: "timer" | "cancel" | "gone" | "failed";
  /** True if the words tell that it had come from the service's own caller. */
  readonly passedOn: boolean;
  readonly at: number;
  readonly line: Line;
  /** The party outside that acted, as the record names it. */
  readonly external: string | null;
  /** What was meant by it; null if nothing says. */
  readonly intent: string | null;
  /** See {@link Outcome.answered}. */
  readonly answered: boolean;
}

/** What the records of a span say of its end; what was measured beats what a text says, a cut beats an error. */
export function endsOfSpan(span: Span): End[] {
  const moments = span.moments.map((line) => ofClaim(line.evidence, line));
  const own = span.lines.flatMap((line): End[] => {
    const { evidence } = line;
    if (evidence.type === "request") return evidence.outcome === null ? [] : [ofOutcome(evidence.outcome, line)];
    if (evidence.type === "claim") return [ofClaim(evidence, line)];
    return evidence.type === "answer" ? [ofAnswer(evidence, line)] : [];
  });
  return [...moments, ...own].sort(byWeight);
}

function byWeight(a: End, b: End): number {
  return weightOf(a) - weightOf(b) || a.at - b.at || (a.message < b.message ? -1 : 1);
}

function weightOf({ knowledge, how }: End): number {
  return (how === "failed" ? 3 : 0) + (knowledge === "fact" ? 0 : 1);
}

function ofOutcome(outcome: Outcome, line: Line): End {
  return { ...ofWords(outcome, line), remote: outcome.remote, answered: outcome.answered === true };
}

function ofClaim(claim: Claim, line: Line): End {
  return { ...ofWords(claim, line), external: claim.external ?? null };
}

/** What the outcome of a request and a claim about a stream tell alike. */
function ofWords(said: Omit<Outcome, "remote">, line: Line): End {
  const { observation, about, knowledge, kind, message, intent = null } = said;
  return {
    about,
    knowledge,
    kind,
    message,
    remote: null,
    how: howOf(observation, kind),
    passedOn: about !== "callee" && (observation === "received" || observation === "relayed"),
    at: line.at,
    line,
    external: null,
    intent,
    answered: false,
  };
}

function ofAnswer({ kind, message, side }: FailedAnswer, line: Line): End {
  const about = side === "client" ? "callee" : "self";
  return {
    about,
    knowledge: "reading",
    kind,
    message,
    remote: null,
    how: "failed",
    passedOn: false,
    at: line.at,
    line,
    external: null,
    intent: null,
    answered: false,
  };
}

function howOf(observation: Outcome["observation"], kind: Outcome["kind"]): End["how"] {
  if (observation === "failed") return "failed";
  if (observation === "lost") return "gone";
  return kind === "deadline" ? "timer" : "cancel";
}

/** How a call ended, as far as its own records tell; null: well, or nothing says. */
export function endOfCall(call: Call): End | null {
  const spans = call.span === null ? [] : [call.span, ...call.carriers];
  const ends = spans.flatMap(endsOfSpan);
  const end = ends.find(({ how }) => how !== "failed") ?? ends[0] ?? null;
  if (end === null || call.span === null) return end;
  const callee = calleeOf(call);
  const answered = spans.some((span) => (factOf(span)?.answer ?? null) !== null);
  if (end.how === "gone" && callee === null && !answered && call.span.end - call.span.start < STALE_CONNECTION_MS)
    return { ...end, how: "failed", kind: "error" };
  if (end.how === "gone" && callee !== null && protocolOf(call) === "rpc" && isError(callee))
    return { ...end, how: "failed", kind: "error" };
  // Words that no library has, while the callee was at work: the reason that the application gave its own abort
  if (end.how === "failed" && end.about === "self" && callee !== null && callee.root.end > end.at)
    return { ...end, how: "cancel", kind: "cancel" };
  return end.how === "cancel" && callee !== null && hadEnded(callee, call, call.span) ? null : end;
}

/** True where a callee had done all of its work when its caller tidied up; some are recorded only until their answer begins. */
function hadEnded(callee: Part, call: Call, { start, end }: Span): boolean {
  const { shiftMs } = clocksOf(call, callee);
  const over = callee.root.end + shiftMs;
  const lasted = callee.root.end - callee.root.start;
  return end - over > TIDIED_UP_MS && lasted >= MOST * (end - start) && isQuiet(callee);
}

/** A callee that worked for less of its call was not what took the time. */
const MOST = 0.5;

/** True where a part answered with an error: it was there. */
function isError({ root }: Part): boolean {
  return endsOfSpan(root).some(({ how }) => how === "failed" || how === "gone");
}

/** True where the work of a part, and all that is below it, ended well. */
function isQuiet(part: Part): boolean {
  return below(part).every(({ spans }) => spans.every((span) => endsOfSpan(span).length === 0));
}

/** What the spans of the work itself say: errors of calls that no call's own span has. */
export function endsOfWork(part: Part): End[] {
  return part.spans
    .filter(({ role }) => role !== "sent")
    .flatMap(endsOfSpan)
    .sort(byWeight);
}

/** The calls that were under way when the work ended by a timer or a lost connection of which no call tells. */
export function callsEndedWith(part: Part, end: End): Call[] {
  return part.calls.filter((call) => {
    const { span } = call;
    const callee = calleeOf(call);
    if (span === null || span.start > end.at) return false;
    return callee === null || callee.root.end >= end.at - STILL_THERE_MS;
  });
}
