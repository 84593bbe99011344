/**
 * What the evidence says about names: who writes under which name, which names are only mentioned, which two are one service's for a
 * fact. Facts are only ever added, so the order of arrival does not matter.
 */
import type { Evidence } from "../../model/index.ts";
import { foldName, holdsName } from "./likeness.ts";
import { isPlaceName, isStronger, type NameGiver, NameGroups } from "./name-groups.ts";

/** No more names are remembered. */
const MAX_NAMES = 50_000;

/** Names that are not yet known to be anybody else's. */
export interface Strangers {
  readonly unheard: ReadonlySet<string>;
  /** Words that may be names under which nobody writes. */
  readonly hinted: ReadonlySet<string>;
  readonly unmentioned: ReadonlySet<string>;
}

type Writers = ReadonlyMap<string, NameGiver>;

/** The facts about names, taken from evidence one by one. */
export class NameFacts {
  readonly #writers = new Map<string, NameGiver>();
  readonly #mentions = new Set<string>();
  /** Words that may be the name of a peer. */
  readonly #hints = new Set<string>();
  /** A further name of a writer, with all the writers that have it: only one that is not shared is an alias. */
  readonly #others = new Map<string, { readonly from: NameGiver; readonly writers: Set<string> }>();
  readonly #same = new Map<string, readonly [string, string]>();
  #revision = 0;
  #sorted: { readonly revision: number; readonly platforms: ReadonlySet<string>; readonly writers: Writers } | null =
    null;

  /** Rises with every new fact. */
  get revision(): number {
    return this.#revision;
  }

  /** Learns the names in one piece of evidence. */
  learn(evidence: Evidence): void {
    const { service, serviceFrom, otherNames, peer } = evidence;
    if (service !== null) {
      this.#write(service, serviceFrom ?? "field");
      // A file with a name of its own often holds lines of others, too, and a host always may
      for (const { name, from } of otherNames) if (from !== "file" && from !== "host") this.#other(name, from, service);
    }
    if (peer !== null) this.#mention(this.#mentions, peer);
    else if (evidence.peerHint !== null) this.#mention(this.#hints, evidence.peerHint);
    if (evidence.type !== "claim") return;
    if (evidence.path !== null) for (const name of evidence.path) this.#mention(this.#mentions, name);
    if (evidence.caller !== null && evidence.caller.name !== null) this.#mention(this.#mentions, evidence.caller.name);
  }

