/** What belongs to one timer. One timer, many streams: the same service loses its caller after the same time again and again, and only once somebody says why. */

import { LATE_WRITE_MS, SHORTEST_TIMER_MS } from "../tolerances.ts";
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

/** A write to a caller that had left: it is tried when there is something to write. */
const LATE_WRITE = /\bbroken pipe\b|\bEPIPE\b|\bcall already cancelled\b|\bcannot write to closing transport\b/i;

/** Adds a write that failed late to the timer of the only service that can have called its writer. */
export function foldLateWrites(trees: readonly IncidentTree[]): IncidentTree[] {
  const timers = trees.filter(({ finding }) => TIMER_RULES.has(finding.rule) && finding.service !== null);
  const late = new Map<IncidentTree, IncidentTree[]>();
  const rest = trees.filter((tree) => {
    const home = timers.find((timer) => isLateWrite(tree, timer));
    if (home === undefined) return true;
    late.set(home, [...(late.get(home) ?? []), tree]);
    return false;
  });
  return rest.map((tree) => (late.get(tree) ?? []).reduce(withLateWrite, tree));
}

function isLateWrite({ given, finding: { rule } }: IncidentTree, timer: IncidentTree): boolean {
  const caller = timer.finding.service as string;
  const [service, ...others] = given.services;
  if (!LEFT_RULES.has(rule) || service === undefined || others.length > 0 || service === caller) return false;
  const after = given.firstAt - timer.given.firstAt;
  if (after < 0 || after > LATE_WRITE_MS) return false;
  if (!given.all.some(({ line }) => LATE_WRITE.test(line.evidence.text))) return false;
  const { map } = given.around;
  const known = map.callersOf(service);
  if (known.length > 0) return known.length === 1 && known[0] === caller;
  return map.services.every((name) => name === service || name === caller);
}

function withLateWrite(tree: IncidentTree, late: IncidentTree): IncidentTree {
  const { cascade } = tree;
  const known = new Set([cascade.origin.service, ...cascade.reached.map(({ service }) => service)]);
  const reached = late.cascade.reached.filter(({ service }) => !known.has(service));
  const { lastAt = cascade.lastAt } = late.cascade;
  return {
    ...tree,
    lines: [...tree.lines, ...late.lines].sort((a, b) => a.at - b.at),
    cascade: {
      ...cascade,
      reached: [...cascade.reached, ...reached],
      ...(lastAt === undefined ? {} : { lastAt }),
      evidence: [...cascade.evidence, ...late.cascade.evidence],
      evidenceCount: cascade.evidenceCount + late.cascade.evidenceCount,
    },
  };
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
