/** The screens of one cancel: its tree, why, its time, its lines. */

import type { Cascade } from "../../model/index.ts";
import { type Line, span } from "../line.ts";
import { evidencePanel, evidenceRows } from "../state/evidence-lines.ts";
import { settle } from "../state/frames.ts";
import { foldKey, type HopItem } from "../state/rows.ts";
import { NOTHING_SHOWN, type Shown } from "../state/shown.ts";
import { timeRows } from "../state/time-lines.ts";
import { openFrame, searchText } from "../state/ui-state.ts";
import { BODY_FROM, roomBelow, sideHeight, treeHeight } from "./layout.ts";
import type { Scene, Screen } from "./scene.ts";
import { about, beforeOf, isOld, neighbours, siblings, theCascade } from "./selected.ts";
import { hitsIn } from "./texts.ts";

const NOTHING_FOLDED: ReadonlySet<string> = new Set();

/** The tree, and why the selected service stands where it does. */
export function cascadeScene(scene: Scene): Partial<Screen> {
  const { state, layout, lists } = scene;
  const cascade = theCascade(scene);
  if (cascade === null) return {};
  const hops = lists.hops(cascade, state.folded);
  const title = titleOf(scene, cascade);
  const height = treeHeight(layout, title, hops.length);
  const keys = hops.map((item) => item.key);
  const rows = { keys, count: hops.length, height, start: startOf(hops), firstLine: BODY_FROM + title.length };
  const frame = settle(scene.frame, rows);
  const hop = hops[frame.index] ?? null;
  const { origin, warning, past, page } = frame;
  const branches = hops.filter((item) => item.hop.children.length > 0);
  const known: Shown = {
    ...NOTHING_SHOWN,
    ...rows,
    ...about(cascade, isOld(scene)),
    before: beforeOf(scene, cascade, hop?.hop.service ?? null),
    into: openFrame("why", { origin, warning, past, page, cascade: cascade.id, hop: hop?.key ?? null }),
    ...neighbours(siblings(scene), cascade.id),
    foldKey: hop === null || hop.hop.children.length === 0 ? null : foldKey(cascade.id, hop.key),
    branches: branches.map((item) => ({ key: foldKey(cascade.id, item.key), depth: item.depth })),
  };
  const why = lists.why(cascade, hop, layout.whyColumns);
  const room = sideHeight(layout, title, height);
  const shown: Shown = { ...known, side: room === 0 ? null : { count: why.length, height: room } };
  return { frame, cascade, hops, hop, title, shown, why, panel: timeBelow(scene, cascade, hops, frame.index) };
}

/** On a wide screen the time of the cancel stands below its tree, where there is room for all of it. */
function timeBelow(scene: Scene, cascade: Cascade, hops: readonly HopItem[], row: number): Lines {
  const { layout, theme } = scene;
  const room = roomBelow(layout, titleOf(scene, cascade)) - hops.length - 1;
  if (layout.why !== "beside" || hops.length < 2) return [];
  const { head, rows } = timeRows(cascade, hops, { ...STANDS_STILL, row }, layout.treeColumns, theme);
  const rule = `${theme.glyphs.line.repeat(2)} time `;
  const lines = [
    [],
    [span(rule + theme.glyphs.line.repeat(Math.max(0, layout.treeColumns - rule.length)), "dim")],
    ...head,
    ...rows,
  ] as Lines;
  return lines.length > room ? [] : lines;
}

type Lines = readonly Line[];

/** The lines above a tree; of an old cascade they say where it comes from, of another how often its like came lately. */
function titleOf(scene: Scene, cascade: Cascade): Lines {
  return scene.lists.title(cascade, scene.layout, scene.snapshot.past, isOld(scene));
}

const STANDS_STILL = { zoom: 1, clock: false, step: -1, play: null } as const;

