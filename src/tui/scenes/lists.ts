/** The lists: who starts cancels, the cancels of one, the warnings. */
import type { Cascade } from "../../model/index.ts";
import { serviceSubject } from "../past.ts";
import { settle } from "../state/frames.ts";
import type { CascadeItem, WarningItem } from "../state/rows.ts";
import { scrolled } from "../state/scrolled.ts";
import { NOTHING_SHOWN, type Shown } from "../state/shown.ts";
import { type Frame, openFrame } from "../state/ui-state.ts";
import { warningPanel, warningRows } from "../state/warning-lines.ts";
import { BODY_FROM, homeHeight, listHeight, NARROW } from "./layout.ts";
import type { Scene, Screen } from "./scene.ts";
import { about, beforeOf, isOld, siblings } from "./selected.ts";

/** Who starts cancels, and the case of the selected one. */
export function originsScene(scene: Scene): Partial<Screen> {
  const { state, diagnosis, lists, layout } = scene;
  const origins = lists.origins(diagnosis, state.sorts.origins);
  const height = homeHeight(layout, origins.length);
  const keys = origins.map((item) => item.key);
  const newest = newestOf(origins.map(({ lastAt }) => lastAt ?? undefined));
  const narrow = layout.columns < NARROW;
  const room = {
    keys,
    count: origins.length,
    height,
    firstLine: BODY_FROM + (narrow ? 0 : 1),
    linesEach: narrow ? 2 : 1,
  };
  const frame = settle(followed(scene, keys, newest), room);
  const selected = origins[frame.index];
  if (selected === undefined) return { frame, origins, shown: { ...NOTHING_SHOWN, ...room } };
  const origin = selected.key;
  const members = lists.members(selected.members, state.sorts.cascades, state.foldAlike);
  const first = members[0]?.key ?? null;
  // A list of one row is a detour.
  const into =
    members.length === 1 ? openFrame("cascade", { origin, cascade: first }) : openFrame("cascades", { origin });
  const below = layout.body - (narrow ? 2 * height : 1 + height);
  const caseHeight = layout.home === "beside" ? layout.body : below;
  const preview =
    layout.home === "alone" ? [] : lists.preview(selected, scene.snapshot.past, layout.caseColumns, caseHeight);
  const shown: Shown = {
    ...NOTHING_SHOWN,
    ...room,
    newest,
    into,
    ...about(selected.example, isOld(scene)),
    before: beforeOf(scene, selected.example),
  };
  return { frame, origins, preview, cascade: selected.example, shown };
}

/** The cancels of one starter, or those that a warning is about. */
export function cascadesScene(scene: Scene): Partial<Screen> {
  const cascades = siblings(scene);
  const keys = cascades.map((item) => item.key);
  const newest = newestOf(cascades.map(({ group }) => group.example.firstAt));
  const room = { keys, count: cascades.length, height: listHeight(scene.layout), firstLine: BODY_FROM + 1 };
  const frame = settle(followed(scene, keys, newest), room);
  const selected = cascades[frame.index];
  const shown: Shown = {
    ...NOTHING_SHOWN,
    ...room,
    newest,
    into: intoCascade(frame, selected),
    ...about(selected?.group.example ?? null, isOld(scene)),
    before: beforeOf(scene, selected?.group.example ?? null),
  };
  return { frame, cascades, cascade: selected?.group.example ?? null, shown };
}

function intoCascade({ origin, warning }: Frame, selected: CascadeItem | undefined): Frame | null {
  return selected === undefined ? null : openFrame("cascade", { origin, warning, cascade: selected.key });
}

/** The warnings, and what to know of the selected one. */
export function warningsScene(scene: Scene): Partial<Screen> {
  const { state, diagnosis, lists, layout, theme } = scene;
  const warnings = lists.warnings(diagnosis, state.sorts.warnings, state.muted, state.showMuted);
  const { head, rows } = warningRows(warnings, state.sorts.warnings, layout.columns, theme);
  const most = layout.body < 12 ? layout.body - head.length : Math.max(3, Math.floor(layout.body * 0.35));
  const height = Math.max(1, Math.min(Math.max(1, warnings.length), most));
  const room = {
    keys: warnings.map((item) => item.key),
    count: warnings.length,
    height,
    firstLine: BODY_FROM + head.length,
  };
  const frame = settle(scene.frame, room);
  const selected = warnings[frame.index] ?? null;
  const found = selected === null ? [] : cascadesOf(scene, selected.warning.cascades);
  const [only] = found;
  const into =
    selected === null || only === undefined
      ? null
      : found.length === 1
        ? openFrame("cascade", { warning: selected.key, cascade: only.id })
        : openFrame("cascades", { warning: selected.key });
  const { focused, top } = state.side;
  const [rule, ...text] = warningPanel(selected, found, layout.columns, focused, theme);
  const below = layout.body - head.length - height - 1;
  const seen = scrolled(text, below, top, focused ? "down" : "tab", " ");
  const panel = rule === undefined || below < 1 ? [] : [rule, ...seen];
  const shown: Shown = {
    ...NOTHING_SHOWN,
    ...room,
    into,
    side: below < 1 ? null : { count: text.length, height: below },
    warning: selected?.key ?? null,
    before: beforeWarning(scene, selected),
    ...about(only ?? null, isOld(scene)),
  };
  return { frame, warnings, head, rows, panel, cascade: only ?? null, shown };
}

/** The old cancels of the service that a warning is about. */
function beforeWarning({ snapshot }: Scene, selected: WarningItem | null): Shown["before"] {
  const service = selected?.warning.service;
  return snapshot.past === null || service === undefined
    ? null
    : openFrame("history", { past: serviceSubject(service) });
}

function cascadesOf({ diagnosis }: Scene, ids: readonly string[]): readonly Cascade[] {
  const wanted = new Set(ids);
  return diagnosis.cascades.filter(({ id }) => wanted.has(id));
}

/** While somebody follows, the newest row is selected. */
function followed({ state, frame }: Scene, keys: readonly string[], newest: number | null): Frame {
  return state.following && newest !== null ? { ...frame, cursor: keys[newest] ?? null, index: newest } : frame;
}

function newestOf(instants: readonly (bigint | undefined)[]): number | null {
  let newest: number | null = null;
  for (const [index, at] of instants.entries()) {
    if (at !== undefined && (newest === null || at > (instants[newest] ?? -1n))) newest = index;
  }
  return newest;
}
