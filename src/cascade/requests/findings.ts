/**
 * What is found out about the calls of a trace before anybody is judged: how each ended and which end of it ended it. Deepest first: who
 * ended a call can depend on the calls below.
 */

import { ANSWERED_BY_CALL_MS, CUT_OFF_MS, ONE_INSTANT_MS, PASSED_ON_MS } from "../tolerances.ts";
import { clocksOf, endForCaller } from "./clocks.ts";
import { type Direction, directionOf } from "./direction.ts";
import { callsEndedWith, type End, endOfCall, endsOfWork } from "./ends.ts";
import { type Call, calleeOf, type Part, servedBy, topDown } from "./parts.ts";
import { factOf } from "./spans.ts";

/** A call that was ended before its time. */
export interface Cut {
  readonly end: End;
  readonly direction: Direction;
}

/** The findings of one trace. */
export class Findings {
  readonly parts: readonly Part[];
  readonly #cuts = new Map<Call, Cut>();
  readonly #failed = new Map<Call, End>();
  readonly #inverted = new Map<Part, Inversion>();

  constructor(parts: readonly Part[]) {
    this.parts = topDown(parts);
    for (const part of this.parts.toReversed()) this.#read(part);
    for (const part of this.parts.toReversed()) this.#invert(part);
  }

  /** How a call was ended before its time; null where it was not. */
  cut(call: Call): Cut | null {
    return this.#cuts.get(call) ?? null;
  }

  /** The error that a call ended with, which cut nobody's work; null where there is none. */
  failure(call: Call): End | null {
    return this.#failed.get(call) ?? null;
  }

  /** What shows silently that the caller of a part had left; null where nothing does. */
  inversion(part: Part): Inversion | null {
    return this.#inverted.get(part) ?? null;
  }

  /** The calls of a part that it ended itself, the earliest first. */
  cutDown(part: Part): readonly (readonly [Call, Cut])[] {
    return this.#of(part, "down");
  }

  /** The calls of a part that were ended from below, the earliest first. */
  cutUp(part: Part): readonly (readonly [Call, Cut])[] {
    return this.#of(part, "up");
  }

  #of(part: Part, way: Direction["way"]): readonly (readonly [Call, Cut])[] {
    const found = part.calls.flatMap((call): (readonly [Call, Cut])[] => {
      const cut = this.#cuts.get(call);
      return cut?.direction.way === way ? [[call, cut]] : [];
    });
    return found.sort(([, a], [, b]) => a.end.at - b.end.at);
  }

  #read(part: Part): void {
    for (const call of part.calls) this.#note(call, endOfCall(call) ?? hiddenEnd(call));
    if (part.calls.some((call) => this.#cuts.has(call))) return;
    const spoken = endsOfWork(part).find(({ how, passedOn }) => (how === "timer" && !passedOn) || how === "gone");
    if (spoken === undefined) return;
    for (const call of callsEndedWith(part, spoken)) this.#note(call, spoken);
  }

  #note(call: Call, end: End | null): void {
    if (end === null) return;
    if (end.how === "failed") this.#failed.set(call, end);
    else this.#cuts.set(call, { end, direction: directionOf(call, end, this.#below(call)) });
  }

  #below(call: Call): { ends: readonly End[]; cutDown: boolean } {
    const cuts = call.callees.flatMap(({ calls }) => calls.map((each) => this.#cuts.get(each)));
    const known = cuts.filter((cut) => cut !== undefined);
    return { ends: known.map(({ end }) => end), cutDown: known.some(({ direction }) => direction.way === "down") };
  }

  #invert(part: Part): void {
    if (part.calls.some((call) => this.#cuts.has(call))) return;
    const found = inversionOf(part, (other) => this.cutDown(other).length > 0);
    if (found !== null) this.#inverted.set(part, found);
  }
}

/** A request that ended without any answer while its callee was at work: some instrumentations hide an abort that was meant. */
function hiddenEnd(call: Call): End | null {
  const { span } = call;
  const callee = calleeOf(call);
  const fact = factOf(span);
  const line = span?.lines[0];
  if (fact?.protocol !== "http" || fact.answer !== null || fact.status !== "unset") return null;
  if (span === null || line === undefined || callee === null || servedBy(callee) === null) return null;
  if (!clocksOf(call, callee).same || endForCaller(call, callee) - span.end <= CUT_OFF_MS) return null;
  return {
    how: "cancel",
    kind: "cancel",
    about: "self",
    knowledge: "hearsay",
    passedOn: false,
    message: "ended without an answer while its callee was at work",
    remote: null,
    external: null,
    intent: null,
    at: span.end,
    line,
  };
}

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

/** True where the callee of a call, on the same clock, was over no earlier than the call was: it had not ended by itself. */
function wasCutOff(call: Call, byMs: number): boolean {
  const end = call.span?.end ?? Number.POSITIVE_INFINITY;
  return call.callees.some((callee) => clocksOf(call, callee).same && endForCaller(call, callee) - end >= byMs);
}

/** An answer that nobody reads to its end looks the same at one service: it takes two in a row, or a callee that was clearly cut off. */
function inversionOf(part: Part, isCutDown: (other: Part) => boolean): Inversion | null {
  const calls = callsThatWentOn(part);
  const at = servedBy(part)?.end ?? 0;
  const gap = calls.reduce((widest, { span }) => Math.max(widest, (span?.end ?? at) - at), 0);
  if (gap === 0) return null;
  if (gap >= PASSED_ON_MS) {
    const lives = calls.some((call) => call.callees.some((callee) => endForCaller(call, callee) - at >= PASSED_ON_MS));
    return part.above === null && !part.orphan && lives ? { at, how: "forgot", sure: false, calls } : null;
  }
  const isCutToo = (other: Part): boolean =>
    isCutDown(other) || callsThatWentOn(other).some((call) => wasCutOff(call, 0));
  const { above } = part;
  const below = calls.some((call) => wasCutOff(call, 0) && call.callees.some(isCutToo));
  if (
    below ||
    (above !== null && wasCutOff(above, 0) && calls.some((call) => wasCutOff(call, 0)) && isCutToo(above.part))
  )
    return { at, how: "passed-on", sure: true, calls };
  return calls.some((call) => wasCutOff(call, CUT_OFF_MS)) ? { at, how: "passed-on", sure: false, calls } : null;
}
