/**
 * From a diagnosis to the rows of each list: grouping, sorting, folding. Pure; the screens only draw what comes out.
 */
import {
  type Cascade,
  CONFIDENCES,
  type Confidence,
  type Diagnosis,
  victimsOf,
  type Warning,
} from "../../model/index.ts";
import {
  type AlikeGroup,
  because,
  fateOf,
  fateWord,
  groupAlike,
  type HopRow,
  hopRows,
  howWord,
  isNormalEnd,
  namedOutside,
  starterName,
} from "../../present/index.ts";
import { compareCascades, compareOrigins, compareText, fateClass, type Starter, WORST } from "./order.ts";
import type { Sort } from "./ui-state.ts";

/** A row of the list of starters. */
export interface OriginItem extends Starter {
  readonly key: string;
  /** How many stopped of how many, in {@link example}. */
  readonly stopped: string;
  /** The newest cascade of those that went worst: somebody works on, else an end was not seen, else all stopped. */
  readonly example: Cascade;
  /** How many there were in each of {@link RATE_BUCKETS} equal parts of the time that the list spans. */
  readonly rate: readonly number[];
}

/** Parts of the time that a rate is drawn for. */
export const RATE_BUCKETS = 24;

/** A row of the cascades list: one cascade, or like ones folded. */
export interface CascadeItem {
  readonly key: string;
  readonly group: AlikeGroup;
}

/** A row of the tree. */
export interface HopItem extends HopRow {
  readonly key: string;
  /** How many services are folded below it. */
  readonly hidden: number;
}

/** A row of the warnings list. */
export interface WarningItem {
  readonly key: string;
  readonly warning: Warning;
  readonly muted: boolean;
}

/** What a list asks of each cascade. Instants are numbers here: thousands of them are compared for each picture. */
interface Facts {
  readonly cascade: Cascade;
  readonly first: number | null;
  readonly last: number | null;
  /** The key of its starter: name and kind. */
  readonly key: string;
  readonly because: string;
  readonly victims: number;
  readonly fate: OriginItem["fate"];
}

/** A cascade is an object that never changes, and of thousands only few are new in a new picture. */
const known = new WeakMap<Cascade, Facts>();

function factsOf(cascade: Cascade): Facts {
  let facts = known.get(cascade);
  if (facts === undefined) {
    const { firstAt, lastAt } = cascade;
    const { service, kind } = cascade.origin;
    facts = {
      cascade,
      first: firstAt === undefined ? null : Number(firstAt),
      last: lastAt === undefined ? null : Number(lastAt),
      key: JSON.stringify([service, starterName(cascade), kind]),
      because: because(cascade),
      victims: victimsOf(cascade),
      fate: fateClass(cascade),
    };
    known.set(cascade, facts);
  }
  return facts;
}

/** The origins of a diagnosis. */
export function originItems(diagnosis: Diagnosis, sort: Sort<"origins">): readonly OriginItem[] {
  const byOrigin = new Map<string, Facts[]>();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const cascade of diagnosis.cascades) {
    const facts = factsOf(cascade);
    const members = byOrigin.get(facts.key);
    if (members === undefined) byOrigin.set(facts.key, [facts]);
    else members.push(facts);
    if (facts.first === null) continue;
    if (facts.first < from) from = facts.first;
    if (facts.first > to) to = facts.first;
  }
  const items = [...byOrigin].map(([key, members]) => originItem(key, members, { from, length: to - from + 1 }));
  return items.sort((one, other) => compareOrigins(one, other, sort));
}

/** Which cascades a list is about: those of an origin, those with some ids, or all. */
export interface Among {
  readonly origin: string | null;
  readonly ids: ReadonlySet<string> | null;
}

/** The cascades of a list. */
export function cascadeItems(
  diagnosis: Diagnosis,
  { origin, ids }: Among,
  sort: Sort<"cascades">,
  foldAlike: boolean,
): readonly CascadeItem[] {
  const members = diagnosis.cascades.filter(
    (each) => (origin === null || factsOf(each).key === origin) && (ids === null || ids.has(each.id)),
  );
  const groups = foldAlike
    ? groupAlike(members)
    : members.map((cascade): AlikeGroup => ({ example: cascade, members: [cascade], count: cascade.count }));
  const items = groups.map((group): CascadeItem => ({ key: group.example.id, group }));
  return items.sort((one, other) => compareCascades(one.group, other.group, sort));
}

