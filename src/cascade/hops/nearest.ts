/**
 * One-to-one matching by nearest time.
 *
 * Order across services lies and clocks differ, so hops are linked by the smallest difference in either direction. Each left item gets
 * at most one right item and each right item serves at most one left item; ties go to the earlier pair, so that the result does not
 * depend on the order of arrival.
 *
 * In rounds: every left item without a partner asks the cheapest free right item, every right item takes the cheapest that asks. Two that
 * are each other's cheapest are always matched in the first round; what is taken is not given back, so this is near to the greedy
 * matching of all pairs and needs no sorting of them. Near-linear.
 */

/** Anything with a time, in milliseconds on a common axis. */
export interface Timed {
  readonly at: number;
}

/** How many free right items a left item looks at in a round, nearest first. */
const REACH = 12;
/** So many items that do not fit are nearer than any that does: it is no neighbour. Thousands of one instant would be tried for each of them. */
const MOST_TRIED = 4_000;
/** After so many rounds whoever is left takes what is nearest, in order of time. */
const ROUNDS = 8;

/** What makes a pair dearer than its distance in time: milliseconds, never negative; Infinity forbids the pair. */
export type Penalty<Left, Right> = (left: Left, right: Right) => number;

/**
 * Matches two lists, each sorted by time.
 *
 * @param toleranceMs the largest difference in time
 * @returns for each left item the index of its right item, or -1
 */
export function matchNearest<Left extends Timed, Right extends Timed>(
  lefts: readonly Left[],
  rights: readonly Right[],
  toleranceMs: number,
  penalty?: Penalty<Left, Right>,
): number[] {
  const matched: number[] = new Array<number>(lefts.length).fill(-1);
  if (lefts.length === 0 || rights.length === 0) return matched;
  if (lefts.length === 1) {
    matched[0] = cheapestOf(lefts[0] as Left, rights, toleranceMs, penalty);
    return matched;
  }
  const market = new Market(rights);
  const suitor = new Int32Array(rights.length).fill(-1);
  const offer = new Float64Array(rights.length);
  let waiting: number[] = lefts.map((_, index) => index);
  for (let round = 0; waiting.length > 0; round += 1) {
    const patient = round < ROUNDS;
    const asked: number[] = [];
    const next: number[] = [];
    for (const left of waiting) {
      const best = market.cheapest(lefts[left] as Left, toleranceMs, penalty);
      if (best === -1) continue;
      if (!patient) {
        matched[left] = best;
        market.take(best);
        continue;
      }
      const rival = suitor[best] as number;
      if (rival === -1) asked.push(best);
      if (rival === -1 || market.cost < (offer[best] as number)) {
        if (rival !== -1) next.push(rival);
        suitor[best] = left;
        offer[best] = market.cost;
      } else next.push(left);
    }
    for (const right of asked) {
      matched[suitor[right] as number] = right;
      suitor[right] = -1;
      market.take(right);
    }
    waiting = next.sort((a, b) => a - b);
  }
  return matched;
}

/** The items of a sorted list whose time is within a tolerance of `at`. */
export function around<Item extends Timed>(items: readonly Item[], at: number, toleranceMs: number): readonly Item[] {
  return between(items, at - toleranceMs, at + toleranceMs);
}

/** The items of a sorted list whose time is no earlier than `from` and no later than `to`. */
export function between<Item extends Timed>(items: readonly Item[], from: number, to: number): readonly Item[] {
  return items.length === 0 ? items : items.slice(firstFrom(items, from), firstFrom(items, to, true));
}

