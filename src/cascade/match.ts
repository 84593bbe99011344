/**
 * One-to-one matching by nearest time.
 *
 * Order across services lies and clocks differ, so hops are linked by the smallest difference in either direction. Each left item gets
 * at most one right item and each right item serves at most one left item; ties go to the earlier pair, so that the result does not
 * depend on the order of arrival.
 *
 * Near-linear: every left item looks at a few neighbours on each side only.
 */

/** Anything with a time, in milliseconds on a common axis. */
export interface Timed {
  readonly at: number;
}

/** How many neighbours on each side a left item may choose from. */
const REACH = 6;

interface Pair {
  readonly cost: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Matches two lists, each sorted by time.
 *
 * @param toleranceMs the largest difference in time
 * @param penalty milliseconds added to a pair's cost; Infinity forbids it
 * @returns for each left item the index of its right item, or -1
 */
export function matchNearest<Left extends Timed, Right extends Timed>(
  lefts: readonly Left[],
  rights: readonly Right[],
  toleranceMs: number,
  penalty?: (left: Left, right: Right) => number,
): number[] {
  const matched: number[] = new Array<number>(lefts.length).fill(-1);
  if (lefts.length === 0 || rights.length === 0) return matched;
  const pairs: Pair[] = [];
  let low = 0;
  for (let left = 0; left < lefts.length; left += 1) {
    const item = lefts[left] as Left;
    while (low < rights.length && (rights[low] as Right).at < item.at) low += 1;
    const from = Math.max(0, low - REACH);
    const to = Math.min(rights.length, low + REACH);
    for (let right = from; right < to; right += 1) {
      const other = rights[right] as Right;
      const distance = Math.abs(other.at - item.at);
      if (distance > toleranceMs) continue;
      const cost = penalty === undefined ? distance : distance + penalty(item, other);
      if (cost !== Number.POSITIVE_INFINITY) pairs.push({ cost, left, right });
    }
  }
  if (pairs.length > 1) pairs.sort((a, b) => a.cost - b.cost || a.left - b.left || a.right - b.right);
  const taken = new Uint8Array(rights.length);
  for (const { left, right } of pairs) {
    if (matched[left] !== -1 || taken[right] === 1) continue;
    matched[left] = right;
    taken[right] = 1;
  }
  if (matched.includes(-1) && taken.includes(0)) matchRest(lefts, rights, toleranceMs, penalty, matched, taken);
  return matched;
}

/** Gives left items whose neighbours were all taken the nearest free one, however far down the list it stands. */
function matchRest<Left extends Timed, Right extends Timed>(
  lefts: readonly Left[],
  rights: readonly Right[],
  toleranceMs: number,
  penalty: ((left: Left, right: Right) => number) | undefined,
  matched: number[],
  taken: Uint8Array,
): void {
  const free: number[] = [];
  for (let right = 0; right < rights.length; right += 1) if (taken[right] === 0) free.push(right);
  for (let left = 0; left < lefts.length && free.length > 0; left += 1) {
    if (matched[left] !== -1) continue;
    const item = lefts[left] as Left;
    const near = nearestIndex(free, rights, item.at);
    let best = -1;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let index = Math.max(0, near - REACH); index < Math.min(free.length, near + REACH); index += 1) {
      const other = rights[free[index] as number] as Right;
      const distance = Math.abs(other.at - item.at);
      if (distance > toleranceMs) continue;
      const cost = penalty === undefined ? distance : distance + penalty(item, other);
      if (cost < bestCost) {
        best = index;
        bestCost = cost;
      }
    }
    if (best !== -1) matched[left] = free.splice(best, 1)[0] as number;
  }
}

function nearestIndex<Right extends Timed>(free: readonly number[], rights: readonly Right[], at: number): number {
  let low = 0;
  let high = free.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rights[free[middle] as number] as Right).at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
