/**
 * Where to cut a stream of evidence so that each part can be judged for good.
 *
 * A part ends in a quiet moment. Which moment that is depends only on the times of the evidence, never on the order of its arrival: a
 * cut is made once everything that could change it must have arrived.
 */
import type { Line } from "../hops/hop.ts";
import { GRACE_MS, PART_MS, SILENCE_MS } from "../tolerances.ts";

/** Lines to be judged now, and lines to be kept for later. */
export interface Cut {
  readonly judged: Line[];
  readonly kept: Line[];
  /** Nothing earlier than this is taken in any more. */
  readonly at: number;
}

/**
 * Cuts the first part off.
 *
 * @param lines sorted by time
 * @param sealedTo the last cut
 * @param horizon everything up to here has arrived
 * @returns null where no part is complete yet
 */
export function cut(lines: readonly Line[], sealedTo: number, horizon: number): Cut | null {
  const first = lines.find((line) => line.at >= sealedTo) ?? lines[0];
  if (first === undefined) return null;
  const start = Math.max(first.at, sealedTo);
  const limit = start + PART_MS;
  const at = moment(lines, start, limit, horizon);
  return at === null ? null : split(lines, at, PART_MS);
}

/** Cuts in the middle, whatever may still arrive: there is no room for more. A trace is kept whole only if that makes room. */
export function cutForRoom(lines: readonly Line[]): Cut {
  const { at } = lines[lines.length >> 1] as Line;
  const whole = split(lines, at, PART_MS);
  return whole.judged.length >= lines.length >> 2 ? whole : split(lines, at, 0);
}

/** Fewer lines than these are judged together, however long they take. */
const MANY_LINES = 5_000;

/**
 * Divides lines without a trace, sorted by time, into parts that have nothing to do with each other: at each silence, and where nothing is
 * ever silent as {@link cut} does. New lines change the part that they are in, and where nothing is silent those after it.
 */
export function parts(lines: readonly Line[]): Line[][] {
  const found: Line[][] = [];
  let start = 0;
  for (let index = 1; index <= lines.length; index += 1) {
    const next = lines[index]?.at ?? Number.POSITIVE_INFINITY;
    if (next - (lines[index - 1] as Line).at < SILENCE_MS) continue;
    found.push(...divided(lines.slice(start, index)));
    start = index;
  }
  return found;
}

function* divided(lines: Line[]): Iterable<Line[]> {
  let rest = lines;
  while (rest.length > MANY_LINES) {
    const start = (rest[0] as Line).at;
    const at = moment(rest, start, start + PART_MS, Number.POSITIVE_INFINITY) ?? start;
    const end = rest.findIndex((line) => line.at > at);
    if (end === -1) break;
    yield rest.slice(0, end);
    rest = rest.slice(end);
  }
  yield rest;
}

function moment(lines: readonly Line[], start: number, limit: number, horizon: number): number | null {
  let widest = -1;
  let best: number | null = null;
  for (let index = 0; index < lines.length; index += 1) {
    const here = (lines[index] as Line).at;
    if (here < start) continue;
    if (here > limit || here > horizon) break;
    const next = (lines[index + 1] as Line | undefined)?.at ?? Number.POSITIVE_INFINITY;
    const gap = Math.min(next, horizon) - here;
    if (gap >= SILENCE_MS) return here;
    if (here >= start + PART_MS / 2 && gap > widest) {
      widest = gap;
      best = here;
    }
  }
  return limit + GRACE_MS <= horizon ? best : null;
}

function split(lines: readonly Line[], at: number, heldMs: number): Cut {
  const goingOn = new Set<string>();
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] as Line;
    if (line.at <= at) break;
    if (line.at <= at + GRACE_MS && line.evidence.traceId !== null) goingOn.add(line.evidence.traceId);
  }
  const judged: Line[] = [];
  const kept: Line[] = [];
  for (const line of lines) {
    const { traceId } = line.evidence;
    const held = traceId !== null && goingOn.has(traceId) && line.at > at - heldMs;
    if (line.at <= at && !held) judged.push(line);
    else kept.push(line);
  }
  return { judged, kept, at };
}
