/**
 * From a diagnosis to the rows of each list: grouping, sorting, folding. Pure; the screens only draw what comes out.
 */
import type { Cascade, Diagnosis, Warning } from "../../model/index.ts";
import { type AlikeGroup, groupAlike, type HopRow, hopRows } from "../../present/index.ts";
import { factsOfAll } from "./cascade-facts.ts";
import { compareCascades, compareText } from "./order.ts";
import type { Sort } from "./ui-state.ts";

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
  const members = factsOfAll(diagnosis.cascades)
    .facts.filter(
      ({ starter, cascade }) => (origin === null || starter.key === origin) && (ids === null || ids.has(cascade.id)),
    )
    .map(({ cascade }) => cascade);
  return rowsOfCascades(members, sort, foldAlike);
}

/** Some cascades as rows: like ones as one where they are folded. */
export function rowsOfCascades(
  members: readonly Cascade[],
  sort: Sort<"cascades">,
  foldAlike: boolean,
): readonly CascadeItem[] {
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
