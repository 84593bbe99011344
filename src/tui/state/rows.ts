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
import { type AlikeGroup, groupAlike, type Hop, hopTree, walkHops } from "../../present/index.ts";
import type { CascadeSort, OriginSort } from "./ui-state.ts";

/** A row of the origins list. */
export interface OriginItem {
  readonly key: string;
  readonly service: string | null;
  readonly kind: Kind;
  /** The confidence most of its cascades have; the weaker one where two are equal. */
  readonly confidence: Confidence;
  readonly cascades: number;
  readonly victims: number;
  readonly falseOrigins: number;
  readonly lastAt: Instant | null;
}

/** A row of the cascades list: one cascade, or like ones folded. */
export interface CascadeItem {
  readonly key: string;
  readonly group: AlikeGroup;
}

/** A row of the tree. */
export interface HopItem {
  readonly key: string;
  readonly hop: Hop;
  readonly depth: number;
  readonly last: boolean;
  readonly rails: readonly boolean[];
  /** How many services are folded below it. */
  readonly hidden: number;
}

/** A row of the warnings list. */
export interface WarningItem {
  readonly key: string;
  readonly warning: Warning;
}

/** The key of an origin: its service and kind. */
function originKey(service: string | null, kind: Kind): string {
  return JSON.stringify([service, kind]);
}

/** The origins of a diagnosis. */
export function originItems(diagnosis: Diagnosis, sort: OriginSort): readonly OriginItem[] {
  const byOrigin = new Map<string, Cascade[]>();
  for (const cascade of diagnosis.cascades) {
    const key = originKey(cascade.origin.service, cascade.origin.kind);
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
    origin === null
      ? diagnosis.cascades
      : diagnosis.cascades.filter((each) => originKey(each.origin.service, each.origin.kind) === origin);
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
  for (const [index, { hop, depth, last, rails }] of walkHops(hopTree(cascade)).entries()) {
    if (hiddenBelow !== null && depth > hiddenBelow.depth) {
      const parent = items[hiddenBelow.at] as HopItem;
      items[hiddenBelow.at] = { ...parent, hidden: parent.hidden + 1 };
      continue;
    }
    hiddenBelow = null;
    const key = `${index}/${hop.service ?? ""}`;
    items.push({ key, hop, depth, last, rails, hidden: 0 });
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
  const { service, kind } = (members[0] as Cascade).origin;
  const sure = new Map<Confidence, number>();
  let cascades = 0;
  let victims = 0;
  let falseOrigins = 0;
  let lastAt: Instant | null = null;
  for (const cascade of members) {
    cascades += cascade.count;
    victims += cascade.count * victimsOf(cascade);
    falseOrigins += cascade.count * cascade.falseOrigins.length;
    sure.set(cascade.origin.confidence, (sure.get(cascade.origin.confidence) ?? 0) + cascade.count);
    if (cascade.lastAt !== undefined && (lastAt === null || cascade.lastAt > lastAt)) lastAt = cascade.lastAt;
  }
  let confidence: Confidence = "guess";
  for (const each of CONFIDENCES.toReversed())
    if ((sure.get(each) ?? 0) > (sure.get(confidence) ?? 0)) confidence = each;
  return { key, service, kind, confidence, cascades, victims, falseOrigins, lastAt };
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
  if (one.service === other.service) return one.kind < other.kind ? -1 : 1;
  if (one.service === null) return 1;
  if (other.service === null) return -1;
  return one.service < other.service ? -1 : 1;
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
