/** A part of the evidence that is complete, judged for good. What the view of the open evidence has judged already is taken from there. */
import type { Cascade } from "../../model/index.ts";
import type { Line } from "../hops/hop.ts";
import { push } from "../hops/hop-index.ts";
import { isFine, placeLines } from "../hops/placing.ts";
import { isSighted, joinTrees, solveIncidents } from "../incident/index.ts";
import type { Tree } from "../judge/cascade.ts";
import { adoptUntraced, Seats, seatsOf } from "../link/into-traces.ts";
import { type Naming, nameServices } from "../names/naming.ts";
import { withAliases } from "../names/with-aliases.ts";
import { solve } from "../solve.ts";
import { Judge, sameLines } from "./judgements.ts";
import type { Known, OpenView, Surroundings } from "./open-view.ts";
import { byFirstAt } from "./order.ts";
import { parts } from "./seal.ts";

/**
 * Judges lines for good, each trace for itself and the rest in parts, and learns from them what stays true. The lines leave the view.
 *
 * @param view what has the same lines open and is up to date; null if nobody asked
 */
export function judgeForGood(judged: readonly Line[], around: Surroundings, view: OpenView | null): Cascade[] {
  const { settled, names, identities } = around;
  const naming = nameServices(judged, names);
  for (const [mention, writer] of naming.joined) names.learnSame(mention, writer);
  const known = knownOf(judged, naming, view);
  view?.remove(new Set(judged));

  const { traces, pool, worded } = placed(judged, naming, known);
  for (const lines of [pool, worded, ...traces.values()]) for (const { evidence } of lines) settled.learn(evidence);
  for (const lines of traces.values()) settled.learnSpans(lines);
  settled.strangers = naming.strangers;

  const seats = new Seats();
  if (pool.length > 0) for (const [id, lines] of traces) seats.put(id, known.get(id)?.seats ?? seatsOf(id, lines));
  const { adopted, rest } = adoptUntraced(pool.sort(byTime), seats);
  const judge = new Judge(settled);
  const trees: Tree[] = parts(rest).flatMap((part) => solve(part, settled, null));
  const shown = new Map<Tree, Cascade>();
  for (const [id, own] of traces) {
    const lines = [...own, ...(adopted.get(id) ?? [])];
    const open = known.get(id);
    const holds = open !== undefined && sameLines(open.all, lines) && judge.holds(open.judgement);
    for (const tree of holds ? open.judgement.trees : solve(lines, settled, id)) {
      trees.push(tree);
      const cascade = open?.shown(tree);
      if (cascade !== undefined) shown.set(tree, cascade);
    }
  }
  const final = joinTrees(trees.sort(byCascade), solveIncidents(worded.sort(byTime), settled));
  for (const tree of final) {
    const cascade = shown.get(tree);
    if (cascade !== undefined) identities.keep(cascade.id);
  }
  return final
    .sort(byCascade)
    .map(
      (tree) =>
        shown.get(tree) ?? { ...withAliases(tree.cascade, naming.aliasesOf), ...identities.identify(tree, true) },
    );
}

/** The traces that the view has judged with the same lines and names. */
function knownOf(judged: readonly Line[], naming: Naming, view: OpenView | null): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  if (view === null) return known;
  for (const [id, own] of sorted(judged).traces) {
    const open = view.known(id, own, naming);
    if (open !== null) known.set(id, open);
  }
  return known;
}

/** Lines under their names, where they stand in time. */
function placed(judged: readonly Line[], naming: Naming, known: ReadonlyMap<string, Known>): Sorted {
  if (!judged.every(isFine)) return sorted(placeLines(judged.map((line) => naming.rename(line))));
  const all = sorted(judged);
  if (naming.plain) return all;
  const { traces, pool, worded } = all;
  const rename = (lines: readonly Line[]): Line[] => lines.map((line) => naming.rename(line));
  const named = new Map<string, readonly Line[]>();
  for (const [id, own] of traces) named.set(id, known.get(id)?.own ?? rename(own));
  return { traces: named, pool: rename(pool), worded: rename(worded) };
}

interface Sorted {
  readonly traces: ReadonlyMap<string, readonly Line[]>;
  readonly pool: Line[];
  readonly worded: Line[];
}

function sorted(lines: readonly Line[]): Sorted {
  const traces = new Map<string, Line[]>();
  const [pool, worded]: [Line[], Line[]] = [[], []];
  for (const line of lines) {
    const { traceId } = line.evidence;
    if (isSighted(line)) worded.push(line);
    else if (traceId === null) pool.push(line);
    else push(traces, traceId, line);
  }
  return { traces, pool, worded };
}

function byTime(a: Line, b: Line): number {
  return a.at - b.at;
}

function byCascade(a: Tree, b: Tree): number {
  return byFirstAt(a.cascade, b.cascade);
}
