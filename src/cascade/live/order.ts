/** The order in which cascades are listed: by their first instant, those without one last. */
import type { Cascade } from "../../model/index.ts";

/** Of cascades that began together the origin decides, then the trace, so that the order of arrival does not matter. */
export function byFirstAt(
  a: Pick<Cascade, "firstAt" | "origin" | "traceId">,
  b: Pick<Cascade, "firstAt" | "origin" | "traceId">,
): number {
  if (a.firstAt !== b.firstAt) {
    if (a.firstAt === undefined) return 1;
    if (b.firstAt === undefined) return -1;
    return a.firstAt < b.firstAt ? -1 : 1;
  }
  return (
    compare(a.origin.service ?? "", b.origin.service ?? "") ||
    compare(a.origin.kind, b.origin.kind) ||
    compare(a.traceId ?? "", b.traceId ?? "")
  );
}

/** Joins lists that are in order to one; of equal cascades those of the earlier list come first. */
export function merge(one: readonly Cascade[], other: readonly Cascade[]): Cascade[] {
  const merged: Cascade[] = new Array(one.length + other.length);
  let left = 0;
  let right = 0;
  for (let place = 0; place < merged.length; place += 1) {
    const a = one[left];
    const b = other[right];
    if (a !== undefined && (b === undefined || byFirstAt(a, b) <= 0)) {
      merged[place] = a;
      left += 1;
    } else {
      merged[place] = b as Cascade;
      right += 1;
    }
  }
  return merged;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
