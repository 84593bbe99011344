/**
 * What stands on the screen for a state, a snapshot and a size: the rows, what opening one of them shows, how much fits. Pure; the views
 * draw it and the reducer asks it.
 */
import type { Cascade, Diagnosis } from "../model/index.ts";
import type { Snapshot } from "./feed.ts";
import type { Line } from "./line.ts";
import { applyFilter, type Filter, parseFilter } from "./state/filter.ts";
import { type Shown, settle } from "./state/reduce.ts";
import {
  type CascadeItem,
  cascadeItems,
  findCascade,
  foldKey,
  type HopItem,
  hopItems,
  type OriginItem,
  originItems,
  type WarningItem,
  warningItems,
} from "./state/rows.ts";
import { type Frame, frameOf, openFrame, type UiState } from "./state/ui-state.ts";
import type { Theme } from "./theme.ts";
import { whyLines } from "./views/why-lines.ts";

/** The size of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where things stand: lines of the body, and how a cascade shares it with its why panel. */
export interface Layout {
  readonly columns: number;
  /** Lines between the two lines above and the one below. */
  readonly body: number;
  /** `beside`: tree left, why right; `below`: tree above, why below; `alone`: no room for both. */
  readonly why: "beside" | "below" | "alone";
  readonly treeColumns: number;
  readonly whyColumns: number;
}

/** The rows of the view that is shown. */
export interface Screen {
  readonly frame: Frame;
  readonly layout: Layout;
  readonly diagnosis: Diagnosis;
  readonly filter: Filter;
  readonly shown: Shown;
  readonly origins: readonly OriginItem[];
  readonly cascades: readonly CascadeItem[];
  readonly cascade: Cascade | null;
  readonly hops: readonly HopItem[];
  readonly hop: HopItem | null;
  readonly warnings: readonly WarningItem[];
  readonly why: readonly Line[];
}

/** Lines above the tree: the two of the title and an empty one. */
export const TITLE_ROWS = 3;

/** How a size is divided. */
export function layoutOf({ columns, rows }: Size): Layout {
  const body = Math.max(1, rows - 3);
  const why = columns >= 120 ? "beside" : body >= 14 ? "below" : "alone";
  const treeColumns = why === "beside" ? Math.floor(columns * 0.45) : columns;
  const whyColumns = why === "beside" ? columns - treeColumns - 3 : columns - 2;
  return { columns, body, why, treeColumns, whyColumns };
}

/** Lines of the tree for a number of rows. */
export function treeHeight(layout: Layout, rows: number): number {
  const room = Math.max(1, layout.body - TITLE_ROWS);
  return layout.why === "below" ? Math.min(rows, Math.max(3, Math.floor(room / 2))) : room;
}

const NOTHING: Shown = {
  keys: [],
  count: 0,
  height: 1,
  into: null,
  why: null,
  next: null,
  previous: null,
  foldKey: null,
  foldKeys: [],
};