/** The item nearest in time that passes; null where none does within the tolerance. */
export function nearest<Item extends Timed>(
  items: readonly Item[],
  at: number,
  toleranceMs: number,
  passes: (item: Item) => boolean,
): Item | null {
  let up = firstFrom(items, at);
  let down = up - 1;
  for (let tried = 0; tried < MOST_TRIED; tried += 1) {
    const above = items[up];
    const below = down < 0 ? undefined : items[down];
    const ahead = above === undefined ? Number.POSITIVE_INFINITY : above.at - at;
    const behind = below === undefined ? Number.POSITIVE_INFINITY : at - below.at;
    const distance = Math.min(ahead, behind);
    if (distance === Number.POSITIVE_INFINITY || distance > toleranceMs) return null;
    const item = (behind <= ahead ? below : above) as Item;
    if (passes(item)) return item;
    if (behind <= ahead) down -= 1;
    else up += 1;
  }
  return null;
}

/** The place of the first item of a sorted list that is no earlier than `at`, or later where `after` says so. */
export function firstFrom(items: readonly Timed[], at: number, after = false): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const here = (items[middle] as Timed).at;
    if (here < at || (after && here === at)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cheapestOf<Left extends Timed, Right extends Timed>(
  item: Left,
  rights: readonly Right[],
  toleranceMs: number,
  penalty: Penalty<Left, Right> | undefined,
): number {
  if (rights.length > REACH) {
    return new Market(rights).cheapest(item, toleranceMs, penalty);
  }
  let best = -1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let index = 0; index < rights.length; index += 1) {
    const right = rights[index] as Right;
    const distance = Math.abs(right.at - item.at);
    if (distance > toleranceMs) continue;
    const cost = penalty === undefined ? distance : distance + penalty(item, right);
    if (cost < bestCost) {
      best = index;
      bestCost = cost;
    }
  }
  return best;
}

/** The free right items, found from any time outwards; runs of taken ones are jumped over. */
class Market<Right extends Timed> {
  readonly #rights: readonly Right[];
  /** The nearest free item at or after, and at or before, each position; followed with path compression. */
  readonly #after: Int32Array;
  readonly #before: Int32Array;
  /** The cost of the item found last. */
  cost = 0;

  constructor(rights: readonly Right[]) {
    this.#rights = rights;
    this.#after = new Int32Array(rights.length + 1);
    this.#before = new Int32Array(rights.length + 1);
    for (let index = 0; index <= rights.length; index += 1) {
      this.#after[index] = index;
      this.#before[index] = index;
    }
  }

  take(index: number): void {
    this.#after[index] = index + 1;
    this.#before[index + 1] = index;
  }

  cheapest<Left extends Timed>(item: Left, toleranceMs: number, penalty: Penalty<Left, Right> | undefined): number {
    const rights = this.#rights;
    const start = firstFrom(rights, item.at);
    let after = follow(this.#after, start);
    // Positions of #before are shifted by one, so that 0 means none.
    let before = follow(this.#before, start);
    let best = -1;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let looked = 0; looked < REACH; looked += 1) {
      const up = after < rights.length ? (rights[after] as Right).at - item.at : Number.POSITIVE_INFINITY;
      const down = before > 0 ? item.at - (rights[before - 1] as Right).at : Number.POSITIVE_INFINITY;
      const distance = Math.min(up, down);
      if (distance === Number.POSITIVE_INFINITY || distance > toleranceMs || distance >= bestCost) break;
      const index = down <= up ? before - 1 : after;
      const cost = penalty === undefined ? distance : distance + penalty(item, rights[index] as Right);
      if (cost < bestCost) {
        best = index;
        bestCost = cost;
      }
      if (down <= up) before = follow(this.#before, before - 1);
      else after = follow(this.#after, after + 1);
    }
    this.cost = bestCost;
    return best;
  }
}

/** The place that a chain of links leads to, each of which leads to itself or on; the way is shortened for whoever comes next. */
export function follow(links: Int32Array, from: number): number {
  let end = from;
  while (links[end] !== end) end = links[end] as number;
  for (let at = from; links[at] !== end; ) {
    const next = links[at] as number;
    links[at] = end;
    at = next;
  }
  return end;
}
