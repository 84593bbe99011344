/**
 * When the last lines of a file were written whose lines say no day. They tell the day of all of it: no line is later, and whatever zone they were
 * written in, or how far the disk's clock is off, they are as far from when the file was written to.
 */

import type { ShapeContext } from "../formats/draft.ts";
import { readEvent } from "../formats/event.ts";
import type { RandomBytes } from "../scan/bytes.ts";

const TAIL_BYTES = 64 * 1024;
/** So many last lines are asked: those of several threads are in no strict order. */
const MAX_LINES = 100;

/** Sets the clock of such a file to its last lines. */
export async function tellLastMoment(bytes: RandomBytes, size: number, context: ShapeContext): Promise<void> {
  const { clock } = context;
  const tail = Buffer.allocUnsafe(Math.min(size, TAIL_BYTES));
  const count = await bytes.readAt(tail, size - tail.length);
  const lines = tail.toString("utf8", 0, count).split("\n").slice(-MAX_LINES);
  const times = lines.flatMap((line) => {
    const { at, dated } = readEvent(line, context);
    return at === null || dated ? [] : [Number(at / 1_000_000n)];
  });
  const last = times.at(-1);
  if (last === undefined) return;
  let latest = last;
  // Lines at the end may be in disorder; those far from the last one are none of them, though a day later they would be near
  for (const time of times.toReversed()) {
    const after = (((time - last) % DAY_MS) + DAY_MS) % DAY_MS;
    if (after > DISORDER_MS && after < DAY_MS - DISORDER_MS) break;
    if (after <= DISORDER_MS) latest = Math.max(latest, last + after);
  }
  clock.nearMs = latest;
  clock.aheadMs = AHEAD_MS;
}

const DAY_MS = 86_400_000;
/** How far lines that stand near each other may be in disorder. */
const DISORDER_MS = 60_000;
/** What is finer than a millisecond. */
const AHEAD_MS = 1;
