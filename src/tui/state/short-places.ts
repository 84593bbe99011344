/** Places as a person who looks at one cancel tells them apart: without the folders that all of its files share. */
import type { Cascade, Place } from "../../model/index.ts";

/** The same place with the end of its file's path, as much of it as no other file of the cancel ends with. */
export type ShortPlace = (place: Place) => Place;

const known = new WeakMap<Cascade, ShortPlace>();

/** Shortens the places of a cancel. A span loses nothing: its trace is an id. */
export function shortPlacesOf(cascade: Cascade): ShortPlace {
  const before = known.get(cascade);
  if (before !== undefined) return before;
  const { origin, falseOrigins, reached, evidence, ghosts = [], trigger } = cascade;
  const shorten = shortPlaces([
    ...[...origin.reasons, ...falseOrigins.flatMap(({ reasons }) => reasons)].flatMap(({ places }) => places),
    ...[...reached, ...ghosts].flatMap(({ places }) => places),
    ...evidence.map(({ place }) => place),
    ...(trigger?.place === undefined ? [] : [trigger.place]),
  ]);
  known.set(cascade, shorten);
  return shorten;
}

/** Shortens places among each other. */
export function shortPlaces(places: readonly Place[]): ShortPlace {
  const sources = [...new Set(places.flatMap((place) => ("source" in place ? [place.source] : [])))];
  const names = new Map(sources.map((source) => [source, endOf(source, 1)]));
  // Files of one name need their folders: pods write the same name, each below its own
  for (let parts = 2; ; parts += 1) {
    const doubled = sources.filter((source) => names.get(source) !== source && isShared(names, source));
    if (doubled.length === 0) break;
    for (const source of doubled) names.set(source, endOf(source, parts));
  }
  return (place) => ("source" in place ? { ...place, source: names.get(place.source) ?? place.source } : place);
}

function isShared(names: ReadonlyMap<string, string>, source: string): boolean {
  const name = names.get(source);
  return [...names].some(([other, its]) => other !== source && its === name);
}

/** The last parts of a path. */
function endOf(source: string, parts: number): string {
  const all = source.split("/");
  return all.length <= parts ? source : all.slice(-parts).join("/");
}