  /** Takes it as a fact that two names are one service's. */
  learnSame(one: string, other: string): void {
    if (one === other) return;
    const [a, b] = one < other ? [one, other] : [other, one];
    const key = `${a}\u0000${b}`;
    if (this.#same.has(key) || this.#same.size >= MAX_NAMES) return;
    this.#same.set(key, [a, b]);
    this.#revision += 1;
  }

  /** Pairs of names that are one service's for a fact. */
  same(): readonly (readonly [string, string])[] {
    return [...this.#same.values()];
  }

  /**
   * Names that a shipper or a platform put on the lines of many services: nobody mentions them, beside them stand the pods or containers of
   * several, and one of those is mentioned. What is written under such a name is that of the pod or container.
   */
  platforms(): ReadonlySet<string> {
    return this.#sort().platforms;
  }

  /** Names under which something writes: those of pods and containers where a platform's stands before them. */
  #sort(): { readonly platforms: ReadonlySet<string>; readonly writers: Writers } {
    if (this.#sorted?.revision === this.#revision) return this.#sorted;
    const below = new Map<string, string[]>();
    for (const [name, { from, writers }] of this.#others) {
      if (!isPlaceName(from)) continue;
      for (const writer of writers) {
        const known = below.get(writer);
        if (known === undefined) below.set(writer, [name]);
        else known.push(name);
      }
    }
    const platforms = new Set(
      [...below].flatMap(([writer, names]) => (this.#isPlatform(writer, names) ? [writer] : [])),
    );
    let writers: Writers = this.#writers;
    if (platforms.size > 0) {
      const others = [...platforms].flatMap((name) => below.get(name) ?? []);
      const places = others.map((name) => [name, this.#others.get(name)?.from ?? "pod"] as const);
      writers = new Map([...places, ...[...this.#writers].filter(([name]) => !platforms.has(name))]);
    }
    this.#sorted = { revision: this.#revision, platforms, writers };
    return this.#sorted;
  }

  #isPlatform(writer: string, names: readonly string[]): boolean {
    const others = names.filter((name) => !holdsName(name, writer) && !holdsName(writer, name));
    if (others.length < 2 || isPlaceName(this.#writers.get(writer) ?? null)) return false;
    const mentions = new Set([...this.#mentions].map(foldName));
    return !mentions.has(foldName(writer)) && others.some((name) => mentions.has(foldName(name)));
  }

  /** What gave a name to somebody who writes under it; null for a name under which nobody writes. */
  writerOf(name: string): NameGiver | null {
    return this.#sort().writers.get(name) ?? null;
  }

  /** True if only one name stands on all lines. */
  get hasOneWriter(): boolean {
    return this.#writers.size === 1;
  }

  /** True if a text mentions a service of this name. */
  mentions(name: string): boolean {
    return this.#mentions.has(name);
  }

  /** True if somebody writes under the name of a place. */
  writesFromPlaces(): boolean {
    return [...this.#sort().writers.values()].some(isPlaceName);
  }

  /** The groups that the facts make. */
  groups(): NameGroups {
    const groups = new NameGroups();
    for (const name of this.#mentions) groups.add(name, "mention");
    const { platforms, writers: known } = this.#sort();
    for (const [name, from] of known) groups.add(name, from);
    for (const [a, b] of this.#same.values()) groups.join(a, b);
    for (const [name, { from, writers }] of this.#others) {
      const [writer, ...more] = writers;
      if (writer !== undefined && platforms.has(writer)) continue;
      const taken = known.get(name);
      // The name of a file or of a host may be anything's; a name under which somebody else writes by himself is his
      if (writer === undefined || more.length > 0 || (taken !== undefined && !isPlaceName(taken))) continue;
      groups.add(name, from);
      groups.join(writer, name);
    }
    return groups;
  }

  /** Names that texts mention (or may mention) and under which nobody writes, and names of writers that no text mentions. */
  strangers(groups: NameGroups): Strangers {
    const heard = new Set([...this.#sort().writers.keys()].map((name) => groups.nameOf(name)));
    const mentioned = new Set([...this.#mentions].map((name) => groups.nameOf(name)));
    const unheard = (names: Iterable<string>): Set<string> =>
      new Set([...names].filter((name) => name !== "" && !heard.has(name)));
    return {
      unheard: unheard(mentioned),
      hinted: unheard([...this.#hints].map((name) => groups.nameOf(name))),
      unmentioned: new Set([...heard].filter((name) => !mentioned.has(name))),
    };
  }

  #write(name: string, from: NameGiver): void {
    const known = this.#writers.get(name);
    if (known === from || (known !== undefined && !isStronger(from, known))) return;
    if (known === undefined && this.#writers.size >= MAX_NAMES) return;
    this.#writers.set(name, from);
    this.#revision += 1;
  }

  #mention(names: Set<string>, name: string): void {
    if (names.has(name) || names.size >= MAX_NAMES) return;
    names.add(name);
    this.#revision += 1;
  }

  #other(name: string, from: NameGiver, writer: string): void {
    const known = this.#others.get(name);
    if (known === undefined) {
      if (this.#others.size >= MAX_NAMES) return;
      this.#others.set(name, { from, writers: new Set([writer]) });
    } else if (known.writers.has(writer) || known.writers.size >= 2) return;
    else known.writers.add(writer);
    this.#revision += 1;
  }
}
