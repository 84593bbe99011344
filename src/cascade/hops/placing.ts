/**
 * Lines that say their time only to a second or a minute, or not at all, stand between their neighbours in the same source: those say it.
 */

import { SAME_MOMENT_MS } from "../tolerances.ts";
import type { Line } from "./hop.ts";

/** Gives such lines the time of a neighbour that says it more finely. The order of the lines does not matter. */
export function placeLines(lines: readonly Line[]): readonly Line[] {
  if (lines.every(isFine)) return lines;
  const sources = new Map<string, Line[]>();
  for (const line of lines) {
    const { place } = line.evidence;
    if (!("source" in place)) continue;
    const own = sources.get(place.source);
    if (own === undefined) sources.set(place.source, [line]);
    else own.push(line);
  }
  const moved = new Map<Line, Line>();
  for (const own of sources.values()) {
    own.sort((a, b) => lineOf(a) - lineOf(b));
    let before: number | null = null;
    for (let index = 0; index < own.length; index += 1) {
      const line = own[index] as Line;
      if (isFine(line)) {
        before = line.at;
        continue;
      }
      const after = own.slice(index + 1, index + 200).find(isFine)?.at ?? null;
      const at = placeBetween(line, before, after);
      if (at !== null && at !== line.at)
        moved.set(line, { ...line, at, ...(line.placed === undefined ? {} : { placed: "after" }) });
    }
  }
  return moved.size === 0 ? lines : lines.map((line) => moved.get(line) ?? line);
}

/** True for a line that says when it was written, to the millisecond. */
export function isFine({ placed, evidence }: Line): boolean {
  return placed === undefined && (evidence.stepMs ?? 1) === 1;
}

function lineOf({ evidence: { place } }: Line): number {
  return "line" in place ? (place.line ?? 0) : 0;
}

/** A line is written right before the next one as often as right after the last; the nearer of both decides. */
function placeBetween(line: Line, before: number | null, after: number | null): number | null {
  const stepMs = line.evidence.stepMs ?? 1;
  const fits = (at: number): boolean => line.placed !== undefined || (at >= line.at - 1 && at < line.at + stepMs);
  const usable = (at: number | null): at is number => at !== null && fits(at);
  if (usable(after) && (!usable(before) || after - before <= SAME_MOMENT_MS)) return after;
  return usable(before) ? before : null;
}
