/** Where in a source a moment stands: its lines are in order of time, more or less, so a few of them are asked. */
import type { Instant } from "../../model/index.ts";
import type { RandomBytes } from "./bytes.ts";

const PROBE_BYTES = 32 * 1024;
/** So far is looked for a line with a time. */
const FURTHEST_BYTES = 512 * 1024;

/** The time of a line; null where it has none. */
export type TimeOf = (line: string) => Instant | null;

/** A part of a source, from the beginning of a line to behind the end of one. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Where a span of time stands. */
export interface SpanRange extends ByteRange {
  /** The time of the first line that has one; null where none has. */
  readonly startAt: Instant | null;
}

/** The part of a range in which the lines of a span of time stand, and a little around it; empty where there are none. */
export async function rangeOfSpan(
  bytes: RandomBytes,
  { from, to }: ByteRange,
  span: { readonly from: Instant; readonly to: Instant },
  timeOf: TimeOf,
): Promise<SpanRange> {
  const probe = Buffer.allocUnsafe(PROBE_BYTES);
  const [start] = await datedLine(bytes, { from, to }, timeOf, probe);
  if (start === undefined) return { from, to: from, startAt: null };
  const first = await search(bytes, { from, to }, span.from, timeOf, probe);
  const last = await search(bytes, { from: first.from, to }, span.to + 1n, timeOf, probe);
  return { from: first.from, to: last.to, startAt: start.at };
}

/** The last known line before a moment, and the first known one after it. */
async function search(
  bytes: RandomBytes,
  range: ByteRange,
  at: Instant,
  timeOf: TimeOf,
  probe: Buffer,
): Promise<ByteRange> {
  let { from, to } = range;
  const [beginning] = await datedLine(bytes, range, timeOf, probe);
  if (beginning !== undefined && beginning.at >= at) return { from, to: beginning.byte };
  for (let high = to; high - from > PROBE_BYTES; ) {
    const middle = from + Math.floor((high - from) / 2);
    const [line] = await datedLine(bytes, { from: middle, to: high }, timeOf, probe);
    if (line !== undefined && line.at < at) from = line.byte;
    else {
      // Where no line has a time, as far as anybody looks, the first half decides
      high = middle;
      if (line !== undefined) to = line.byte;
    }
  }
  return { from, to };
}

/** The first line with a time that begins in a range. */
async function datedLine(
  bytes: RandomBytes,
  { from, to }: ByteRange,
  timeOf: TimeOf,
  probe: Buffer,
): Promise<{ readonly byte: number; readonly at: Instant }[]> {
  const end = Math.min(to, from + FURTHEST_BYTES);
  // The byte before says whether a line begins here
  for (let at = Math.max(0, from - 1); at < end; ) {
    const count = await bytes.readAt(probe, at);
    if (count === 0) return [];
    const text = probe.subarray(0, count);
    let begin = at === 0 ? 0 : text.indexOf(10) + 1;
    if (at > 0 && begin === 0) {
      at += count;
      continue;
    }
    const first = begin;
    for (let lf = text.indexOf(10, begin); lf >= 0 && at + begin < end; lf = text.indexOf(10, begin)) {
      const time = timeOf(text.toString("utf8", begin, lf));
      if (time !== null) return [{ byte: at + begin, at: time }];
      begin = lf + 1;
    }
    // A line that goes on behind the probe is looked at next, or passed over where it is longer
    at += begin > first || at === 0 ? Math.max(1, begin - 1) : count;
  }
  return [];
}
