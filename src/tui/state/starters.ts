/** Who starts cancels: the cascades of a diagnosis by their starter and its deed, as the rows of the first screen. */
import { type Cascade, CONFIDENCES, type Confidence, type Diagnosis, victimsOf } from "../../model/index.ts";
import {
  because as becauseOf,
  fateOf,
  fateWord,
  howWord,
  isNormalEnd,
  namedOutside,
  starterName,
} from "../../present/index.ts";
import { compareOrigins, fateClass, type Starter, WORST } from "./order.ts";
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
  /** How many there were in each of so many equal parts of the time that the list spans; only asked for rows that are drawn. */
  readonly rate: (parts: number) => readonly number[];
}

/** Parts of the time that a rate is drawn for, where there is room. */
export const RATE_BUCKETS = 24;

/** What a list asks of each cascade. Instants are numbers here: thousands of them are compared for each picture. */
export interface Facts {
  readonly cascade: Cascade;
  readonly first: number | null;
  readonly last: number | null;
  /** The key of its starter: name and kind. */
  readonly key: string;
  readonly because: string;
  /** The same without figures: timers that differ in what was left of them are one reason. */
  readonly reason: string;
  readonly victims: number;
  readonly fate: OriginItem["fate"];
}

/** A cascade is an object that never changes, and of thousands only few are new in a new picture. */
const known = new WeakMap<Cascade, Facts>();

/** The facts of a cascade, found once. */
export function factsOf(cascade: Cascade): Facts {
  let facts = known.get(cascade);
  if (facts === undefined) {
    const { firstAt, lastAt } = cascade;
    const { service, kind } = cascade.origin;
    const because = becauseOf(cascade);
    facts = {
      cascade,
      first: firstAt === undefined ? null : Number(firstAt),
      last: lastAt === undefined ? null : Number(lastAt),
      key: JSON.stringify([service, starterName(cascade), kind]),
      because,
      reason: kind === "deadline" ? because.replace(/\d+(?:\.\d+)? (?:ms|s|min)\b/, "time") : because,
      victims: victimsOf(cascade),
      fate: fateClass(cascade),
    };
    known.set(cascade, facts);
  }
  return facts;
}

/** What was found of starters before: most of them have the same cascades in the next picture. */
export type KnownStarters = Map<
  string,
  { readonly members: readonly Facts[]; readonly item: Omit<OriginItem, "rate"> }
>;

/** The starters of a diagnosis. `before` may be given again with the next diagnosis; it changes nothing but the time this takes. */
export function originItems(
  diagnosis: Diagnosis,
  sort: Sort<"origins">,
  before: KnownStarters = new Map(),
): readonly OriginItem[] {
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
  for (const key of before.keys()) if (!byOrigin.has(key)) before.delete(key);
  const span: Span = { from, length: to - from + 1 };
  const items = [...byOrigin].map(([key, members]): OriginItem => {
    const known = before.get(key);
    const item = known !== undefined && isSame(known.members, members) ? known.item : originItem(key, members);
    if (item !== known?.item) before.set(key, { members, item });
    return { ...item, rate: (parts) => rateOf(members, span, parts) };
  });
  return items.sort((one, other) => compareOrigins(one, other, sort));
}

function isSame(one: readonly Facts[], other: readonly Facts[]): boolean {
  return one.length === other.length && one.every((facts, index) => facts === other[index]);
}

function originItem(key: string, members: readonly Facts[]): Omit<OriginItem, "rate"> {
  const [first] = members as readonly [Facts];
  const { service, kind } = first.cascade.origin;
  const sure = new Map<Confidence, number>();
  const reasons = new Map<string, { times: number; because: string }>();
  let cascades = 0;
  let victims = 0;
  let last: Facts = first;
  let example: Facts = first;
  for (const facts of members) {
    const { count, origin } = facts.cascade;
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
    normal: members.every(({ cascade }) => isNormalEnd(cascade)),
  };
}

function rateOf(members: readonly Facts[], span: Span, parts: number): readonly number[] {
  const rate = new Array<number>(parts).fill(0);
  for (const { first, cascade } of members) {
    const bucket = bucketOf(first, span, parts);
    if (bucket !== null) rate[bucket] = (rate[bucket] ?? 0) + cascade.count;
  }
  return rate;
}

/** The time that the list spans, in nanoseconds. */
interface Span {
  readonly from: number;
  readonly length: number;
}

function bucketOf(at: number | null, { from, length }: Span, parts: number): number | null {
  if (at === null) return null;
  return Math.min(parts - 1, Math.floor(((at - from) / length) * parts));
}
