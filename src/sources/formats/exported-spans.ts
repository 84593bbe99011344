/** What the exports of Jaeger and Zipkin have in common: times in microseconds, and spans in no order. */
import type { Instant, SourceRecord } from "../../model/index.ts";
import { textOfJson } from "./json-values.ts";

/** A time or a duration in whole microseconds, in nanoseconds; null for anything else. */
export function parseMicros(value: unknown): Instant | null {
  const text = textOfJson(value);
  return /^\d{1,17}$/.test(text) ? BigInt(text) * 1000n : null;
}

/** Sorts records by their time, which is the end of a span; those without one come first. */
export function sortByEnd(records: SourceRecord[]): SourceRecord[] {
  return records.sort((a, b) => (a.at === b.at ? 0 : (a.at ?? 0n) < (b.at ?? 0n) ? -1 : 1));
}
