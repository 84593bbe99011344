/** What several screens ask for. */
import type { Cascade } from "../../model/index.ts";
import { partyInShort, shownName } from "../../present/index.ts";
import { openForm } from "../state/overrule-form.ts";
import { type CascadeItem, findCascade, warningKey } from "../state/rows.ts";
import type { Shown } from "../state/shown.ts";
import type { Scene } from "./scene.ts";

/** The cascade that is looked at: a filter that is typed meanwhile does not take it away. */
export function theCascade({ diagnosis, all, frame }: Scene): Cascade | null {
  return findCascade(diagnosis, frame.cascade) ?? findCascade(all, frame.cascade);
}

/** The list that the cascade came from. */
export function siblings({ lists, diagnosis, frame, state }: Scene): readonly CascadeItem[] {
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

/** What the reducer has to know of the cascade that is selected. */
export function about(cascade: Cascade | null): Pick<Shown, "about" | "candidates" | "form"> {
  if (cascade === null) return { about: null, candidates: [], form: null };
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
