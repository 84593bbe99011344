import type { Line } from "../line.ts";
import type { Screen } from "../scenes/scene.ts";
import type { Theme } from "../theme.ts";
import { pane } from "../widgets/panes.ts";

/** A screen of plain text: the sources, and what was not understood. `hit` is the line that was searched for. */
export function textView({ layout, frame, text }: Screen, hit: number | null, theme: Theme): Line[] {
  return pane(text, { top: frame.top, height: layout.body, width: layout.columns, cursor: hit ?? -1 }, theme);
}
