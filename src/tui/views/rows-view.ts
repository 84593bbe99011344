import { type Line, span } from "../line.ts";
import type { Screen } from "../scenes/scene.ts";
import type { Theme } from "../theme.ts";
import { pane } from "../widgets/panes.ts";
import { gone } from "./cascade-view.ts";

/** Rows under a head, and below them what there is to know of the selected one: warnings, the time of a cancel, its lines. */
export function rowsView({ head, rows, panel, layout, frame, shown, cascade }: Screen, theme: Theme): Line[] {
  const width = layout.columns;
  if (frame.cascade !== null && cascade === null) return gone();
  const marked = rows.map((line, index): Line => (index === frame.index ? [span("> "), ...withoutMargin(line)] : line));
  return [
    ...pane(head, { height: head.length, width }, theme),
    ...pane(marked, { top: frame.top, height: shown.height, width, cursor: frame.index }, theme),
    ...pane(panel, { height: layout.body - head.length - shown.height, width }, theme),
  ];
}

/** The row without the two signs that the mark of the selected one takes. */
function withoutMargin([first, ...rest]: Line): Line {
  return first === undefined ? [] : [{ ...first, text: first.text.slice(2) }, ...rest];
}
