/**
 * What stands on the screen for a state, a snapshot and a size: the rows, what opening one of them shows, how much fits. Pure; the views
 * draw it and the reducer asks it.
 */
import type { Cascade, Diagnosis } from "../model/index.ts";
import { applyFilter, parseFilter, type WarnAbout, wrap } from "../present/index.ts";
import type { Snapshot } from "./feed.ts";
import { type Line, span } from "./line.ts";
import type { Past } from "./past.ts";
import { historyScene } from "./scenes/history.ts";
import { type Layout, layoutOf, type Size } from "./scenes/layout.ts";
import { cascadesScene, originsScene, warningsScene } from "./scenes/lists.ts";
import { cascadeScene, linesScene, timeScene, whyScene } from "./scenes/one-cancel.ts";
import type { Lists, Scene, Screen } from "./scenes/scene.ts";
import { compareScene, sourcesScene, unmatchedScene } from "./scenes/texts.ts";
import { factsOf, factsOfAll } from "./state/cascade-facts.ts";
import { completionsOf } from "./state/completions.ts";
import { keptWords, trendLine } from "./state/past-lines.ts";
import { type CaseOfStarter, previewLines } from "./state/preview-lines.ts";
import { cascadeItems, hopItems, rowsOfCascades, warningItems } from "./state/rows.ts";
import { NOTHING_SHOWN } from "./state/shown.ts";
import { type KnownStarters, originItems } from "./state/starters.ts";
import { filterText, frameOf, type UiState } from "./state/ui-state.ts";
import { shortTitleLines, titleLines, whyLines } from "./state/why-lines.ts";
import type { Theme } from "./theme.ts";

const SCENES: Readonly<Record<UiState["frames"][0]["view"], (scene: Scene) => Partial<Screen>>> = {
  origins: originsScene,
  cascades: cascadesScene,
  history: historyScene,
  cascade: cascadeScene,
  why: whyScene,
  time: timeScene,
  lines: linesScene,
  compare: compareScene,
  warnings: warningsScene,
  sources: sourcesScene,
  unmatched: unmatchedScene,
};

const EMPTY: Omit<Screen, "frame" | "layout" | "diagnosis" | "problem"> = {
  shown: NOTHING_SHOWN,
  totals: { kept: 0, normal: 0 },
  origins: [],
  cascades: [],
  cascade: null,
  hops: [],
  hop: null,
  evidence: [],
  warnings: [],
  why: [],
  title: [],
  text: [],
  head: [],
  rows: [],
  panel: [],
  page: null,
  preview: [],
};

/** Makes the function that computes screens; it remembers the last lists, since most presses leave them as they are. */
export function createScreens(
  theme: Theme,
  warnAbout: WarnAbout,
): (state: UiState, snapshot: Snapshot, size: Size) => Screen {
  const { offset } = theme.clock;
  // A filter remembers what it kept, so it stays while the diagnosis grows
  const read = remember((text: string) => parseFilter(text, offset));
  const filtered = remember((diagnosis: Diagnosis, text: string) => applyFilter(diagnosis, read(text), warnAbout));
  const complete = remember(completionsOf);
  const starters: KnownStarters = { list: [], items: new Map() };
  // A row is a new object in every picture; what is told of its case is not
  const preview = remember(
    (
      name: string,
      cascades: number,
      fate: CaseOfStarter["fate"],
      example: Cascade,
      width: number,
      height: number,
      trend: string | null,
      dated: boolean,
    ): readonly Line[] => previewLines({ name, cascades, fate, example, trend, dated }, width, height, theme),
  );
  const lists: Lists = {
    origins: remember((diagnosis, sort) => originItems(diagnosis, sort, starters)),
    cascades: rememberAmong(),
    members: remember(rowsOfCascades),
    hops: remember(hopItems),
    warnings: remember(warningItems),
    why: remember((cascade, hop, width) => whyLines(cascade, hop?.hop ?? null, width, theme)),
    title: remember((cascade, layout, past, old) => titleOf(cascade, layout, past, old, theme)),
    preview: ({ key, name, cascades, fate, example }, past, width, height) =>
      preview(name, cascades, fate, example, width, height, trendLine(past, key, width, theme), past?.alone === true),
  };
  const layoutFor = remember((columns: number, rows: number, steps: number) => layoutOf({ columns, rows }, steps));
  return (state, snapshot, size) => {
    const text = filterText(state);
    const diagnosis = filtered(snapshot.diagnosis, text);
    const { keeps, problem } = read(text);
    const layout = layoutFor(size.columns, size.rows, state.side.steps);
    const frame = frameOf(state);
    const scene: Scene = { state, frame, snapshot, all: snapshot.diagnosis, diagnosis, keeps, layout, lists, theme };
    const screen = { ...EMPTY, frame, layout, diagnosis, problem, ...SCENES[frame.view](scene) };
    const { cancels } = factsOfAll(snapshot.diagnosis.cascades);
    const { cancels: kept, normal } = factsOfAll(diagnosis.cascades);
    const totals = { kept, normal };
    const unsaved = snapshot.progress.live === null ? 0 : Math.max(0, cancels - state.saved);
    const typed = state.prompt?.kind === "filter" ? state.prompt.line : null;
    const completions = typed === null ? [] : complete(snapshot.diagnosis.cascades, typed);
    return { ...screen, totals, shown: { ...screen.shown, cancels, unsaved, completions } };
  };
}

/** The lines above a tree with an empty one below; on a low screen only the answer and who did not stop. */
function titleOf(
  cascade: Cascade,
  { columns, body }: Layout,
  past: Past | null,
  old: boolean,
  theme: Theme,
): readonly Line[] {
  const about = past === null ? [] : pastLines(cascade, past, old, columns - 2, theme);
  const indented = (line: Line): Line => [span(" "), ...line];
  if (body >= 14) return [...[...titleLines(cascade, columns - 2, theme), ...about].map(indented), []];
  // Where little fits, that it is an old one comes first
  const first = old ? about.slice(0, 1) : [];
  const room = Math.max(1, Math.floor(body / 3)) - first.length;
  return [...first, ...shortTitleLines(cascade, columns - 2, room, theme)].map(indented);
}

/** Where an old cascade comes from; of another one how often its starter did that lately. */
function pastLines(cascade: Cascade, past: Past, old: boolean, width: number, theme: Theme): readonly Line[] {
  if (old) return wrap(keptWords(past, cascade), width).map((line): Line => [span(line, "doubt")]);
  const trend = trendLine(past, factsOf(cascade).starter.key, width, theme);
  return trend === null ? [] : [[span(trend.trimStart(), "sure")]];
}

/** The list of cascades is asked for with an object that is made anew each time. */
function rememberAmong(): typeof cascadeItems {
  const items = remember(
    (
      diagnosis: Diagnosis,
      origin: string | null,
      ids: ReadonlySet<string> | null,
      sort: Parameters<typeof cascadeItems>[2],
      foldAlike: boolean,
    ) => cascadeItems(diagnosis, { origin, ids }, sort, foldAlike),
  );
  return (diagnosis, { origin, ids }, sort, foldAlike) => items(diagnosis, origin, ids, sort, foldAlike);
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
