/** The whole screen as lines: header, bar or prompt, the view on top of the stack, footer. */
import { count, plural } from "../../present/index.ts";
import type { Snapshot } from "../feed.ts";
import type { Line } from "../line.ts";
import type { Size } from "../scenes/layout.ts";
import type { Screen } from "../scenes/scene.ts";
import type { UiState } from "../state/ui-state.ts";
import type { Theme } from "../theme.ts";
import { pane } from "../widgets/panes.ts";
import { promptLine } from "../widgets/prompt.ts";
import { barLine, footerLine, headerLine } from "./bars.ts";
import { cascadeView } from "./cascade-view.ts";
import { cascadesView } from "./cascades-view.ts";
import { filterHelp } from "./filter-view.ts";
import { helpView } from "./help-view.ts";
import { historyView } from "./history-view.ts";
import { originsView } from "./origins-view.ts";
import { overruleView } from "./overrule-view.ts";
import { rowsView } from "./rows-view.ts";
import { textView } from "./text-view.ts";
import { whyView } from "./why-view.ts";

/** What a picture is made of. */
export interface Picture {
  readonly state: UiState;
  readonly screen: Screen;
  /** The snapshot that is shown, and the newest: they differ while the picture is held. */
  readonly snapshot: Snapshot;
  readonly newest: Snapshot;
  readonly size: Size;
}

/** No more lines than the terminal has rows, none wider than it has columns. */
export function frameLines({ state, screen, snapshot, newest, size }: Picture, theme: Theme): readonly Line[] {
  const { columns: width, body } = screen.layout;
  const { prompt } = state;
  const header = headerLine(
    {
      snapshot,
      held: state.paused ? cancelsIn(newest) - cancelsIn(snapshot) : null,
      news: state.seen === null ? null : screen.shown.cancels - state.seen,
      following: state.following,
      width,
    },
    theme,
  );
  const helpHeight = Math.max(0, size.rows - 3 - body);
  const bar =
    prompt === null
      ? barLine(state, screen, snapshot, width, theme)
      : promptLine(
          {
            label: `${prompt.kind}: `,
            text: prompt.line.text,
            at: prompt.line.at,
            // Below it there is room for the whole sentence
            problem: prompt.kind === "filter" && helpHeight === 0 ? screen.problem : null,
            aside: prompt.kind === "filter" && screen.problem === null ? keptOf(screen) : "",
            width,
          },
          theme,
        );
  return [
    header,
    bar,
    ...filterHelp(screen, helpHeight, theme),
    ...pane(bodyLines(state, screen, snapshot, theme), { height: body, width }, theme),
    footerLine(state, screen, width, theme),
  ].slice(0, size.rows);
}

function bodyLines(state: UiState, screen: Screen, { progress, past }: Snapshot, theme: Theme): readonly Line[] {
  if (state.help !== null) return helpView(state, screen.layout, theme);
  if (state.overrule !== null) return overruleView(screen, state.overrule, theme);
  const hit = state.search === "" ? null : (screen.shown.hits[state.hit] ?? null);
  switch (screen.frame.view) {
    case "origins":
      return originsView(screen, { sort: state.sorts.origins, progress, past, filtered: isFiltered(state) }, theme);
    case "cascades":
      return cascadesView(screen, state.sorts.cascades, progress, past?.alone === true, theme);
    case "history":
      return historyView(screen, theme);
    case "cascade":
      return cascadeView(screen, state.side, theme);
    case "why":
      return whyView(screen, hit, theme);
    case "time":
    case "lines":
    case "warnings":
      return rowsView(screen, theme);
    case "compare":
    case "sources":
    case "unmatched":
      return textView(screen, hit, theme);
  }
}

/** `31 of 172 cancels`, while a filter is typed. */
function keptOf({ totals, shown }: Screen): string {
  return `${count(totals.kept)} of ${plural(shown.cancels, "cancel")}`;
}

function isFiltered({ prompt, chips }: UiState): boolean {
  return prompt?.kind === "filter" ? prompt.line.text.trim() !== "" : chips.some(({ on }) => on);
}

function cancelsIn({ diagnosis }: Snapshot): number {
  return diagnosis.cascades.reduce((sum, { count }) => sum + count, 0);
}