/** The services of a cascade as the rows of its tree. */
export function hopItems(cascade: Cascade, folded: ReadonlySet<string>): readonly HopItem[] {
  const items: HopItem[] = [];
  let hiddenBelow: { depth: number; at: number } | null = null;
  for (const [index, row] of hopRows(cascade).entries()) {
    const { hop, depth } = row;
    if (hiddenBelow !== null && depth > hiddenBelow.depth) {
      const parent = items[hiddenBelow.at] as HopItem;
      items[hiddenBelow.at] = { ...parent, hidden: parent.hidden + 1 };
      continue;
    }
    hiddenBelow = null;
    const key = `${index}/${hop.service ?? ""}`;
    items.push({ ...row, key, hidden: 0 });
    if (folded.has(foldKey(cascade.id, key))) hiddenBelow = { depth, at: items.length - 1 };
  }
  return items;
}

/** How a folded branch is remembered. */
export function foldKey(cascadeId: string, hopKey: string): string {
  return `${cascadeId}/${hopKey}`;
}

/** The warnings as rows; muted ones only where they are asked for. */
export function warningItems(
  diagnosis: Diagnosis,
  sort: Sort<"warnings">,
  muted: ReadonlySet<string>,
  showMuted: boolean,
): readonly WarningItem[] {
  const items = diagnosis.warnings.map((warning): WarningItem => {
    const key = warningKey(warning);
    return { key, warning, muted: muted.has(key) };
  });
  const shown = items.filter((item) => showMuted || !item.muted);
  const order = (one: WarningItem, other: WarningItem): number => {
    const [a, b] = [one.warning, other.warning];
    switch (sort.column) {
      case "rule":
        return 0;
      case "who":
        return compareText(a.service ?? "", b.service ?? "");
      case "times":
        return b.count - a.count;
    }
  };
  const sorted = shown.toSorted((one, other) => order(one, other));
  return sort.turned ? sorted.reverse() : sorted;
}

/** The key of a warning: its rule and its service. */
export function warningKey({ rule, service }: Warning): string {
  return JSON.stringify([rule, service ?? null]);
}

/** Finds a cascade by its id or one of its former ids. */
export function findCascade(diagnosis: Diagnosis, id: string | null): Cascade | null {
  if (id === null) return null;
  return diagnosis.cascades.find((each) => each.id === id || each.aliases.includes(id)) ?? null;
}

function originItem(key: string, members: readonly Facts[], span: Span): OriginItem {
  const [first] = members as readonly [Facts];
  const { service, kind } = first.cascade.origin;
  const sure = new Map<Confidence, number>();
  const reasons = new Map<string, number>();
  let cascades = 0;
  let victims = 0;
  let last: Facts = first;
  let example: Facts = first;
  const rate = new Array<number>(RATE_BUCKETS).fill(0);
  for (const facts of members) {
    const { count, origin } = facts.cascade;
    cascades += count;
    victims += count * facts.victims;
    sure.set(origin.confidence, (sure.get(origin.confidence) ?? 0) + count);
    reasons.set(facts.because, (reasons.get(facts.because) ?? 0) + count);
    if ((facts.last ?? -1) > (last.last ?? -1)) last = facts;
    const bucket = bucketOf(facts.first, span);
    if (bucket !== null) rate[bucket] = (rate[bucket] ?? 0) + count;
    const worse = WORST.indexOf(facts.fate) - WORST.indexOf(example.fate);
    if (worse < 0 || (worse === 0 && (facts.first ?? -1) > (example.first ?? -1))) example = facts;
  }
  let confidence: Confidence = "guess";
  for (const each of CONFIDENCES.toReversed())
    if ((sure.get(each) ?? 0) > (sure.get(confidence) ?? 0)) confidence = each;
  const [reason = ""] = [...reasons].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([text]) => text);
  const more = reasons.size - 1;
  return {
    key,
    name: starterName(first.cascade),
    known: service !== null || namedOutside(first.cascade.origin) !== null,
    kind,
    how: howWord(first.cascade.origin),
    because: more === 0 ? reason : `${reason}, ${more} more`,
    confidence,
    cascades,
    victims,
    lastAt: last.cascade.lastAt ?? null,
    stopped: fateWord(fateOf(example.cascade)),
    fate: example.fate,
    example: example.cascade,
    normal: members.every(({ cascade }) => isNormalEnd(cascade)),
    rate,
  };
}

/** The time that the list spans, in nanoseconds. */
interface Span {
  readonly from: number;
  readonly length: number;
}

function bucketOf(at: number | null, { from, length }: Span): number | null {
  if (at === null) return null;
  return Math.min(RATE_BUCKETS - 1, Math.floor(((at - from) / length) * RATE_BUCKETS));
}
