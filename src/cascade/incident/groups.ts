/** Lines that grow together to incidents, but never to one in which ids tell of two requests. */
import type { IdKinds } from "./id-kinds.ts";
import type { Sight } from "./sight.ts";

/** What a group has of one kind of ids, and the services that wrote them. */
interface OfKind {
  readonly values: Set<string>;
  readonly writers: Set<string>;
}

/** The ids in a group, by kind. */
type Ids = Map<string, OfKind>;

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
    for (const [kind, { values, writers }] of small) {
      const all = large.get(kind);
      if (all === undefined) large.set(kind, { values, writers });
      else {
        for (const value of values) all.values.add(value);
        for (const writer of writers) all.writers.add(writer);
      }
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
    for (const [kind, { values, writers }] of mine) {
      const others = yours.get(kind);
      if (others === undefined || haveOneInCommon(values, others.values)) continue;
      // An id that each service gives by itself tells only its own requests apart
      if (this.#kinds.isHandedOn(kind) || haveOneInCommon(writers, others.writers)) return true;
    }
    return false;
  }
}

function idsOf({ service, sighting: { marks } }: Sight, kinds: IdKinds): Ids {
  const ids: Ids = new Map();
  for (const { key, value, own } of marks) {
    if (key === "" || own === true) continue;
    const kind = kinds.kindOf(key);
    const known = ids.get(kind);
    if (known === undefined) ids.set(kind, { values: new Set([value]), writers: new Set([service]) });
    else known.values.add(value);
  }
  return ids;
}

function sizeOf(ids: Ids): number {
  let size = 0;
  for (const { values } of ids.values()) size += values.size;
  return size;
}

/** Asks the larger one for what the smaller one has. */
function haveOneInCommon(mine: ReadonlySet<string>, yours: ReadonlySet<string>): boolean {
  const [small, large] = mine.size <= yours.size ? [mine, yours] : [yours, mine];
  for (const each of small) if (large.has(each)) return true;
  return false;
}
