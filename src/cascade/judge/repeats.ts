/**
 * Cascades that no id tells apart and that look alike: the first few are drawn in full, the others are only counted. A busy service
 * cancels the same way a thousand times an hour, and nobody reads a thousand equal trees.
 */
import type { Instant } from "../../model/index.ts";
import type { Hop } from "../hops/hop.ts";
import { byTime, type HopIndex } from "../hops/hop-index.ts";
import { buildTree, type Tree } from "./cascade.ts";

/** So many of a kind keep a tree, and with it an id, of their own. */
const DRAWN = 5;

interface Kin {
  readonly trees: Tree[];
  count: number;
  evidence: number;
  last: { at: number; instant: Instant | null };
}

/** Draws incidents, in order of time; like ones beyond the first few add to the count of the last that was drawn. */
export function drawAlike(index: HopIndex, incidents: readonly Hop[][]): Tree[] {
  const kin = new Map<string, Kin>();
  for (const incident of incidents) {
    const outline = outlineOf(index, incident);
    let same = kin.get(outline);
    if (same === undefined) {
      same = { trees: [], count: 0, evidence: 0, last: { at: Number.NEGATIVE_INFINITY, instant: null } };
      kin.set(outline, same);
    }
    if (same.trees.length < DRAWN) same.trees.push(buildTree(index, incident, null));
    else count(same, incident);
  }
  return [...kin.values()].flatMap(withCounts);
}

function withCounts({ trees, count: more, evidence, last }: Kin): Tree[] {
  const drawn = trees[trees.length - 1] as Tree;
  if (more === 0) return trees;
  const { cascade } = drawn;
  const lastAt = last.instant ?? cascade.lastAt;
  const counted = {
    ...cascade,
    count: cascade.count + more,
    evidenceCount: cascade.evidenceCount + evidence,
    ...(lastAt === undefined ? {} : { lastAt }),
  };
  return [...trees.slice(0, -1), { ...drawn, cascade: counted }];
}

function count(kin: Kin, incident: readonly Hop[]): void {
  kin.count += 1;
  walk(incident, (hop) => {
    kin.evidence += hop.lines.length;
    for (const { at, evidence } of hop.lines)
      if (at > kin.last.at && evidence.at !== null) kin.last = { at, instant: evidence.at };
  });
}

/** What makes two incidents look alike: the same services in the same parts, known in the same way. */
function outlineOf(index: HopIndex, incident: readonly Hop[]): string {
  let outline = "";
  walk(incident, (hop) => {
    outline += `${hop.service}|${hop.role}|${hop.kind}|${hop.code}|${hop.link}|${hop.provenOrigin}|${hop.parent?.service}|${hop.lines.length > 0}`;
    for (const { evidence } of hop.lines) if (evidence.side === "client") outline += `>${index.calls.peerOf(evidence)}`;
    outline += "\n";
  });
  return outline;
}

/** Each hop before the ones below it; without recursion, because a chain may be as deep as a hostile input wants. */
function walk(hops: readonly Hop[], visit: (hop: Hop) => void): void {
  const waiting = inOrder(hops).reverse();
  for (let hop = waiting.pop(); hop !== undefined; hop = waiting.pop()) {
    visit(hop);
    for (const child of inOrder(hop.children).reverse()) waiting.push(child);
  }
}

function inOrder(hops: readonly Hop[]): Hop[] {
  return [...hops].sort((a, b) => {
    const [one, other] = [a.service ?? "", b.service ?? ""];
    return one < other ? -1 : one > other ? 1 : byTime(a, b);
  });
}
