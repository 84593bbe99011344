/**
 * Which end of a call ended it: its caller (`down`) or what is below (`up`). Sure is only what one service's own library or one clock
 * shows.
 */

import { isSetTime } from "../set-time.ts";
import {
  ANSWERS_LATE_MS,
  CALLEE_ENDS_LATE_MS,
  ONE_CUT_MS,
  ONE_INSTANT_MS,
  RESPONSE_FOLLOWS_MS,
  SAME_STATUS_MS,
  SET_STEP_MS,
} from "../tolerances.ts";
import { clocksOf, endForCaller } from "./clocks.ts";
import { type End, endsOfSpan } from "./ends.ts";
import { type Call, calleeOf, type Part, protocolOf, servedBy } from "./parts.ts";
import { factOf } from "./spans.ts";

/** Who ended a call, and whether that can be doubted. */
export interface Direction {
  readonly way: "down" | "up";
  readonly sure: boolean;
}

/** A text as long as this, with a measured number in it, is no coincidence. */
const TELLING = 30;

/** What is known of the calls around one. */
export interface Around {
  /** The ends of the calls of the parts below. */
  readonly ends: readonly End[];
  /** True if one of them was ended by its caller. */
  readonly cutDown: boolean;
  /** True if another call of the same part had failed right before. */
  readonly afterFailure: boolean;
}

/** Says which way the end of a call went. */
export function directionOf(call: Call, end: End, around: Around): Direction {
  if (end.how === "gone") return ofLost(call, end);
  // A callee that ends what it serves tells its callers so
  if (end.about === "callee" && end.how !== "failed") return UP;
  const travels = protocolOf(call) === "rpc" && end.knowledge !== "fact";
  return travels ? ofStatus(call, end, around) : { way: "down", sure: end.knowledge !== "hearsay" };
}

function ofLost(call: Call, end: End): Direction {
  const callee = calleeOf(call);
  if (end.about !== "connection") return { way: "up", sure: callee === null || endsBy(call, callee, end) };
  if (followsResponse(call.part, end.at)) return { way: "down", sure: callee !== null && !endsBy(call, callee, end) };
  if (callee === null) return { way: "up", sure: false };
  return { way: endsBy(call, callee, end) ? "up" : "down", sure: false };
}

/** True where the callee was over when the call was, or right after. */
function endsBy(call: Call, callee: Part, end: End): boolean {
  return endForCaller(call, callee) - end.at <= CALLEE_ENDS_LATE_MS;
}

/** True where the response that a call was for had ended right before: whoever waited for it had left. */
function followsResponse(part: Part, at: number): boolean {
  const served = servedBy(part);
  if (served === null || factOf(served)?.endsWithCaller !== true) return false;
  return at - served.end > ONE_INSTANT_MS && at - served.end <= RESPONSE_FOLLOWS_MS;
}

/** A status may have come from anywhere below. */
function ofStatus(call: Call, end: End, around: Around): Direction {
  const callee = calleeOf(call);
  if (followsResponse(call.part, end.at)) return { way: "down", sure: true };
  const named = remoteOf(call, end);
  if (named !== null) return { way: named ? "down" : "up", sure: true };
  if (around.ends.some((other) => isSameText(other, end))) return UP;
  // The unseen one may have handed the status on
  if (callee === null) return { way: "down", sure: false };
  return ofAnswer(callee, end) ?? ofOrder(call, callee, end, around);
}

/** What the callee says that it answered: a status that it does not have cannot have come from it, if perhaps from a proxy between. */
function ofAnswer(callee: Part, end: End): Direction | null {
  const [told] = endsOfSpan(callee.root);
  const other = told === undefined ? factOf(callee.root)?.status === "ok" : told.how !== end.how;
  if (other) return end.answered ? { way: "down", sure: false } : DOWN;
  if (told !== undefined && told.about === "caller" && told.knowledge !== "hearsay") return DOWN;
  // It answered so itself: whoever called it had not ended the call, unless a deadline came with it
  if (told?.about === "self" && told.line.evidence.side === "server") return { way: "up", sure: end.how !== "timer" };
  return end.answered ? UP : null;
}