/** Makes the function that computes screens; it remembers the last lists, since most presses leave them as they are. */
export function createScreens(theme: Theme): (state: UiState, snapshot: Snapshot, size: Size) => Screen {
  const filtered = remember((diagnosis: Diagnosis, text: string) => {
    const filter = parseFilter(text);
    return { filter, diagnosis: applyFilter(diagnosis, filter) };
  });
  const originsOf = remember(originItems);
  const cascadesOf = remember(cascadeItems);
  const hopsOf = remember(hopItems);
  const whyOf = remember((cascade: Cascade, hop: HopItem | null, width: number) =>
    whyLines(cascade, hop?.hop ?? null, width, theme),
  );

  return (state, snapshot, size) => {
    const layout = layoutOf(size);
    const frame = frameOf(state);
    const { filter, diagnosis } = filtered(snapshot.diagnosis, state.prompt ?? state.filter);
    const empty = {
      layout,
      diagnosis,
      filter,
      origins: [],
      cascades: [],
      cascade: null,
      hops: [],
      hop: null,
      warnings: [],
      why: [],
    };
    const listHeight = Math.max(1, layout.body - 1);
    const cascadeFrame = (item: CascadeItem | undefined, view: "cascade" | "why"): Frame | null =>
      item === undefined ? null : openFrame(view, { origin: frame.origin, cascade: item.key });

    switch (frame.view) {
      case "origins": {
        const origins = originsOf(diagnosis, state.originSort);
        const room = { keys: origins.map((item) => item.key), count: origins.length, height: listHeight };
        const at = settle(frame, room);
        const selected = origins[at.index];
        const members =
          selected === undefined ? [] : cascadesOf(diagnosis, selected.key, state.cascadeSort, state.foldAlike);
        const only = members.length === 1 ? members[0] : undefined;
        const into =
          selected === undefined
            ? null
            : only === undefined
              ? openFrame("cascades", { origin: selected.key })
              : openFrame("cascade", { origin: selected.key, cascade: only.key });
        const first = members[0];
        const why =
          first === undefined ? null : openFrame("why", { origin: selected?.key ?? null, cascade: first.key });
        return { ...empty, frame: at, origins, shown: { ...NOTHING, ...room, into, why } };
      }
      case "cascades": {
        const cascades = cascadesOf(diagnosis, frame.origin, state.cascadeSort, state.foldAlike);
        const room = { keys: cascades.map((item) => item.key), count: cascades.length, height: listHeight };
        const at = settle(frame, room);
        const selected = cascades[at.index];
        const shown = {
          ...NOTHING,
          ...room,
          into: cascadeFrame(selected, "cascade"),
          why: cascadeFrame(selected, "why"),
        };
        return { ...empty, frame: at, cascades, shown };
      }
      case "warnings": {
        const warnings = warningItems(diagnosis);
        const room = {
          keys: warnings.map((item) => item.key),
          count: warnings.length,
          height: Math.max(1, Math.floor(listHeight / 2)),
        };
        const at = settle(frame, room);
        const about = warnings[at.index]?.warning.cascade;
        const cascade = findCascade(diagnosis, about ?? null);
        const open = (view: "cascade" | "why"): Frame | null =>
          cascade === null ? null : openFrame(view, { cascade: cascade.id });
        return {
          ...empty,
          frame: at,
          warnings,
          shown: { ...NOTHING, ...room, into: open("cascade"), why: open("why") },
        };
      }
      case "cascade": {
        const cascade = findCascade(diagnosis, frame.cascade) ?? findCascade(snapshot.diagnosis, frame.cascade);
        if (cascade === null) return { ...empty, frame, shown: NOTHING };
        const hops = hopsOf(cascade, state.folded);
        const room = {
          keys: hops.map((item) => item.key),
          count: hops.length,
          height: treeHeight(layout, hops.length),
        };
        const at = settle(frame, room);
        const hop = hops[at.index] ?? null;
        const into = openFrame("why", { origin: frame.origin, cascade: cascade.id, hop: hop?.key ?? null });
        const folds = hops.filter((item) => item.depth > 0 && (item.hidden > 0 || item.hop.children.length > 0));
        const shown: Shown = {
          ...NOTHING,
          ...room,
          into,
          why: into,
          ...neighbours(cascadesOf(diagnosis, frame.origin, state.cascadeSort, state.foldAlike), cascade.id),
          foldKey: hop === null || hop.hop.children.length === 0 ? null : foldKey(cascade.id, hop.key),
          foldKeys: folds.map((item) => foldKey(cascade.id, item.key)),
        };
        return { ...empty, frame: at, cascade, hops, hop, shown, why: whyOf(cascade, hop, layout.whyColumns) };
      }
      case "why": {
        const cascade = findCascade(diagnosis, frame.cascade) ?? findCascade(snapshot.diagnosis, frame.cascade);
        if (cascade === null) return { ...empty, frame, shown: NOTHING };
        const hops = hopsOf(cascade, NOTHING_FOLDED);
        const hop = hops.find((item) => item.key === frame.hop) ?? hops[0] ?? null;
        const why = whyOf(cascade, hop, layout.columns - 2);
        const room = { keys: [], count: why.length, height: Math.max(1, layout.body - TITLE_ROWS) };
        const shown: Shown = {
          ...NOTHING,
          ...room,
          ...neighbours(cascadesOf(diagnosis, frame.origin, state.cascadeSort, state.foldAlike), cascade.id),
        };
        return { ...empty, frame: settle(frame, room), cascade, hops, hop, shown, why };
      }
    }
  };
}

const NOTHING_FOLDED: ReadonlySet<string> = new Set();

function neighbours(items: readonly CascadeItem[], id: string): Pick<Shown, "next" | "previous"> {
  const at = items.findIndex((item) => item.group.members.some((member) => member.id === id));
  if (at === -1) return { next: null, previous: null };
  return { next: items[at + 1]?.key ?? null, previous: items[at - 1]?.key ?? null };
}

/** Keeps the result of the last few calls with the same arguments. */
function remember<Args extends readonly unknown[], Result>(
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  const calls: { args: Args; result: Result }[] = [];
  return (...args) => {
    const known = calls.find((call) => call.args.every((arg, index) => arg === args[index]));
    if (known !== undefined) return known.result;
    const result = compute(...args);
    calls.unshift({ args, result });
    calls.length = Math.min(calls.length, 4);
    return result;
  };
}
