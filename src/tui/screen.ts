/**
 * What stands on the screen for a state, a snapshot and a size: the rows, what opening one of them shows, how much fits. Pure; the views
 * draw it and the reducer asks it.
 */
import type { Cascade, Diagnosis } from "../model/index.ts";
import type { Snapshot } from "./feed.ts";
import { type Line, span } from "./line.ts";
import { applyFilter, type Filter, parseFilter } from "./state/filter.ts";
import { previewLines } from "./state/preview-lines.ts";
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
import { sourceLines, unmatchedLines } from "./state/source-lines.ts";
import { type Frame, frameOf, openFrame, type UiState } from "./state/ui-state.ts";
import { titleLines, whyLines } from "./state/why-lines.ts";
import type { Theme } from "./theme.ts";

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
  /** The answer in a sentence, and the facts: what stands above a tree. */
  readonly title: readonly Line[];
  /** The lines of a screen of plain text. */
  readonly text: readonly Line[];
  /** The case of the selected row of the first screen: the answer, the tree, the reasons. */
  readonly preview: readonly Line[];
}

/** How a size is divided. */
function layoutOf({ columns, rows }: Size): Layout {
  const body = Math.max(1, rows - 3);
  const why = columns >= 120 ? "beside" : body >= 14 ? "below" : "alone";
  const treeColumns = why === "beside" ? Math.floor(columns * 0.45) : columns;
  const whyColumns = why === "beside" ? columns - treeColumns - 3 : columns - 2;
  return { columns, body, why, treeColumns, whyColumns };
}

/** Lines below a title. */
export function roomBelow(layout: Layout, title: readonly Line[]): number {
  return Math.max(1, layout.body - title.length);
}

/** Lines of the tree for a number of rows. */
export function treeHeight(layout: Layout, title: readonly Line[], rows: number): number {
  const room = roomBelow(layout, title);
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
  const lists: Lists = {
    origins: remember(originItems),
    cascades: remember(cascadeItems),
    hops: remember(hopItems),
    why: remember((cascade, hop, width) => whyLines(cascade, hop?.hop ?? null, width, theme)),
    title: remember((cascade, layout) => titleOf(cascade, layout, theme)),
    preview: remember((item, width, height) => previewLines(item, width, height, theme)),
  };
  return (state, snapshot, size) => {
    const { filter, diagnosis } = filtered(snapshot.diagnosis, state.prompt ?? state.filter);
    const layout = layoutOf(size);
    const scene: Scene = { state, frame: frameOf(state), snapshot, all: snapshot.diagnosis, diagnosis, layout, lists };
    return { ...EMPTY, frame: scene.frame, layout, diagnosis, filter, ...SCENES[scene.frame.view](scene) };
  };
}

/** The lists of a diagnosis, computed once for as long as they do not change. */
interface Lists {
  readonly origins: typeof originItems;
  readonly cascades: typeof cascadeItems;
  readonly hops: typeof hopItems;
  readonly why: (cascade: Cascade, hop: HopItem | null, width: number) => readonly Line[];
  readonly title: (cascade: Cascade, layout: Layout) => readonly Line[];
  readonly preview: (item: OriginItem, width: number, height: number) => readonly Line[];
}

/** The lines above a tree with an empty one below; on a low screen only the answer and who did not stop. */
function titleOf(cascade: Cascade, { columns, body }: Layout, theme: Theme): readonly Line[] {
  const lines = titleLines(cascade, columns - 2, theme).map((line): Line => [span(" "), ...line]);
  if (body >= 14) return [...lines, []];
  return lines.slice(0, Math.max(1, Math.min(lines.length - 1, Math.floor(body / 3))));
}

interface Scene {
  readonly state: UiState;
  readonly frame: Frame;
  readonly snapshot: Snapshot;
  /** The whole diagnosis; `diagnosis` is what the filter leaves of it. */
  readonly all: Diagnosis;
  readonly diagnosis: Diagnosis;
  readonly layout: Layout;
  readonly lists: Lists;
}

const EMPTY = {
  origins: [],
  cascades: [],
  cascade: null,
  hops: [],
  hop: null,
  warnings: [],
  why: [],
  title: [],
  preview: [],
  text: [],
  shown: NOTHING,
} as const;

const SCENES: Readonly<Record<Frame["view"], (scene: Scene) => Partial<Screen>>> = {
  origins: originsScene,
  cascades: cascadesScene,
  cascade: cascadeScene,
  why: whyScene,
  warnings: warningsScene,
  sources: (scene) => textScene(scene, sourceLines(scene.snapshot, scene.layout.columns)),
  unmatched: (scene) => textScene(scene, unmatchedLines(scene.snapshot, scene.layout.columns)),
};

function textScene({ frame, layout }: Scene, text: readonly Line[]): Partial<Screen> {
  const room = { keys: [], count: text.length, height: layout.body };
  return { frame: settle(frame, room), text, shown: { ...NOTHING, ...room } };
}