const DOWN: Direction = { way: "down", sure: true };
const UP: Direction = { way: "up", sure: true };

/** Both ends have one status: then only a long time between them shows whose it was. */
function ofOrder(call: Call, callee: Part, end: End, around: Around): Direction {
  // Whoever calls two and gets an error from one lets go of the other
  if (around.afterFailure && callee.calls.length === 0) return DOWN;
  const after = endForCaller(call, callee) - end.at;
  const { same } = clocksOf(call, callee);
  if (isOutlasted(call, callee, around)) return DOWN;
  if (Math.abs(after) > ONE_CUT_MS) return { way: after > 0 ? "down" : "up", sure: same };
  if (isMadeHere(callee, end, around) || (same && isFollowed(after, end, around))) return DOWN;
  if (end.how === "timer" && countedByCallee(call, callee, end)) return UP;
  // A deadline is over everywhere at once, wherever it was set first
  const skewed = call.part.skewed || callee.skewed;
  const up = !skewed && end.how !== "timer" && around.cutDown && after < -SAME_STATUS_MS;
  return { way: up ? "up" : "down", sure: false };
}

/** True where a callee, and what it had called, was at work for longer than its call lasted: on whatever clocks, it was over later. */
function isOutlasted({ span }: Call, { root }: Part, { ends }: Around): boolean {
  if (span === null || root.role !== "served") return false;
  const outlasts = (at: number, byMs: number): boolean => at - root.start - (span.end - span.start) > byMs;
  // The record of a request that was answered may end late
  if (ends.length === 0) return outlasts(root.end, ONE_CUT_MS);
  return [root.end, ...ends.map(({ at }) => at)].every((at) => outlasts(at, ANSWERS_LATE_MS));
}

/** True where all that a status could have come from was over clearly later. */
function isFollowed(after: number, { at }: End, { ends }: Around): boolean {
  return after > ANSWERS_LATE_MS && ends.length > 0 && ends.every((other) => other.at - at > ANSWERS_LATE_MS);
}

/** True for the words of the caller's own library, which nobody below has: they did not come up. */
function isMadeHere(callee: Part, { knowledge, message }: End, { ends }: Around): boolean {
  if (knowledge !== "reading" || message === "") return false;
  return [...endsOfSpan(callee.root), ...ends].every((other) => !other.message.includes(message));
}

/** True where a whole time was over for a call of the callee's, as that counts, and none for the call to it: the timer was set below. */
function countedByCallee({ span, part }: Call, callee: Part, end: End): boolean {
  const counted = (at: number, starts: readonly number[], stepMs: number): boolean =>
    starts.some((start) => isSetTime(at - start, stepMs));
  // People set half steps as well; what may be one is no proof against the caller
  if (counted(end.at, [span?.start ?? end.at, part.root.start], SET_STEP_MS / 2)) return false;
  return callee.calls.some(
    (below) =>
      below.span !== null &&
      endsOfSpan(below.span).some(
        ({ how, at }) => how === "timer" && counted(at, [below.span?.start ?? at, callee.root.start], SET_STEP_MS),
      ),
  );
}

/** True where the text names the end of this very call, false where it names another; null where nothing can be compared. */
function remoteOf(call: Call, { remote }: End): boolean | null {
  const address = factOf(call.span)?.address ?? null;
  if (remote === null || address === null) return null;
  const port = (text: string): string => text.slice(text.lastIndexOf(":") + 1);
  // A name on one side and a number on the other are not comparable, their ports are
  return port(remote) === port(address);
}

function isSameText(a: End, b: End): boolean {
  return a.message === b.message && (a.answered || (a.message.length > TELLING && /\d\.\d/.test(a.message)));
}
