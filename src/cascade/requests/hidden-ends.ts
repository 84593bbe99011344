/** Ends of calls of which the calls' own records say nothing: they show in what their callees say, and in what the work around them says. */
import { CUT_OFF_MS, ONE_CLOCK_MS, ONE_CUT_MS } from "../tolerances.ts";
import { clocksOf, endForCaller, wasCutOff } from "./clocks.ts";
import { callsEndedWith, type End, endsOfSpan, endsOfWork } from "./ends.ts";
import { type Call, calleeOf, type Part, protocolOf, servedBy } from "./parts.ts";
import { factOf, type Span } from "./spans.ts";

/** The ends that the work on a request speaks of, where no call tells of one: of each call that it can be about. */
export function spokenEnds(part: Part): (readonly [Call, End])[] {
  const all = endsOfWork(part);
  const spoken = all.find(({ how, passedOn }) => (how === "timer" && !passedOn) || how === "gone");
  if (spoken !== undefined) return callsEndedWith(part, spoken).map((call) => [call, spoken]);
  const cancelled = all.find(({ how }) => how === "cancel");
  if (cancelled === undefined) return [];
  const cut = callsEndedWith(part, cancelled).filter((call) => lastedFor(call, cancelled.at) && mayHaveBeenCut(call));
  return cut.map((call) => [
    call,
    { ...cancelled, about: "self", passedOn: false, at: call.span?.end ?? cancelled.at },
  ]);
}

/** True where no clock shows that the callee of a call had been over before it. */
function mayHaveBeenCut(call: Call): boolean {
  return wasCutOff(call, ONE_CLOCK_MS) || call.callees.some((callee) => !clocksOf(call, callee).same);
}

/** True where a call was under way until shortly before a moment; some are recorded only until their answer begins. */
function lastedFor({ span }: Call, at: number): boolean {
  return span !== null && at - span.end <= ONE_CUT_MS;
}

/** A call of whose end its own record tells nothing, or nothing but good; what its callee says shows that it was ended. */
export function hiddenEnd(call: Call): End | null {
  const { span } = call;
  const callee = calleeOf(call);
  const line = span?.lines[0];
  if (span === null || line === undefined || callee === null || servedBy(callee) === null) return null;
  const hidden = hiddenStatus(call, callee) ?? hiddenAbort(call, callee) ?? hiddenBreak(call, callee);
  if (hidden === null) return null;
  return {
    about: "self",
    passedOn: false,
    remote: null,
    external: null,
    intent: null,
    answered: false,
    line,
    ...hidden,
  };
}

type Hidden = Pick<End, "how" | "kind" | "knowledge" | "message" | "at">;

/** Whoever waits for the answer to a call has the status that its callee ended with. */
function hiddenStatus(call: Call, callee: Part): Hidden | null {
  // Of several callees some were asked by others; a claim about a stream speaks of its own caller
  if (protocolOf(call) !== "rpc" || call.callees.length > 1) return null;
  const told = endsOfSpan(callee.root).find(({ about, how }) => about === "caller" && how !== "failed");
  if (told?.line.evidence.type !== "request") return null;
  // Such a span may end only when somebody tidies up
  const at = Math.min(call.span?.end ?? Number.POSITIVE_INFINITY, endForCaller(call, callee));
  const message = "ended without the status that its callee was cancelled with";
  return { how: told.how, kind: told.kind, knowledge: "fact", message, at };
}

/** Some instrumentations hide an abort that was meant: a request without an answer, whose callee was at work or gave none. */
function hiddenAbort(call: Call, callee: Part): Hidden | null {
  const span = call.span as Span;
  if (!isWithoutAnswer(span)) return null;
  const outlived = wasCutOff(call, CUT_OFF_MS);
  if (!outlived && !isUnanswered(call, callee)) return null;
  const message = outlived ? "ended without an answer while its callee was at work" : "ended without an answer";
  return { how: "cancel", kind: "cancel", knowledge: "hearsay", message, at: span.end };
}

/**
 * An answer that had begun, whose server has no status of it, though its caller has one of its own: it broke off, if servers in that
 * language record one, or if it was still at work when the response that it was for was over.
 */
function hiddenBreak(call: Call, callee: Part): Hidden | null {
  const answer = factOf(call.span)?.answer ?? "";
  const served = servedBy(call.part);
  if (!BEGUN.test(answer) || served === null || !isWithoutAnswer(callee.root)) return null;
  const own = factOf(served);
  if (own?.protocol !== "http" || own.answer === null) return null;
  const alike = own.language !== null && own.language === factOf(callee.root)?.language;
  const over = endForCaller(call, callee);
  const outlives = clocksOf(call, callee).same && over - served.end >= CUT_OFF_MS;
  if (!alike && !outlives) return null;
  const message = "let go of a callee that was in the middle of its answer";
  // Whoever left it had done so when its own response was over, and may have been noticed late
  return { how: "cancel", kind: "cancel", knowledge: "hearsay", message, at: Math.min(over, served.end) };
}

/** The status of an answer with a body, which may break off. */
const BEGUN = /^2\d\d$/;

/** True where neither end of a call has a status, though the caller is seen to record those of its other calls, or the callee was over later. */
function isUnanswered(call: Call, callee: Part): boolean {
  if (!isWithoutAnswer(callee.root)) return false;
  const recorded = call.part.spans.filter((span) => (factOf(span)?.answer ?? null) !== null);
  return recorded.some(({ role }) => role === "sent") || (recorded.length > 0 && wasCutOff(call, ONE_CLOCK_MS));
}

/** True for a request over HTTP that has no status, and no error either. */
export function isWithoutAnswer(span: Span): boolean {
  const fact = factOf(span);
  return fact?.protocol === "http" && fact.answer === null && fact.status === "unset" && fact.outcome === null;
}