/** Everything behind a verdict, over the whole screen. */
export function whyScene(scene: Scene): Partial<Screen> {
  const { layout, lists, state } = scene;
  const cascade = theCascade(scene);
  if (cascade === null) return {};
  const hops = lists.hops(cascade, NOTHING_FOLDED);
  const hop = hops.find((item) => item.key === scene.frame.hop) ?? hops[0] ?? null;
  const why = lists.why(cascade, hop, layout.columns - 2);
  const title = titleOf(scene, cascade);
  const room = { keys: [], count: why.length, height: roomBelow(layout, title), firstLine: BODY_FROM + title.length };
  const shown: Shown = {
    ...NOTHING_SHOWN,
    ...room,
    ...about(cascade, isOld(scene)),
    before: beforeOf(scene, cascade),
    ...neighbours(siblings(scene), cascade.id),
    hits: hitsIn(why, searchText(state)),
  };
  return { frame: settle(scene.frame, room), cascade, hops, hop, title, shown, why };
}

/** How the cancel spread in time. */
export function timeScene(scene: Scene): Partial<Screen> {
  const { layout, lists, state, theme } = scene;
  const cascade = theCascade(scene);
  if (cascade === null) return {};
  const hops = lists.hops(cascade, NOTHING_FOLDED);
  const keys = hops.map((item) => item.key);
  const start = indexOf(hops, scene.frame.hop, startOf(hops));
  const at = indexOf(hops, scene.frame.cursor, scene.frame.index === 0 ? start : scene.frame.index);
  const drawn = timeRows(cascade, hops, { ...state.time, row: at }, layout.columns, theme);
  const most = layout.body < 12 ? layout.body - drawn.head.length : Math.floor(layout.body * 0.6);
  const height = Math.max(1, Math.min(hops.length, most));
  const room = { keys, count: hops.length, height, start, firstLine: BODY_FROM + drawn.head.length };
  const frame = settle({ ...scene.frame, cursor: keys[at] ?? null, index: at }, room);
  const hop = hops[frame.index] ?? null;
  const shown: Shown = {
    ...NOTHING_SHOWN,
    ...room,
    ...about(cascade, isOld(scene)),
    before: beforeOf(scene, cascade),
    into: openFrame("why", {
      origin: frame.origin,
      warning: frame.warning,
      past: frame.past,
      page: frame.page,
      cascade: cascade.id,
      hop: hop?.key ?? null,
    }),
    ...neighbours(siblings(scene), cascade.id),
    steps: drawn.steps,
  };
  return { frame, cascade, hops, hop, head: drawn.head, rows: drawn.rows, panel: drawn.panel, shown };
}

/** Whoever started it: what made it do so stands above, and is looked at next. */
function startOf(hops: readonly HopItem[]): number {
  return Math.max(
    0,
    hops.findIndex(({ hop }) => hop.role !== "trigger"),
  );
}

function indexOf(hops: readonly HopItem[], key: string | null, index: number): number {
  const found = hops.findIndex((item) => item.key === key);
  return found === -1 ? Math.min(index, Math.max(0, hops.length - 1)) : found;
}

/** All lines of the cancel in order of time, the selected one in full. */
export function linesScene(scene: Scene): Partial<Screen> {
  const { layout, state, theme } = scene;
  const cascade = theCascade(scene);
  if (cascade === null) return {};
  const look = { hidden: state.hiddenServices, raw: state.rawLines };
  const { head, rows, keys, texts, services, shown: evidence } = evidenceRows(cascade, look, layout.columns, theme);
  const most = layout.body < 12 ? layout.body - head.length : Math.floor(layout.body * 0.5);
  const height = Math.max(1, Math.min(Math.max(1, rows.length), most));
  const room = { keys, count: rows.length, height, firstLine: BODY_FROM + head.length };
  const frame = settle(scene.frame, room);
  const panel = evidencePanel(
    evidence[frame.index],
    layout.columns,
    Math.max(0, layout.body - head.length - height),
    theme,
  );
  const wanted = searchText(state).toLowerCase();
  const hits = wanted === "" ? [] : texts.flatMap((text, index) => (text.includes(wanted) ? [index] : []));
  const shown: Shown = {
    ...NOTHING_SHOWN,
    ...room,
    ...about(cascade, isOld(scene)),
    before: beforeOf(scene, cascade),
    ...neighbours(siblings(scene), cascade.id),
    hits,
    services,
  };
  return { frame, cascade, evidence, head, rows, panel, shown };
}
