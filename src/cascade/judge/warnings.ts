/**
 * Warnings: what the named rules noticed. The same finding in many cascades is one warning with a number. Counts of lists of cascades that
 * have none in common add up.
 */
import type { Cascade, Place, Warning } from "../../model/index.ts";
import { comparePlaces, MAX_PLACES } from "./places.ts";
import { addGust, type Gusts, mergeGusts, stormText } from "./storms.ts";
import { type Finding, RULES, type Rule } from "./warning-rules.ts";

/** Ids of cascades that a warning keeps. */
const MOST_IDS = 50;

/** The names of all warning rules, for help and documentation; the last one looks at all cascades of a starter together. */
export const WARNING_RULES: readonly string[] = [...RULES.map(({ rule }) => rule), "storm"];

/** What one rule noticed about one service, in some cascades. */
interface Noticed {
  readonly rule: Rule;
  readonly service: string;
  cascades: number;
  /** How many of them have an id of their own, and some of these: the least, so that no order of counting matters. */
  distinct: number;
  readonly ids: string[];
  readonly places: Place[];
  worst: number;
  messages: number;
}

/** What the rules noticed in some cascades. */
export interface Findings {
  /** By rule and service. */
  readonly noticed: ReadonlyMap<string, Readonly<Noticed>>;
  /** By starter. */
  readonly gusts: ReadonlyMap<string, Gusts>;
  /** Some ids of the cascades of each starter: for the warning about a storm. */
  readonly starters: ReadonlyMap<string, string[]>;
}

/** Checks every rule on every cascade. */
export function findingsOf(cascades: readonly Cascade[]): Findings {
  const noticed = new Map<string, Noticed>();
  const gusts = new Map<string, Gusts>();
  const starters = new Map<string, string[]>();
  for (const cascade of cascades) {
    for (const rule of RULES) {
      const own = new Map<string, Noticed>();
      for (const finding of rule.check(cascade)) notice(own, rule, cascade, finding);
      for (const each of own.values()) include(noticed, each);
    }
    const { service, kind } = cascade.origin;
    if (service === null || kind === "error") continue;
    const known = gusts.get(service) ?? { seconds: new Map(), services: 0 };
    addGust(known, cascade);
    gusts.set(service, known);
    starters.set(service, keep(starters.get(service) ?? [], [cascade.id], MOST_IDS, compareIds));
  }
  return { noticed, gusts, starters };
}

function notice(own: Map<string, Noticed>, rule: Rule, cascade: Cascade, finding: Finding): void {
  const { service, ms = 0, messages = 0, places = [] } = finding;
  const known = own.get(service);
  own.set(service, {
    rule,
    service,
    cascades: cascade.count,
    distinct: 1,
    ids: [cascade.id],
    places: [...(known?.places ?? []), ...places].sort(comparePlaces).slice(0, MAX_PLACES),
    worst: Math.max(known?.worst ?? 0, ms),
    messages: (known?.messages ?? 0) + messages,
  });
}

/** The findings of lists that have no cascade in common, in their order. */
export function mergeFindings(all: readonly Findings[]): Findings {
  const noticed = new Map<string, Noticed>();
  const gusts = new Map<string, Gusts>();
  const starters = new Map<string, string[]>();
  for (const findings of all) {
    for (const each of findings.noticed.values()) include(noticed, each);
    for (const [service, each] of findings.gusts) {
      const known = gusts.get(service) ?? { seconds: new Map(), services: 0 };
      mergeGusts(known, each);
      gusts.set(service, known);
    }
    for (const [service, ids] of findings.starters)
      starters.set(service, keep(starters.get(service) ?? [], ids, MOST_IDS, compareIds));
  }
  return { noticed, gusts, starters };
}

function include(found: Map<string, Noticed>, noticed: Noticed): void {
  const key = `${noticed.rule.rule}\u0000${noticed.service}`;
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, { ...noticed, ids: [...noticed.ids], places: [...noticed.places] });
    return;
  }
  known.cascades += noticed.cascades;
  known.distinct += noticed.distinct;
  keep(known.ids, noticed.ids, MOST_IDS, compareIds);
  keep(known.places, noticed.places, MAX_PLACES, comparePlaces);
  known.worst = Math.max(known.worst, noticed.worst);
  known.messages += noticed.messages;
}

/** Adds items to a list of which the least are kept; the list is put in order once it has twice as many. */
function keep<Item>(list: Item[], more: readonly Item[], most: number, compare: (a: Item, b: Item) => number): Item[] {
  list.push(...more);
  if (list.length > 2 * most) list.splice(0, list.length, ...leastOf(list, most, compare));
  return list;
}

function leastOf<Item>(list: readonly Item[], most: number, compare: (a: Item, b: Item) => number): Item[] {
  return list.toSorted(compare).slice(0, most);
}

function compareIds(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Says in sentences what was found, by the weight of the rules. */
export function warningsOf({ noticed, gusts, starters }: Findings): Warning[] {
  const found = [...noticed.values()]
    .filter(({ rule, cascades }) => cascades >= (rule.least ?? 1))
    .sort(
      (a, b) =>
        RULES.indexOf(a.rule) - RULES.indexOf(b.rule) || b.cascades - a.cascades || (a.service < b.service ? -1 : 1),
    )
    .map(({ rule, service, cascades, distinct, ids, places, worst, messages }): Warning => {
      const [only] = ids;
      return {
        rule: rule.rule,
        service,
        ...(distinct > 1 || only === undefined ? {} : { cascade: only }),
        text: rule.text(service, cascades, worst, messages),
        count: cascades,
        cascades: leastOf(ids, MOST_IDS, compareIds),
        places: leastOf(places, MAX_PLACES, comparePlaces),
      };
    });
  return [...found, ...storms(gusts, starters)];
}

function storms(gusts: Findings["gusts"], starters: Findings["starters"]): Warning[] {
  return [...gusts]
    .flatMap(([service, each]): Warning[] => {
      const text = stormText(service, each);
      const ids = leastOf(starters.get(service) ?? [], MOST_IDS, compareIds);
      const count = [...each.seconds.values()].reduce((sum, number) => sum + number, 0);
      return text === null ? [] : [{ rule: "storm", service, text, count, cascades: ids, places: [] }];
    })
    .sort((a, b) => b.count - a.count || ((a.service ?? "") < (b.service ?? "") ? -1 : 1));
}

/** The warnings about some cascades. */
export function warnAbout(cascades: readonly Cascade[]): readonly Warning[] {
  return warningsOf(findingsOf(cascades));
}
