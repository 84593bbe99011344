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
  namedOutside,
  starterName,
} from "../../present/index.ts";
import type { CascadeSort, OriginSort } from "./ui-state.ts";

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
}

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
}

/** The key of a starter: its name and kind. */
function originKey(cascade: Cascade): string {
  return JSON.stringify([cascade.origin.service, starterName(cascade), cascade.origin.kind]);
}

/** The origins of a diagnosis. */
export function originItems(diagnosis: Diagnosis, sort: OriginSort): readonly OriginItem[] {
  const byOrigin = new Map<string, Cascade[]>();
  for (const cascade of diagnosis.cascades) {
    const key = originKey(cascade);
    const members = byOrigin.get(key);
    if (members === undefined) byOrigin.set(key, [cascade]);
    else members.push(cascade);
  }
  const items = [...byOrigin].map(([key, members]) => originItem(key, members));
  return items.sort((one, other) => compareOrigins(one, other, sort));
}

/** The cascades of one origin, or all of them. */
export function cascadeItems(
  diagnosis: Diagnosis,
  origin: string | null,
  sort: CascadeSort,
  foldAlike: boolean,
): readonly CascadeItem[] {
  const members =
    origin === null ? diagnosis.cascades : diagnosis.cascades.filter((each) => originKey(each) === origin);
  const groups = foldAlike
    ? groupAlike(members)
    : members.map((cascade): AlikeGroup => ({ example: cascade, members: [cascade], count: cascade.count }));
  const items = groups.map((group): CascadeItem => ({ key: group.example.id, group }));
  if (sort === "weight" && foldAlike) return items;
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

/** The warnings as rows. */
export function warningItems(diagnosis: Diagnosis): readonly WarningItem[] {
  return diagnosis.warnings.map((warning, index) => ({ key: `${index}/${warning.rule}`, warning }));
}

/** Finds a cascade by its id or one of its former ids. */
export function findCascade(diagnosis: Diagnosis, id: string | null): Cascade | null {
  if (id === null) return null;
  return diagnosis.cascades.find((each) => each.id === id || each.aliases.includes(id)) ?? null;
}

function originItem(key: string, members: readonly Cascade[]): OriginItem {
  const first = members[0] as Cascade;
  const { service, kind } = first.origin;
  const sure = new Map<Confidence, number>();
  const reasons = new Map<string, number>();
  let cascades = 0;
  let victims = 0;
  let lastAt: Instant | null = null;
  let example = first;
  for (const cascade of members) {
    cascades += cascade.count;
    victims += cascade.count * victimsOf(cascade);
    sure.set(cascade.origin.confidence, (sure.get(cascade.origin.confidence) ?? 0) + cascade.count);
    const reason = because(cascade);
    reasons.set(reason, (reasons.get(reason) ?? 0) + cascade.count);
    if (cascade.lastAt !== undefined && (lastAt === null || cascade.lastAt > lastAt)) lastAt = cascade.lastAt;
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
  };
}

const WORST = ["running", "unseen", "stopped"] as const;

function fateClass({ reached, ghosts = [] }: Cascade): OriginItem["fate"] {
  if (ghosts.length > 0 || reached.some(({ state }) => state === "still-running")) return "running";
  return reached.some(({ state }) => state === "silent") ? "unseen" : "stopped";
}

function isNewer(one: Cascade, other: Cascade): boolean {
  return compareInstants(one.firstAt ?? null, other.firstAt ?? null) > 0 && one.firstAt !== undefined;
}

function compareOrigins(one: OriginItem, other: OriginItem, sort: OriginSort): number {
  const harmless = Number(one.kind === "error") - Number(other.kind === "error");
  switch (sort) {
    case "cascades":
      return harmless || other.cascades - one.cascades || other.victims - one.victims || compareNames(one, other);
    case "victims":
      return other.victims - one.victims || other.cascades - one.cascades || compareNames(one, other);
    case "origin":
      return compareNames(one, other);
    case "last":
      return compareInstants(other.lastAt, one.lastAt) || compareNames(one, other);
  }
}

function compareNames(one: OriginItem, other: OriginItem): number {
  if (one.known !== other.known) return one.known ? -1 : 1;
  if (one.name === other.name) return one.kind < other.kind ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}

function compareCascades(one: AlikeGroup, other: AlikeGroup, sort: CascadeSort): number {
  const first = one.example.firstAt ?? null;
  const second = other.example.firstAt ?? null;
  const oldest = compareInstants(first, second);
  switch (sort) {
    case "weight":
    case "victims":
      return victimsOf(other.example) - victimsOf(one.example) || other.count - one.count || oldest;
    case "newest":
      return -oldest;
    case "oldest":
      return oldest;
  }
}

function compareInstants(one: Instant | null, other: Instant | null): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other ? -1 : 1;
}