function originsScene(scene: Scene): Partial<Screen> {
  const { state, diagnosis, lists } = scene;
  const origins = lists.origins(diagnosis, state.originSort);
  const { layout } = scene;
  const height = homeHeight(layout, origins.length);
  const room = { keys: origins.map((item) => item.key), count: origins.length, height };
  const frame = settle(scene.frame, room);
  const selected = origins[frame.index];
  if (selected === undefined) return { frame, origins, shown: { ...NOTHING, ...room } };
  const origin = selected.key;
  const members = lists.cascades(diagnosis, origin, state.cascadeSort, state.foldAlike);
  const first = members[0]?.key ?? null;
  // A list of one row is a detour.
  const into =
    members.length === 1 ? openFrame("cascade", { origin, cascade: first }) : openFrame("cascades", { origin });
  const why = openFrame("why", { origin, cascade: selected.example.id });
  const below = layout.body - 1 - height;
  const preview = hasPreview(layout) ? lists.preview(selected, layout.columns, below) : [];
  return { frame, origins, preview, shown: { ...NOTHING, ...room, into, why } };
}

/** Whether there is room for the case of the selected row below the list. */
function hasPreview({ body }: Layout): boolean {
  return body >= 14;
}

/** Rows of the first screen's list: below 60 columns each takes two lines. */
function homeHeight(layout: Layout, rows: number): number {
  const { columns, body } = layout;
  if (columns < 60) return Math.max(1, Math.floor((hasPreview(layout) ? body / 2 : body) / 2));
  if (!hasPreview(layout)) return Math.max(1, body - 1);
  return Math.max(1, Math.min(rows, Math.max(4, Math.floor(body * 0.3))));
}

function cascadesScene(scene: Scene): Partial<Screen> {
  const cascades = siblings(scene);
  const room = { keys: cascades.map((item) => item.key), count: cascades.length, height: listHeight(scene) };
  const frame = settle(scene.frame, room);
  const selected = cascades[frame.index];
  const open = (view: "cascade" | "why"): Frame | null =>
    selected === undefined ? null : openFrame(view, { origin: frame.origin, cascade: selected.key });
  return { frame, cascades, shown: { ...NOTHING, ...room, into: open("cascade"), why: open("why") } };
}

function warningsScene(scene: Scene): Partial<Screen> {
  const warnings = warningItems(scene.diagnosis);
  // The other half of the screen shows the selected one in full.
  const height = Math.max(1, Math.floor(listHeight(scene) / 2));
  const room = { keys: warnings.map((item) => item.key), count: warnings.length, height };
  const frame = settle(scene.frame, room);
  const cascade = findCascade(scene.diagnosis, warnings[frame.index]?.warning.cascade ?? null);
  const open = (view: "cascade" | "why"): Frame | null =>
    cascade === null ? null : openFrame(view, { cascade: cascade.id });
  return { frame, warnings, shown: { ...NOTHING, ...room, into: open("cascade"), why: open("why") } };
}

function cascadeScene(scene: Scene): Partial<Screen> {
  const { state, layout, lists } = scene;
  const cascade = theCascade(scene);
  if (cascade === null) return {};
  const hops = lists.hops(cascade, state.folded);
  const title = lists.title(cascade, layout);
  const height = treeHeight(layout, title, hops.length);
  const room = { keys: hops.map((item) => item.key), count: hops.length, height };
  const frame = settle(scene.frame, room);
  const hop = hops[frame.index] ?? null;
  const into = openFrame("why", { origin: frame.origin, cascade: cascade.id, hop: hop?.key ?? null });
  const branches = hops.filter((item) => item.depth > 0 && item.hop.children.length > 0);
  const shown: Shown = {
    ...NOTHING,
    ...room,
    into,
    why: into,
    ...neighbours(siblings(scene), cascade.id),
    foldKey: hop === null || hop.hop.children.length === 0 ? null : foldKey(cascade.id, hop.key),
    foldKeys: branches.map((item) => foldKey(cascade.id, item.key)),
  };
  return { frame, cascade, hops, hop, title, shown, why: lists.why(cascade, hop, layout.whyColumns) };
}

function whyScene(scene: Scene): Partial<Screen> {
  const { layout, lists } = scene;
  const cascade = theCascade(scene);
  if (cascade === null) return {};
  const hops = lists.hops(cascade, NOTHING_FOLDED);
  const hop = hops.find((item) => item.key === scene.frame.hop) ?? hops[0] ?? null;
  const why = lists.why(cascade, hop, layout.columns - 2);
  const title = lists.title(cascade, layout);
  const room = { keys: [], count: why.length, height: roomBelow(layout, title) };
  const shown: Shown = { ...NOTHING, ...room, ...neighbours(siblings(scene), cascade.id) };
  return { frame: settle(scene.frame, room), cascade, hops, hop, title, shown, why };
}

const NOTHING_FOLDED: ReadonlySet<string> = new Set();

/** The cascade that is looked at: a filter that is typed meanwhile does not take it away. */
function theCascade({ diagnosis, all, frame }: Scene): Cascade | null {
  return findCascade(diagnosis, frame.cascade) ?? findCascade(all, frame.cascade);
}

function siblings({ lists, diagnosis, frame, state }: Scene): readonly CascadeItem[] {
  return lists.cascades(diagnosis, frame.origin, state.cascadeSort, state.foldAlike);
}

/** Rows of a list below its head. */
function listHeight({ layout }: Scene): number {
  return Math.max(1, layout.body - 1);
}

function neighbours(items: readonly CascadeItem[], id: string): Pick<Shown, "next" | "previous"> {
  const at = items.findIndex((item) => item.group.members.some((member) => member.id === id));
  if (at === -1) return { next: null, previous: null };
  return { next: items[at + 1]?.key ?? null, previous: items[at - 1]?.key ?? null };
}

/** Keeps the results of the last few calls. */
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
