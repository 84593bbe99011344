/** The lines above and below the body. */
import { count, cut, howWord, plural, printable, starterName, widthOf } from "../../present/index.ts";
import type { Snapshot } from "../feed.ts";
import { bindingsIn, MODE_HINTS, shownKey, shownKeys, type View } from "../keys.ts";
import { cutLine, type Line, lineWidth, type Segment, span } from "../line.ts";
import type { Past } from "../past.ts";
import { NARROW } from "../scenes/layout.ts";
import type { Screen } from "../scenes/scene.ts";
import { subjectName } from "../state/past-lines.ts";
import { modeOf } from "../state/reduce.ts";
import type { UiState } from "../state/ui-state.ts";
import type { Theme } from "../theme.ts";

/** Whether it reads or listens, how far the picture is behind, and an honest count of what became of what was read. */
export function headerLine(
  props: {
    readonly snapshot: Snapshot;
    /** How many cancels came since the picture is held; null where it is not. */
    readonly held: number | null;
    /** How many came since the selection no longer follows the newest; null where it never did. */
    readonly news: number | null;
    readonly following: boolean;
    readonly width: number;
  },
  theme: Theme,
): Line {
  const { snapshot, width, news } = props;
  const { progress, past } = snapshot;
  const narrow = width < NARROW;
  const number = narrow ? short : count;
  const lost = lostOf(snapshot);
  const behind = progress.behindMs > 1_000 ? [span(`${seconds(progress.behindMs)} behind`, "danger")] : [];
  const rate = progress.live === null ? [] : [span(`${number(progress.live.perSecond)}/s`)];
  const follow = props.following
    ? [span("follows", "sure")]
    : news === null || news === 0
      ? []
      : [span(`${number(news)} new`, "sure")];
  const state = past?.alone === true ? historyState(past) : stateOf(progress, props.held);
  const left: Segment[] = [state, ...follow, ...rate, ...behind];
  const read: Segment[] = [
    span(`read ${number(progress.records)}`),
    span(`lost ${number(lost)}`, lost > 0 ? "danger" : "plain"),
    span(
      `u ${number(progress.unmatched)}${narrow ? "" : " not understood"}`,
      progress.unmatched > 0 ? "doubt" : "plain",
    ),
  ];
  const right = past?.alone === true ? [span(heldWords(past, snapshot, narrow))] : read;
  const facts = [span(" "), ...spaced(left)];
  const counts = [...spaced(right), span(" ")];
  const room = width - lineWidth(facts) - lineWidth(counts) - 4;
  const title = room < 6 ? "" : `  ${cut(printable(progress.title), room, theme.glyphs.cut)}`;
  const gap = Math.max(1, width - lineWidth(facts) - widthOf(title) - lineWidth(counts));
  return cutLine([...facts, span(title, "dim"), span(" ".repeat(gap)), ...counts], width, theme.glyphs.cut);
}

/** `128,455 cancels  2026-08-01 to 2026-11-27`. */
function heldWords({ from, to }: Past, { diagnosis }: Snapshot, narrow: boolean): string {
  const cancels = diagnosis.cascades.reduce((sum, { count: each }) => sum + each, 0);
  return `${plural(cancels, "cancel")}${from === null || to === null || narrow ? "" : `  ${from} to ${to}`}`;
}

function historyState({ counted, note }: Past): Segment {
  if (note !== null && !counted) return span("HISTORY", "danger");
  return counted ? span("HISTORY", "bold") : span("HISTORY, counting", "sure");
}

/** What is missing in the verdicts: evidence that came too late or was dropped for want of room, and requests that were refused. */
function lostOf({ diagnosis, progress }: Snapshot): number {
  return diagnosis.counts.dropped + diagnosis.counts.late + (progress.live?.refused ?? 0);
}

