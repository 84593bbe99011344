/** What is said of rows that came or changed a moment ago. */
import type { Cascade, Confidence } from "../../model/index.ts";
import type { Progress } from "../feed.ts";
import { type Segment, span } from "../line.ts";
import { styleOfConfidence } from "../theme.ts";

/** The cascades that came or changed lately. */
export type Recent = Pick<Progress, "fresh" | "young">;

/** True for a row some of whose cascades came or changed a moment ago. */
export function isNew(members: readonly Cascade[], { fresh }: Recent): boolean {
  return fresh.size > 0 && members.some(({ id }) => fresh.has(id));
}

/** How sure; a sign instead while all there is came in the last second: more may be on its way. */
export function sureCell(
  confidence: Confidence,
  members: readonly Cascade[],
  { young }: Recent,
  waiting: string,
): Segment {
  if (members.every(({ origin }) => origin.overruled !== undefined)) return span("yours", styleOfConfidence("yours"));
  const isYoung = young.size >= members.length && members.every(({ id }) => young.has(id));
  return isYoung ? span(waiting, "dim") : span(confidence, styleOfConfidence(confidence));
}
