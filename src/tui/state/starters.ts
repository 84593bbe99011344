/** Who starts cancels: the cascades of a diagnosis by their starter and its deed, as the rows of the first screen. */
import { type Cascade, CONFIDENCES, type Confidence, type Diagnosis } from "../../model/index.ts";
import { fateOf, fateWord, howWord, namedOutside, starterName } from "../../present/index.ts";
import { changedStarters, type Facts, factsOfAll, type StarterKey } from "./cascade-facts.ts";
import { compareOrigins, type Starter, WORST } from "./order.ts";
import type { Sort } from "./ui-state.ts";

/** A row of the list of starters. */
export interface OriginItem extends Starter {
  readonly key: string;
  /** How many stopped of how many, in {@link example}. */
  readonly stopped: string;
  /** The newest cascade of those that went worst: somebody works on, else an end was not seen, else all stopped. */
  readonly example: Cascade;
  /** All of them. */
  readonly members: readonly Cascade[];
  readonly facts: readonly Facts[];
  /** When the first and the last of them began, in nanoseconds; null where no time is known. */
  readonly span: Span | null;
}

/** A stretch of time, in nanoseconds: both ends belong to it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Parts of the time that a rate is drawn for, where there is room. */
export const RATE_BUCKETS = 24;

/** What was found of starters before: most of them have the same cascades in the next picture. */
export interface KnownStarters {
  list: readonly Facts[];
  readonly items: Map<StarterKey, OriginItem>;
}

/** So many starters at most are looked at alone; of more all are. */
const FEW = 64;

/** The starters of a diagnosis. `known` may be given again with the next diagnosis; it changes nothing but the time this takes. */
export function originItems(
  diagnosis: Diagnosis,
  sort: Sort<"origins">,
  known: KnownStarters = { list: [], items: new Map() },
): readonly OriginItem[] {
  const { facts: list } = factsOfAll(diagnosis.cascades);
  const changed = changedStarters(known.list, list, FEW);
  const groups = new Map<StarterKey, Facts[]>();
  for (const starter of changed ?? []) groups.set(starter, []);
  if (changed === null) for (const facts of list) groups.set(facts.starter, []);
  if (groups.size > 0) for (const facts of list) groups.get(facts.starter)?.push(facts);
  for (const starter of known.items.keys()) if (changed === null && !groups.has(starter)) known.items.delete(starter);
  for (const [starter, members] of groups) {
    if (members.length === 0) known.items.delete(starter);
    else if (!isSame(known.items.get(starter)?.facts, members))
      known.items.set(starter, originItem(starter.key, members));
  }
  known.list = list;
  return [...known.items.values()].sort((one, other) => compareOrigins(one, other, sort));
}

function isSame(one: readonly Facts[] | undefined, other: readonly Facts[]): boolean {
  return one?.length === other.length && one.every((facts, index) => facts === other[index]);
}

function originItem(key: string, members: readonly Facts[]): OriginItem {
  const [first] = members as readonly [Facts];
  const { service, kind } = first.cascade.origin;
  const sure = new Map<Confidence, number>();
  const reasons = new Map<string, { times: number; because: string }>();
  let cascades = 0;
  let victims = 0;
  let last: Facts = first;
  let example: Facts = first;
  for (const facts of members) {
    const { count } = facts;
    const { origin } = facts.cascade;
    cascades += count;
    victims += count * facts.victims;
    sure.set(origin.confidence, (sure.get(origin.confidence) ?? 0) + count);
    const known = reasons.get(facts.reason);
    reasons.set(facts.reason, {
      times: count + (known?.times ?? 0),
      because: known === undefined || known.because === facts.because ? facts.because : facts.reason,
    });
    if ((facts.last ?? -1) > (last.last ?? -1)) last = facts;
    const worse = WORST.indexOf(facts.fate) - WORST.indexOf(example.fate);
    if (worse < 0 || (worse === 0 && (facts.first ?? -1) > (example.first ?? -1))) example = facts;
  }
  let confidence: Confidence = "guess";
  for (const each of CONFIDENCES.toReversed())
    if ((sure.get(each) ?? 0) > (sure.get(confidence) ?? 0)) confidence = each;
  const [reason = ""] = [...reasons]
    .sort(([one, a], [other, b]) => b.times - a.times || (one < other ? -1 : 1))
    .map(([, { because }]) => because);
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
    members: members.map(({ cascade }) => cascade),
    facts: members,
    normal: members.every(({ normal }) => normal),
    span: spanOf(members.map(({ first: at }) => (at === null ? null : { from: at, to: at }))),
  };
}

/** The time that several stretches take together; null where none of them is known. */
export function spanOf(spans: readonly (Span | null)[]): Span | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    if (span === null) continue;
    if (span.from < from) from = span.from;
    if (span.to > to) to = span.to;
  }
  return from > to ? null : { from, to };
}

/** How many of a row there were in each of so many equal parts of a stretch; only asked for rows that are drawn. */
export function rateOf({ facts }: Pick<OriginItem, "facts">, span: Span | null, parts: number): readonly number[] {
  const rate = new Array<number>(parts).fill(0);
  if (span === null) return rate;
  for (const { first, count } of facts) {
    if (first === null) continue;
    const bucket = Math.min(parts - 1, Math.floor(((first - span.from) / (span.to - span.from + 1)) * parts));
    rate[bucket] = (rate[bucket] ?? 0) + count;
  }
  return rate;
}
