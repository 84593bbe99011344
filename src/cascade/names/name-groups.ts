/**
 * Names that are one service's.
 *
 * A service has a name in its fields or resource, another in the paths of cancels, and its pod, container and file have further ones. A
 * group is all of them; the strongest is shown, the others are its aliases.
 */
import type { NameSource } from "../../model/index.ts";
import { foldName } from "./likeness.ts";

/** What gave a name: a source of records, or a path, a peer or a caller in somebody's text. */
export type NameGiver = NameSource | "mention";

/** Strongest first. A service's own words about itself and the names in paths are the same ones. */
const RANK: Readonly<Record<NameGiver, number>> = {
  option: 0,
  field: 1,
  resource: 1,
  self: 2,
  mention: 2,
  container: 3,
  unit: 3,
  pod: 4,
  file: 5,
  host: 6,
};

/** True for a name that comes from where a record stands, and not from who wrote it. */
export function isPlaceName(from: NameGiver | null): boolean {
  return from !== null && RANK[from] >= RANK.container;
}

/** True if the first giver is believed before the second. */
export function isStronger(one: NameGiver, other: NameGiver): boolean {
  return RANK[one] < RANK[other];
}

/** Groups of names. Of equally strong names the first of the alphabet is shown, so that the order of joining does not matter. */
export class NameGroups {
  readonly #parent = new Map<string, string>();
  readonly #rank = new Map<string, number>();
  readonly #members = new Map<string, string[]>();
  readonly #shown = new Map<string, string>();
  readonly #folded = new Map<string, string>();
  /** True if no name has another one beside it. */
  get plain(): boolean {
    return this.#members.size === 0;
  }

  /** All groups of several names as a text. */
  get key(): string {
    const groups = [...this.#members].map(([root, names]) =>
      [this.#shown.get(root), ...[...names].sort()].join("\u0001"),
    );
    return groups.sort().join("\u0000");
  }

  /** Takes a name in. Names that differ by case only are one service's. */
  add(name: string, from: NameGiver): void {
    const rank = RANK[from];
    const known = this.#rank.get(name);
    if (known !== undefined) {
      if (rank >= known) return;
      this.#rank.set(name, rank);
      this.#show(this.#root(name));
      return;
    }
    this.#rank.set(name, rank);
    const folded = foldName(name);
    const same = this.#folded.get(folded);
    if (same === undefined) this.#folded.set(folded, name);
    else this.join(same, name);
  }

  /** Makes two names one service's. */
  join(one: string, other: string): void {
    const a = this.#root(one);
    const b = this.#root(other);
    if (a === b) return;
    const members = [...this.#membersOf(a), ...this.#membersOf(b)];
    this.#parent.set(b, a);
    this.#members.delete(b);
    this.#shown.delete(b);
    this.#members.set(a, members);
    this.#show(a);
  }

  /** True if both are known as names of one service. */
  same(one: string, other: string): boolean {
    return this.#root(one) === this.#root(other);
  }

  /** The name that is shown for a service. */
  nameOf(name: string): string {
    if (this.plain) return name;
    return this.#shown.get(this.#root(name)) ?? name;
  }

  /** The other names of a service, given the one that is shown; in order of the alphabet. */
  aliasesOf(name: string): readonly string[] {
    const members = this.#members.get(this.#root(name));
    return members === undefined ? [] : members.filter((each) => each !== name).toSorted();
  }

  #root(name: string): string {
    let root = name;
    for (let above = this.#parent.get(root); above !== undefined; above = this.#parent.get(root)) root = above;
    return root;
  }

  #membersOf(root: string): readonly string[] {
    return this.#members.get(root) ?? [root];
  }

  /** The strongest name; of equals the one that is first in the alphabet, so that the order of arrival does not matter. */
  #show(root: string): void {
    const members = this.#members.get(root);
    if (members === undefined) return;
    let best = members[0] as string;
    for (const name of members) {
      const rank = this.#rank.get(name) ?? RANK.mention;
      const bestRank = this.#rank.get(best) ?? RANK.mention;
      if (rank < bestRank || (rank === bestRank && name < best)) best = name;
    }
    this.#shown.set(root, best);
  }
}
