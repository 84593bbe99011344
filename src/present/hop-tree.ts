/**
 * A cascade as the tree that people draw: the origin at the root, below each service those it passed the cancel to.
 *
 * `reached` is a list of edges that others made out of evidence, so this file trusts nothing: an edge may point at a service nobody has
 * seen, at itself, or close a ring. Every reached entry is shown exactly once; what has no way to the root hangs below the root and says
 * so (`loose`).
 */
import { type Cascade, printable, type Reached } from "../model/index.ts";
import { namedOutside, starterName } from "./answer.ts";
import { shownName } from "./columns.ts";
import { shownService } from "./headline.ts";

/**
 * What a row of the drawn cascade is:
 *
 * - `trigger`: the service whose failure made the origin cancel; it stands above the root
 * - `outside`: a party outside the logs that started it; the first service to show it (`first`) stands below
 * - `origin`: the service that started it; `unknown`: nobody says who did
 * - `stopped`, `silent`, `running`: what became of a service that was reached
 * - `bystanders`: services of the trace that were not hit, all in one row below the tree
 */
export type HopRole =
  | "trigger"
  | "outside"
  | "origin"
  | "unknown"
  | "first"
  | "stopped"
  | "silent"
  | "running"
  | "bystanders";

/** One node of the tree. */
export interface Hop {
  /** Null only where the service is not known, and for the rows that are no service. */
  readonly service: string | null;
  /** Null where the cancel did not reach it: at the root and its like. */
  readonly reached: Reached | null;
  /** Other names of the service. */
  readonly aliases: readonly string[];
  readonly role: HopRole;
  /** True where the services between it and its parent are not known. */
  readonly loose: boolean;
  /** True where the service looks like the origin and is not. */
  readonly falseOrigin: boolean;
  readonly children: readonly Hop[];
}

const STATE_ROLES = { stopped: "stopped", silent: "silent", "still-running": "running" } as const;

/** The name of a hop, safe to print: with its other names; the party outside the logs; all that were not hit. */
export function hopName(cascade: Cascade, hop: Hop): string {
  if (hop.role === "bystanders") return (cascade.bystanders ?? []).map(shownName).join(", ");
  if (hop.service !== null) return shownService(hop.service, hop.aliases);
  return hop.role === "outside" ? `(${printable(cascade.origin.external ?? "")})` : starterName(cascade);
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
  const open = (reached: Reached, loose: boolean): Mutable => ({
    ...bare(STATE_ROLES[reached.state], reached.service),
    aliases: reached.aliases ?? [],
    reached,
    loose,
    falseOrigin: fakes.has(reached.service),
  });
  const grow = (from: Mutable): void => {
    const waiting: Mutable[] = [from];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const next = node.service === null ? [] : (below.get(node.service) ?? []);
      for (const reached of next.toSorted(byInstant)) {
        if (taken.has(reached)) continue;
        taken.add(reached);
        const child = open(reached, false);
        node.children.push(child);
        waiting.push(child);
      }
    }
  };

  const outside = namedOutside(cascade.origin) !== null;
  const role = root === null ? (outside ? "outside" : "unknown") : outside ? "first" : "origin";
  const tree = { ...bare(role, root), aliases: cascade.origin.aliases ?? [] };
  grow(tree);
  const rest = cascade.reached.filter((reached) => !taken.has(reached)).toSorted(byInstant);
  // First those whose parent is not in the list: they are the tops of subtrees of their own.
  const known = new Set(cascade.reached.map((reached) => reached.service));
  const tops = [...rest.filter((reached) => reached.via === null || !known.has(reached.via)), ...rest];
  for (const reached of tops) {
    if (taken.has(reached)) continue;
    taken.add(reached);
    const child = open(reached, true);
    tree.children.push(child);
    grow(child);
  }
  return role === "first" ? { ...bare("outside", null), children: [tree] } : tree;
}

function bare(role: HopRole, service: string | null): Mutable {
  return { service, reached: null, aliases: [], role, loose: false, falseOrigin: false, children: [] };
}

/** A row of the drawn cascade. */
export interface HopRow {
  readonly hop: Hop;
  /** 0 at the root, and for what stands above and below the tree. */
  readonly depth: number;
  /** True for the last of its siblings. */
  readonly last: boolean;
  /** For each level above, whether a line goes on there (at most 64 levels; deeper ones are drawn as deep as that). */
  readonly rails: readonly boolean[];
}

/** The whole drawn cascade: the trigger above the root, every hop of the tree, and below it who was not hit. */
export function hopRows(cascade: Cascade): readonly HopRow[] {
  const row = (hop: Hop): HopRow => ({ hop, depth: 0, last: true, rails: [] });
  const { trigger, bystanders = [] } = cascade;
  return [
    ...(trigger === undefined ? [] : [row(bare("trigger", trigger.service))]),
    ...walkHops(hopTree(cascade)),
    ...(bystanders.length === 0 ? [] : [row(bare("bystanders", null))]),
  ];
}

/** Every hop of a tree in the order it is drawn. */
export function walkHops(tree: Hop): readonly HopRow[] {
  const rows: HopRow[] = [];
  const waiting: HopRow[] = [{ hop: tree, depth: 0, last: true, rails: [] }];
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
