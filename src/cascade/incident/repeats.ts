/** One timer, many streams: the same service loses its caller after the same time again and again, and only once somebody says why. */

import { SHORTEST_TIMER_MS } from "../tolerances.ts";
import type { IncidentTree } from "./tree.ts";

/** Two runs of one timer differ by less than this share. */
const SAME_SHARE = 0.01;

const TIMER_RULES: ReadonlySet<string> = new Set(["own-timer", "silent-timer"]);
const LEFT_RULES: ReadonlySet<string> = new Set([
  "caller-left",
  "caller-left-after-a-round-time",
  "silent-caller",
  "timer-nobody-mentions",
]);

/** Counts incidents of one timer together with the one that says whose timer it is. */
export function foldTimers(trees: readonly IncidentTree[]): IncidentTree[] {
  const explained = trees.filter(({ finding }) => TIMER_RULES.has(finding.rule) && finding.service !== null);
  if (explained.length === 0) return [...trees];
  const folded = new Map<IncidentTree, IncidentTree[]>();
  const rest = trees.filter((tree) => {
    if (!LEFT_RULES.has(tree.finding.rule)) return true;
    const home = explained.find((other) => isSameTimer(tree, other));
    if (home === undefined) return true;
    folded.set(home, [...(folded.get(home) ?? []), tree]);
    return false;
  });
  return rest.map((tree) => withRepeats(tree, folded.get(tree) ?? []));
}

function isSameTimer(tree: IncidentTree, explained: IncidentTree): boolean {
  return tree.given.saw("caller").some(({ service }) => {
    if (service === explained.finding.service) return false;
    if (explained.given.of(service, "caller").length === 0) return false;
    const known = explained.given.durationsOf(service);
    return tree.given
      .durationsOf(service)
      .some((ms) => ms >= SHORTEST_TIMER_MS && known.some((other) => Math.abs(other - ms) <= SAME_SHARE * other));
  });
}

function withRepeats(tree: IncidentTree, repeats: readonly IncidentTree[]): IncidentTree {
  if (repeats.length === 0) return tree;
  const { cascade } = tree;
  const lines = [...tree.lines, ...repeats.flatMap((repeat) => repeat.lines)].sort((a, b) => a.at - b.at);
  const said = lines.filter(({ evidence }) => evidence.at !== null);
  const { firstAt = said[0]?.evidence.at, lastAt = said.at(-1)?.evidence.at } = {
    firstAt: said[0]?.evidence.at,
    lastAt: said.at(-1)?.evidence.at,
  };
  return {
    ...tree,
    lines,
    cascade: {
      ...cascade,
      count: cascade.count + repeats.length,
      evidenceCount: cascade.evidenceCount + repeats.reduce((sum, repeat) => sum + repeat.cascade.evidenceCount, 0),
      ...(firstAt == null ? {} : { firstAt }),
      ...(lastAt == null ? {} : { lastAt }),
    },
  };
}
