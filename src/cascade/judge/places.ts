/** Where the lines behind a statement stand. */
import type { Place } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";

/** Statements list at most so many places. */
export const MAX_PLACES = 20;

/** The places of some lines in their order, each once: a line may hold several pieces of evidence. At most {@link MAX_PLACES}. */
export function placesOf(lines: readonly Line[]): readonly Place[] {
  const places: Place[] = [];
  for (const { evidence } of lines) {
    if (places.length === MAX_PLACES) break;
    if (!places.some((place) => comparePlaces(place, evidence.place) === 0)) places.push(evidence.place);
  }
  // A list that has grown has room for sixteen more, and every statement of ten thousand cascades has one
  return places.slice();
}

/** Order of places: by source and line, or by trace and span. */
export function comparePlaces(a: Place, b: Place): number {
  if ("source" in a && "source" in b) {
    return compare(a.source, b.source) || (a.line ?? 0) - (b.line ?? 0) || (a.byte ?? 0) - (b.byte ?? 0);
  }
  if ("spanId" in a && "spanId" in b) return compare(a.spanId, b.spanId) || compare(a.traceId, b.traceId);
  return "source" in a ? -1 : 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
