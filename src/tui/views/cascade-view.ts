import { cut, hopName, widthOf } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { sideHeight, treeHeight } from "../scenes/layout.ts";
import type { Screen } from "../scenes/scene.ts";
import { scrolled } from "../state/scrolled.ts";
import { treeLines } from "../state/tree-lines.ts";
import type { SideLook } from "../state/ui-state.ts";
import type { Theme } from "../theme.ts";
import { beside, indented, pane } from "../widgets/panes.ts";

/** One cascade: who started it, the tree, and the why panel of the selected service beside or below it. */
export function cascadeView(screen: Screen, side: SideLook, theme: Theme): Line[] {
  const { cascade, layout, frame, hops, hop, title, why, panel } = screen;
  if (cascade === null) return gone();
  const treeRows = treeHeight(layout, title, hops.length);
  const rows = treeLines(cascade, hops, layout.treeColumns - 2, theme).map(
    (line, index): Line => [span(index === frame.index ? "> " : "  "), ...line],
  );
  const style = side.focused ? "title" : "dim";
  const tree = (height: number): Line[] =>
    pane(rows, { top: frame.top, height, width: layout.treeColumns, cursor: frame.index }, theme);
  const above = pane(title, { height: title.length, width: layout.columns }, theme);
  if (layout.why === "alone") return [...above, ...tree(treeRows)];
  if (layout.why === "beside") {
    const left =
      panel.length === 0
        ? tree(treeRows)
        : [...tree(hops.length), ...pane(panel, { height: panel.length, width: layout.treeColumns }, theme)];
    const right = pane(reasons(why, treeRows, side), { height: treeRows, width: layout.whyColumns }, theme);
    return [...above, ...beside(left, right, layout.treeColumns, theme, style)];
  }
  const room = sideHeight(layout, title, treeRows);
  const name = hop === null ? "" : hopName(cascade, hop.hop);
  return [
    ...above,
    ...tree(treeRows),
    [span(ruleWith(` why ${name} `, layout.columns, theme.glyphs.line), style)],
    ...indented(pane(reasons(why, room, side), { height: room, width: layout.columns - 2 }, theme)),
  ];
}

/** The reasons from where they are scrolled to. */
function reasons(lines: readonly Line[], height: number, { top, focused }: SideLook): readonly Line[] {
  return scrolled(lines, height, top, focused ? "down, or w" : "tab, or w");
}

/** A line across the screen with words near its beginning. */
function ruleWith(words: string, width: number, line: string): string {
  const text = cut(words, Math.max(0, width - 4));
  return line.repeat(2) + text + line.repeat(Math.max(0, width - 2 - widthOf(text)));
}

/** What is shown where a cascade went away (it was merged into another one, or filtered out). */
export function gone(): Line[] {
  return [[span("  this cascade is not there any more: esc goes back")]];
}
