/**
 * A cascade as the tree that people draw: the origin at the root, below each service those it passed the cancel to.
 *
 * `reached` is a list of edges that others made out of evidence, so this file trusts nothing: an edge may point at a service nobody has
 * seen, at itself, or close a ring. Every reached entry is shown exactly once; what has no way to the root hangs below the root and says
 * so (`loose`).
 */
import { type Cascade, printable, type Reached } from "../model/index.ts";
import { shownService } from "./headline.ts";

/** One node of the tree. */
export interface Hop {
  /** Null only at a root whose service is not known. */
  readonly service: string | null;
  /** Null at the root. */
  readonly reached: Reached | null;
  /** Other names of the service. */
  readonly aliases: readonly string[];
  /** True where the services between it and its parent are not known. */
  readonly loose: boolean;
  /** True where the service looks like the origin and is not. */
  readonly falseOrigin: boolean;
  readonly children: readonly Hop[];
}

/** What a service is in a cascade: who started it, who only looks so, who left no line of its own, who worked on, who was stopped. */
export type HopRole = "origin" | "fake" | "silent" | "running" | "victim";

/** The role of a hop. */
export function roleOf(hop: Hop): HopRole {
  if (hop.reached === null) return "origin";
  if (hop.falseOrigin) return "fake";
  if (hop.reached.state === "still-running") return "running";
  return hop.reached.observed ? "victim" : "silent";
}

/** The name of a hop, safe to print: with its other names; at a root without a service the party outside the logs. */
export function hopName({ origin }: Cascade, hop: Hop): string {
  if (hop.service === null && origin.external !== undefined) return `(${printable(origin.external)})`;
  return shownService(hop.service, hop.aliases);
}

/** Builds the tree of a cascade. Children stand in order of their instants, those without one last. */
export function hopTree(cascade: Cascade): Hop {
  const below = new Map<string | null, Reached[]>();
  for (const reached of cascade.reached) {
    const siblings = below.get(reached.via);
    if (siblings === undefined) below.set(reached.via, [reached]);
    else siblings.push(reached);
  }
  const fakes = new Set(cascade.falseOrigins.map((fake) => fake.service));
  const taken = new Set<Reached>();
  const root = cascade.origin.service;

  // A stack instead of recursion: a hostile log can make a chain deeper than the call stack.
  const open = (service: string | null, reached: Reached | null, loose: boolean): Mutable => ({
    service,
    aliases: reached === null ? (cascade.origin.aliases ?? []) : (reached.aliases ?? []),
    reached,
    loose,
    falseOrigin: service !== null && fakes.has(service),
    children: [],
  });
  const grow = (from: Mutable): void => {
    const waiting: Mutable[] = [from];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const next = node.service === null ? [] : (below.get(node.service) ?? []);
      for (const reached of next.toSorted(byInstant)) {
        if (taken.has(reached)) continue;
        taken.add(reached);
        const child = open(reached.service, reached, false);
        node.children.push(child);
        waiting.push(child);
      }
    }
  };

  const tree = open(root, null, false);
  grow(tree);
  const rest = cascade.reached.filter((reached) => !taken.has(reached)).toSorted(byInstant);
  // First those whose parent is not in the list: they are the tops of subtrees of their own.
  const known = new Set(cascade.reached.map((reached) => reached.service));
  const tops = [...rest.filter((reached) => reached.via === null || !known.has(reached.via)), ...rest];
  for (const reached of tops) {
    if (taken.has(reached)) continue;
    taken.add(reached);
    const child = open(reached.service, reached, true);
    tree.children.push(child);
    grow(child);
  }
  return tree;
}

/**
 * Every hop of a tree in the order it is drawn: its depth (0 at the root), whether it is the last of its siblings, and for each level above
 * whether a line goes on there (at most 64 levels; deeper ones are drawn as deep as that).
 */
export function walkHops(tree: Hop): readonly { hop: Hop; depth: number; last: boolean; rails: readonly boolean[] }[] {
  const rows: { hop: Hop; depth: number; last: boolean; rails: readonly boolean[] }[] = [];
  const waiting: { hop: Hop; depth: number; last: boolean; rails: readonly boolean[] }[] = [
    { hop: tree, depth: 0, last: true, rails: [] },
  ];
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    rows.push(row);
    const { hop, depth, last, rails } = row;
    const inner = depth === 0 || rails.length >= MAX_RAILS ? rails : [...rails, !last];
    for (let index = hop.children.length - 1; index >= 0; index -= 1) {
      const child = hop.children[index] as Hop;
      waiting.push({ hop: child, depth: depth + 1, last: index === hop.children.length - 1, rails: inner });
    }
  }
  return rows;
}

/** Nobody can read a deeper tree, and drawing it in full would cost the square of its depth. */
const MAX_RAILS = 64;

interface Mutable extends Hop {
  readonly children: Mutable[];
}

function byInstant(one: Reached, other: Reached): number {
  if (one.at === undefined || other.at === undefined) {
    return one.at === other.at ? compareText(one.service, other.service) : one.at === undefined ? 1 : -1;
  }
  return one.at === other.at ? compareText(one.service, other.service) : one.at < other.at ? -1 : 1;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
