/**
 * Several places in few words.
 */
import { formatPlace, type Place } from "../model/index.ts";

/**
 * Writes places for people, those of one source together: `api.log:5, 9, 11`. Each item of the list is one source; what goes beyond
 * `limit` places is counted in a last item.
 */
export function formatPlaces(places: readonly Place[], limit: number): readonly string[] {
  const items: string[] = [];
  let source: string | null = null;
  for (const place of places.slice(0, limit)) {
    const sameSource = "source" in place && place.line !== undefined && place.source === source;
    if (sameSource) items.push(`${items.pop()}, ${place.line}`);
    else items.push(formatPlace(place));
    source = "source" in place && place.line !== undefined ? place.source : null;
  }
  const more = places.length - limit;
  if (more > 0) items.push(`${more} more`);
  return items;
}