function stateOf(progress: Snapshot["progress"], held: number | null): Segment {
  const { done, following, live, silentMs, share, records } = progress;
  if (held !== null) return span(`PAUSED +${count(held)}`, "danger");
  // Who reads DONE believes that there was something to be read
  if (live === null && records === 0 && silentMs === 0 && (following || (!done && share === null)))
    return span("WAITING", "doubt");
  if (done) return span(following ? "DONE (following)" : "DONE", "bold");
  if (silentMs > 0) return span(`SILENT ${seconds(silentMs)}`, "doubt");
  if (live !== null || following) return span("LIVE", "sure");
  // The last percent is for what is still being judged
  return span(share === null ? "READING" : `READING ${Math.min(99, Math.floor(share * 100))} %`, "sure");
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 1000)} s`;
}

function spaced(segments: readonly Segment[]): Segment[] {
  return segments.flatMap((each, index) => (index === 0 ? [each] : [span("  "), each]));
}

/** Where you are in words of the case, the chips of the filters, and the warnings. */
export function barLine(state: UiState, screen: Screen, snapshot: Snapshot, width: number, theme: Theme): Line {
  const { progress } = snapshot;
  const chips = [
    ...progress.scope.map((chip) => span(`[${printable(chip)}] `, "sure")),
    ...state.chips.flatMap(({ text, on }, index): Segment[] => [
      span(
        on ? `[${printable(text)} x]` : `(${printable(text)})`,
        index === state.chipAt ? "selected" : on ? "sure" : "dim",
      ),
      span(" "),
    ]),
  ];
  const note = progress.story ?? progress.live?.notes.at(-1) ?? progress.notes.at(-1) ?? null;
  const keeps = snapshot.past?.note ?? null;
  const warnings = screen.diagnosis.warnings.length;
  const right: Line = [
    ...(progress.problems > 0 ? [span(`v ${plural(progress.problems, "note")}  `, "doubt")] : []),
    ...(warnings > 0 ? [span(`! ${plural(warnings, "warning")} `, "danger")] : []),
  ];
  const way = span(` ${wayOf(state, screen, theme.glyphs.arrow)}`, "bold");
  const rest: Line = [
    ...chips,
    ...(keeps === null ? [] : [span(`${printable(keeps)} `, "doubt")]),
    ...(screen.problem === null ? [] : [span(printable(screen.problem), "danger")]),
    ...(note !== null && chips.length === 0 ? [span(nameFirst(printable(note)), "dim")] : []),
  ];
  const left = rest.length === 0 ? [way] : [way, span("  "), ...rest];
  // What is cut there does not run into what stands at the right
  const room = Math.max(0, width - lineWidth(right) - (right.length === 0 ? 0 : 1));
  const fitted = cutLine(left, room, theme.glyphs.cut);
  const gap = Math.max(0, width - lineWidth(right) - lineWidth(fitted));
  return cutLine([...fitted, span(" ".repeat(gap)), ...right], width, theme.glyphs.cut);
}

/** A note about a file without its folders: what is wrong with it says more. The screen of the sources has the whole path. */
function nameFirst(note: string): string {
  return note.replace(/^[^:]*\//, "");
}

const VIEW_WORDS: Readonly<Record<View, string>> = {
  origins: "",
  cascades: "all of them",
  history: "before",
  cascade: "",
  why: "why",
  time: "time",
  lines: "lines",
  compare: "compared with another cancel",
  warnings: "warnings",
  sources: "sources",
  unmatched: "not understood",
};

/** `172 cancels`, `31 of 172 cancels`; further down who started what is looked at, and the screen. */
function wayOf(state: UiState, screen: Screen, arrow: string): string {
  const { view, past } = screen.frame;
  if (view === "history") return [subjectName(past ?? "[]"), VIEW_WORDS[view]].join(` ${arrow} `);
  if (view === "origins") {
    const all = screen.shown.cancels;
    const { kept, normal } = screen.totals;
    const apart = normal === 0 ? "" : `, ${count(normal)} of them normal ends`;
    return `${kept === all ? plural(all, "cancel") : `${count(kept)} of ${plural(all, "cancel")}`}${apart}`;
  }
  const listed = view === "warnings" ? null : (screen.cascades[0]?.group.example ?? screen.cascade);
  const about = view === "sources" || view === "unmatched" ? null : listed;
  const who = about === null || screen.frame.warning !== null ? "" : `${starterName(about)} ${howWord(about.origin)}`;
  const from = state.frames.length > 2 && about === null ? "" : who;
  return [from, past === null ? "" : VIEW_WORDS.history, VIEW_WORDS[view]]
    .filter((word) => word !== "")
    .join(` ${arrow} `);
}

/** What can be done with a row only, on the screens that are lists of cancels. */
const NEEDS_ROW: ReadonlySet<string> = new Set(["open", "why", "time", "sort", "copy"]);
const LISTED: ReadonlySet<View> = new Set(["origins", "cascades", "history"]);

/** The keys that matter here, or what was just done, and where the cursor is. */
export function footerLine(state: UiState, screen: Screen, width: number, theme: Theme): Line {
  const { frame, shown } = screen;
  const mode = modeOf(state);
  const hints =
    mode !== null
      ? MODE_HINTS[mode]
      : bindingsIn(frame.view).flatMap(({ keys, short: word }) =>
          word === undefined ||
          (word === "back" && frame.view === "origins") ||
          (word === "before" && shown.before === null) ||
          (word === "older" && shown.older === null) ||
          (word === "newer" && shown.newer === null) ||
          (shown.about === null && NEEDS_ROW.has(word) && LISTED.has(frame.view))
            ? []
            : [{ key: shownKeys(keys)[0] as string, short: word }],
        );
  const position = positionOf(screen);
  const line: Segment[] = [span(" ")];
  let used = 1;
  const said = state.asked
    ? `q again: ${plural(shown.unsaved, "cancel")} ${shown.unsaved === 1 ? "is" : "are"} not saved, e saves`
    : state.notice;
  if (said !== null) {
    const text = cut(printable(said), Math.max(4, width - position.length - 3), theme.glyphs.cut);
    line.push(span(text, state.asked ? "danger" : "bold"));
    used += widthOf(text);
  } else {
    for (const hint of fitting(hints, width - used - position.length, theme.ascii)) {
      const key = shownKey(hint.key, theme.ascii);
      line.push(span(key, "bold"), span(` ${hint.short}  `, "dim"));
      used += wideOf(hint, theme.ascii);
    }
  }
  const gap = Math.max(0, width - used - position.length - 1);
  const end = shown.count === 0 ? "" : position;
  return cutLine([...line, span(" ".repeat(gap)), span(end, "dim")], width, theme.glyphs.cut);
}

interface Hint {
  readonly key: string;
  readonly short: string;
}

function wideOf({ key, short: word }: Hint, ascii: boolean): number {
  return widthOf(shownKey(key, ascii)) + 1 + word.length + 2;
}

/** The first hints that fit; the key to all the others is always among them. */
function fitting(hints: readonly Hint[], room: number, ascii: boolean): readonly Hint[] {
  const help = hints.find(({ key, short: word }) => key === "?" && word === "keys");
  let left = room - (help === undefined ? 0 : wideOf(help, ascii));
  const kept = new Set<Hint>();
  for (const hint of hints) {
    const wide = hint === help ? 0 : wideOf(hint, ascii);
    if (wide > left) break;
    left -= wide;
    kept.add(hint);
  }
  return hints.filter((hint) => kept.has(hint) || (hint === help && left >= 0));
}

function positionOf({ frame, shown }: Screen): string {
  if (shown.count === 0) return "";
  if (shown.keys.length === 0) {
    const last = Math.min(shown.count, frame.top + shown.height);
    return `${count(frame.top + 1)}-${count(last)}/${count(shown.count)}`;
  }
  return `${count(frame.index + 1)}/${count(shown.count)}`;
}

function short(value: number): string {
  if (value < 10_000) return count(value);
  if (value < 1_000_000) return `${Math.floor(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}
