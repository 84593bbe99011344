/**
 * From a diagnosis to the rows of each list: grouping, sorting, folding. Pure; the screens only draw what comes out.
 */
import {
  type Cascade,
  CONFIDENCES,
  type Confidence,
  type Diagnosis,
  type Instant,
  type Kind,
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
import { compareCascades, compareInstants, compareOrigins, compareText, fateClass, WORST } from "./order.ts";
import type { Sort } from "./ui-state.ts";

/** A row of the list of starters. */
export interface OriginItem {
  readonly key: string;
  /** Who started it: a service, a party outside, `? above chat`. */
  readonly name: string;
  readonly known: boolean;
  readonly kind: Kind;
  /** What it did, in a word. */
  readonly how: string;
  /** Because of what, most often; further reasons are counted. */
  readonly because: string;
  /** The confidence most of its cascades have; the weaker one where two are equal. */
  readonly confidence: Confidence;
  readonly cascades: number;
  readonly victims: number;
  readonly lastAt: Instant | null;
  /** How many stopped of how many, in {@link example}. */
  readonly stopped: string;
  /** How bad that is: somebody works on, an end was not seen, all stopped. */
  readonly fate: "running" | "unseen" | "stopped";
  /** The newest cascade of those that went worst: somebody works on, else an end was not seen, else all stopped. */
  readonly example: Cascade;
  /** True where all of them are normal ends: nobody has to look. */
  readonly normal: boolean;
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

/** The key of a starter: its name and kind. */
function originKey(cascade: Cascade): string {
  return JSON.stringify([cascade.origin.service, starterName(cascade), cascade.origin.kind]);
}

/** The origins of a diagnosis. */
export function originItems(diagnosis: Diagnosis, sort: Sort<"origins">): readonly OriginItem[] {
  const byOrigin = new Map<string, Cascade[]>();
  for (const cascade of diagnosis.cascades) {
    const key = originKey(cascade);
    const members = byOrigin.get(key);
    if (members === undefined) byOrigin.set(key, [cascade]);
    else members.push(cascade);
  }
  const span = spanOf(diagnosis.cascades);
  const items = [...byOrigin].map(([key, members]) => originItem(key, members, span));
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
    (each) => (origin === null || originKey(each) === origin) && (ids === null || ids.has(each.id)),
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

function originItem(key: string, members: readonly Cascade[], span: Span): OriginItem {
  const first = members[0] as Cascade;
  const { service, kind } = first.origin;
  const sure = new Map<Confidence, number>();
  const reasons = new Map<string, number>();
  let cascades = 0;
  let victims = 0;
  let lastAt: Instant | null = null;
  let example = first;
  const rate = new Array<number>(RATE_BUCKETS).fill(0);
  for (const cascade of members) {
    cascades += cascade.count;
    victims += cascade.count * victimsOf(cascade);
    sure.set(cascade.origin.confidence, (sure.get(cascade.origin.confidence) ?? 0) + cascade.count);
    const reason = because(cascade);
    reasons.set(reason, (reasons.get(reason) ?? 0) + cascade.count);
    if (cascade.lastAt !== undefined && (lastAt === null || cascade.lastAt > lastAt)) lastAt = cascade.lastAt;
    const bucket = bucketOf(cascade.firstAt, span);
    if (bucket !== null) rate[bucket] = (rate[bucket] ?? 0) + cascade.count;
    const worse = WORST.indexOf(fateClass(cascade)) - WORST.indexOf(fateClass(example));
    if (worse < 0 || (worse === 0 && isNewer(cascade, example))) example = cascade;
  }
  let confidence: Confidence = "guess";
  for (const each of CONFIDENCES.toReversed())
    if ((sure.get(each) ?? 0) > (sure.get(confidence) ?? 0)) confidence = each;
  const [reason = ""] = [...reasons].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([text]) => text);
  const more = reasons.size - 1;
  return {
    key,
    name: starterName(first),
    known: service !== null || namedOutside(first.origin) !== null,
    kind,
    how: howWord(first.origin),
    because: more === 0 ? reason : `${reason}, ${more} more`,
    confidence,
    cascades,
    victims,
    lastAt,
    stopped: fateWord(fateOf(example)),
    fate: fateClass(example),
    example,
    normal: members.every(isNormalEnd),
    rate,
  };
}

/** From the first instant to the last, in nanoseconds; null where no cascade has one. */
type Span = { readonly from: Instant; readonly length: number } | null;

function spanOf(cascades: readonly Cascade[]): Span {
  let from: Instant | null = null;
  let to: Instant | null = null;
  for (const { firstAt } of cascades) {
    if (firstAt === undefined) continue;
    if (from === null || firstAt < from) from = firstAt;
    if (to === null || firstAt > to) to = firstAt;
  }
  return from === null || to === null ? null : { from, length: Number(to - from) + 1 };
}

function bucketOf(at: Instant | undefined, span: Span): number | null {
  if (at === undefined || span === null) return null;
  return Math.min(RATE_BUCKETS - 1, Math.floor((Number(at - span.from) / span.length) * RATE_BUCKETS));
}

function isNewer(one: Cascade, other: Cascade): boolean {
  return compareInstants(one.firstAt ?? null, other.firstAt ?? null) > 0 && one.firstAt !== undefined;
}
