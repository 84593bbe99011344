/** Where a record stands in a text source: `line` counts from 1, `byte` from 0 (the line's first byte, after decompression). */
export interface SourcePlace {
  readonly source: string;
  readonly line?: number;
  readonly byte?: number;
}

/** Where a record stands in a trace: ids in lower-case hex. */
export interface SpanPlace {
  readonly traceId: string;
  readonly spanId: string;
}

/** Where something was read, so that a person can look it up. */
export type Place = SourcePlace | SpanPlace;

/** Writes a place for people: `api.log:17`, or `trace 7f3a… span 9c1e…` with the whole ids. */
export function formatPlace(place: Place): string {
  if ("traceId" in place) return `trace ${place.traceId} span ${place.spanId}`;
  if (place.line !== undefined) return `${place.source}:${place.line}`;
  return place.byte === undefined ? place.source : `${place.source}@${place.byte}`;
}
