/**
 * Lines in free words, as what they let be seen of the end of a stream. No grammar says whose stream a line is about and who was cancelled by
 * whom: that follows from what several lines show together.
 */
import type { Claim, Evidence, FailedAnswer, Kind, Mark, Sighting } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";

/**
 * What a line shows, seen from the service that wrote it:
 *
 * - `timer`, `act`, `limit`: it ended the stream itself: by a timer, on purpose, because something was too much
 * - `caller`, `callee`: a neighbour went away
 * - `reset`: something reset its stream, on nobody knows which side
 * - `answer`: its callee answered with this, and may only hand it on; `between`: something between the two answered
 * - `refusal`: its callee answered with an error of its own
 * - `word`: a cancel or a deadline, nobody's so far
 * - `guess`: words that are known to be wrong about whose doing it was
 */
export type Saw =
  | "timer"
  | "act"
  | "limit"
  | "caller"
  | "callee"
  | "reset"
  | "answer"
  | "between"
  | "refusal"
  | "word"
  | "guess";

/** A line with a sighting. */
export type SightedLine = Line & { readonly evidence: { readonly sighting: Sighting } };

/** One line about the end of a stream. */
export interface Sight {
  readonly line: SightedLine;
  readonly saw: Saw;
  readonly kind: Kind;
  /** Empty for a writer that nobody names. */
  readonly service: string;
  readonly at: number;
  readonly sighting: Sighting;
  /** How coarse its time is. */
  readonly stepMs: number;
  /** True where another line of the same process explains this one. */
  muted: boolean;
  /** True where the service handed what it saw on to those below. */
  passedOn: boolean;
}

/** True for a line that was read by its words. */
export function isSighted(line: Line): line is SightedLine {
  return line.evidence.sighting !== undefined;
}

/** What a line with these ids shows of the end of a stream; null for a line about something else. */
export function sightOf(line: SightedLine, marks: readonly Mark[]): Sight | null {
  const { evidence, at } = line;
  if (evidence.type !== "claim" && evidence.type !== "answer") return null;
  const { kind } = evidence;
  const sighting = { ...evidence.sighting, marks };
  const saw = evidence.type === "claim" ? sawIn(evidence) : answered(evidence);
  const { stepMs = 1 } = evidence;
  return { line, saw, kind, service: evidence.service ?? "", at, sighting, stepMs, muted: false, passedOn: false };
}

function sawIn({ observation, about, knowledge, kind }: Claim): Saw {
  if (observation === "lost") return "callee";
  if (observation === "received" || observation === "relayed") {
    if (about === "caller") return "caller";
    return knowledge === "hearsay" ? "guess" : "reset";
  }
  if (knowledge === "hearsay") return "word";
  if (kind === "deadline") return "timer";
  return kind === "error" ? "limit" : "act";
}

function answered({ returned, kind }: FailedAnswer): Saw {
  if (!returned) return "between";
  return kind === "error" ? "refusal" : "answer";
}

/** True where one line surely stands after another: by their times, or by their place in one source. */
export function isAfter(later: Line, earlier: Line): boolean {
  if (sourceOf(later.evidence) === sourceOf(earlier.evidence)) return lineOf(later.evidence) > lineOf(earlier.evidence);
  return later.at > earlier.at;
}

/** The source a line stands in; empty for a span. */
function sourceOf({ place }: Evidence): string {
  return "source" in place ? place.source : "";
}

function lineOf({ place }: Evidence): number {
  return "source" in place ? (place.line ?? place.byte ?? 0) : 0;
}

/** The party outside that a line names. */
export function externalIn({ evidence }: SightedLine): string | undefined {
  return evidence.type === "claim" ? evidence.external : undefined;
}
