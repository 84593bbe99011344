/**
 * Whether days stand before months in the times of a file: the first lines may be of a day that could be a month as well, and one further down
 * tells. Only a file that begins with such a day is looked at.
 */
import type { Clock } from "../formats/times.ts";
import type { RandomBytes } from "../scan/bytes.ts";

/** The first day of two numbers in the head of each line, before a time of day. */
const DAYS = /^[^\n]{0,80}?(?<![\d/.-])(\d{1,2})([/-])(\d{1,2})\2\d{4}(?:,?[ T]|\] \[)\d{1,2}:\d\d/gm;
const PROBE_BYTES = 64 * 1024;
/** Where in a file is looked, as parts of it: the last lines are the furthest from the first day. */
const PROBES = [1, 0.5, 0.25, 0.75] as const;

/** `day` or `month` by what stands first where that can only be one of them; `either` where no line tells, null where none has such a day. */
function orderIn(text: string): "day" | "month" | "either" | null {
  let found: "either" | null = null;
  for (const [, first, , other] of text.matchAll(DAYS)) {
    if (Number(first) > 12) return "day";
    if (Number(other) > 12) return "month";
    found = "either";
  }
  return found;
}

/** Tells the clock of a file that begins with `first` which stands first, where a line of it says so. */
export async function tellDayOrder(bytes: RandomBytes, size: number, first: Buffer, clock: Clock): Promise<void> {
  let order = orderIn(first.toString("latin1"));
  if (order === null) return;
  const probe = Buffer.allocUnsafe(PROBE_BYTES);
  for (const part of PROBES) {
    if (order !== "either") break;
    const from = Math.max(first.length, Math.floor(size * part) - PROBE_BYTES);
    if (from >= size) continue;
    const count = await bytes.readAt(probe, from);
    const text = probe.toString("latin1", 0, count);
    // What it begins with is the rest of a line
    order = orderIn(text.slice(text.indexOf("\n") + 1)) ?? order;
  }
  if (order !== "either") clock.dayFirst = order === "day";
}
