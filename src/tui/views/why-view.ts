import type { Line } from "../line.ts";
import { roomBelow } from "../scenes/layout.ts";
import type { Screen } from "../scenes/scene.ts";
import type { Theme } from "../theme.ts";
import { indented, pane } from "../widgets/panes.ts";
import { gone } from "./cascade-view.ts";

/** Everything behind a verdict, over the whole screen. `hit` is the line that was searched for. */
export function whyView({ cascade, layout, frame, title, why }: Screen, hit: number | null, theme: Theme): Line[] {
  if (cascade === null) return gone();
  const below = { top: frame.top, height: roomBelow(layout, title), width: layout.columns - 2, cursor: hit ?? -1 };
  return [...pane(title, { height: title.length, width: layout.columns }, theme), ...indented(pane(why, below, theme))];
}
