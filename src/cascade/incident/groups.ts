/** Lines that grow together to incidents, but never to one in which ids tell of two requests. */
import type { IdKinds } from "./id-kinds.ts";
import type { Sight } from "./sight.ts";

/** The ids in a group: kind, value, and the services that wrote it. */
type Ids = Map<string, Map<string, Set<string>>>;

/** A partition of lines, each by its index. */
export class Groups {
  readonly #parents: number[];
  readonly #ids: Ids[];
  readonly #kinds: IdKinds;

  constructor(sights: readonly Sight[], kinds: IdKinds) {
    this.#parents = sights.map((_, index) => index);
    this.#ids = sights.map((sight) => idsOf(sight, kinds));
    this.#kinds = kinds;
  }

  /** The line that stands for the group of one. */
  rootOf(index: number): number {
    let root = index;
    while (this.#parents[root] !== root) root = this.#parents[root] as number;
    this.#parents[index] = root;
    return root;
  }

  /** Makes one group of two. */
  unite(a: number, b: number): void {
    const [one, two] = [this.rootOf(a), this.rootOf(b)];
    if (one === two) return;
    const [root, other] = one < two ? [one, two] : [two, one];
    this.#parents[other] = root;
    const [mine, yours] = [this.#ids[root] as Ids, this.#ids[other] as Ids];
    const [small, large] = sizeOf(mine) <= sizeOf(yours) ? [mine, yours] : [yours, mine];
    for (const [kind, values] of small) {
      const all = large.get(kind);
      if (all === undefined) large.set(kind, values);
      else for (const [value, services] of values) all.set(value, new Set([...(all.get(value) ?? []), ...services]));
    }
    this.#ids[root] = large;
    this.#ids[other] = new Map();
  }

  /** Makes one group of two, unless their ids are those of different requests. */
  uniteIfOne(a: number, b: number): void {
    const [one, two] = [this.rootOf(a), this.rootOf(b)];
    if (one !== two && !this.#differ(this.#ids[one] as Ids, this.#ids[two] as Ids)) this.unite(one, two);
  }

  #differ(mine: Ids, yours: Ids): boolean {
    for (const [kind, values] of mine) {
      const others = yours.get(kind);
      if (others === undefined || [...values.keys()].some((value) => others.has(value))) continue;
      // An id that each service gives by itself tells only its own requests apart
      if (this.#kinds.isHandedOn(kind) || haveWriterInCommon(values, others)) return true;
    }
    return false;
  }
}

function idsOf({ service, sighting: { marks } }: Sight, kinds: IdKinds): Ids {
  const ids: Ids = new Map();
  for (const { key, value, own } of marks) {
    if (key === "" || own === true) continue;
    const kind = kinds.kindOf(key);
    ids.set(kind, (ids.get(kind) ?? new Map()).set(value, new Set([service])));
  }
  return ids;
}

function sizeOf(ids: Ids): number {
  let size = 0;
  for (const values of ids.values()) size += values.size;
  return size;
}

function haveWriterInCommon(
  mine: ReadonlyMap<string, ReadonlySet<string>>,
  yours: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const writers = new Set([...mine.values()].flatMap((services) => [...services]));
  return [...yours.values()].some((services) => [...services].some((service) => writers.has(service)));
}
