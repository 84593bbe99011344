/** What several screens ask for. */
import type { Cascade } from "../../model/index.ts";
import { partyInShort, shownName, starterName } from "../../present/index.ts";
import { pageOf, pastCascade, serviceSubject, starterSubject } from "../past.ts";
import { openForm } from "../state/overrule-form.ts";
import { type CascadeItem, findCascade, rowsOfCascades, warningKey } from "../state/rows.ts";
import type { Shown } from "../state/shown.ts";
import { openFrame, type Sort } from "../state/ui-state.ts";
import type { Scene } from "./scene.ts";

/** The cascade that is looked at: a filter that is typed meanwhile does not take it away. */
export function theCascade({ diagnosis, all, frame, snapshot }: Scene): Cascade | null {
  if (frame.past !== null) return pastCascade(snapshot.past, frame.cascade);
  return findCascade(diagnosis, frame.cascade) ?? findCascade(all, frame.cascade);
}

/** True where the cascade that is looked at comes out of the history. */
export function isOld({ frame, snapshot }: Scene): boolean {
  return frame.past !== null || snapshot.past?.alone === true;
}

const NEWEST_FIRST: Sort<"cascades"> = { column: "first", turned: false };
const pastRows = new WeakMap<readonly Cascade[], readonly CascadeItem[]>();

/** The rows of the page of old cancels that is shown; those that the filter keeps. */
export function pastItems({ snapshot, frame, keeps }: Scene): readonly CascadeItem[] {
  const cascades = pageOf(snapshot.past, frame.past, frame.page)?.cascades ?? [];
  const rows = pastRows.get(cascades) ?? rowsOfCascades(cascades, NEWEST_FIRST, false);
  pastRows.set(cascades, rows);
  return rows.filter(({ group }) => keeps(group.example));
}

/** The list of old cancels of whoever started a cascade, or of one of its services; null where no history is open. */
export function beforeOf({ snapshot }: Scene, cascade: Cascade | null, service: string | null = null): Shown["before"] {
  if (snapshot.past === null || cascade === null) return null;
  const { origin } = cascade;
  const past =
    service === null || service === origin.service
      ? starterSubject(origin.service, starterName(cascade), origin.kind)
      : serviceSubject(service);
  return openFrame("history", { past });
}

/** The list that the cascade came from. */
export function siblings(scene: Scene): readonly CascadeItem[] {
  const { lists, diagnosis, frame, state } = scene;
  if (frame.past !== null) return pastItems(scene);
  const { origin, warning } = frame;
  const about = warning === null ? null : diagnosis.warnings.find((each) => warningKey(each) === warning);
  const ids = about == null ? null : idsOf(about.cascades);
  return lists.cascades(diagnosis, { origin, ids }, state.sorts.cascades, state.foldAlike);
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The same set for the same list, so that lists made from it are remembered. */
function idsOf(ids: readonly string[]): ReadonlySet<string> {
  const set = sets.get(ids) ?? new Set(ids);
  sets.set(ids, set);
  return set;
}

/** What the reducer has to know of the cascade that is selected; `old` where it comes out of the history. */
export function about(cascade: Cascade | null, old: boolean): Pick<Shown, "about" | "candidates" | "form"> {
  if (cascade === null) return { about: null, candidates: [], form: null };
  if (old) return { about: cascade.id, candidates: [], form: null };
  return { about: cascade.id, candidates: candidatesOf(cascade), form: openForm(cascade.id) };
}

/** Who may have started it: the party outside, whom the evidence names, who looks so, who was reached first. */
function candidatesOf({ origin, falseOrigins, reached }: Cascade): readonly string[] {
  const outside = origin.external === undefined ? undefined : partyInShort(origin.external);
  const names = [
    ...(outside === undefined ? [] : [outside]),
    ...(origin.overruled?.was == null ? [] : [origin.overruled.was]),
    ...(origin.service === null ? [] : [origin.service]),
    ...falseOrigins.map(({ service }) => service),
    ...reached.slice(0, 4).map(({ service }) => service),
  ];
  return [...new Set(names.map(shownName))].slice(0, 8);
}

/** The cascades before and after one in the list it came from. */
export function neighbours(items: readonly CascadeItem[], id: string): Pick<Shown, "next" | "previous"> {
  const at = items.findIndex((item) => item.group.members.some((member) => member.id === id));
  if (at === -1) return { next: null, previous: null };
  return { next: items[at + 1]?.key ?? null, previous: items[at - 1]?.key ?? null };
}
