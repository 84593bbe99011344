import type { Line } from "../line.ts";
import type { Screen } from "../scenes/scene.ts";
import type { Theme } from "../theme.ts";
import { pane } from "../widgets/panes.ts";
import { tableLines } from "../widgets/table.ts";
import { columnsFor } from "./cascades-view.ts";
import type { Recent } from "./recent.ts";

const NOTHING_NEW: Recent = { fresh: new Set(), young: new Set() };

/** A page of old cancels, the newest first, each with its day. */
export function historyView({ layout, frame, shown, cascades, head }: Screen, theme: Theme): readonly Line[] {
  const { columns: width } = layout;
  const columns = columnsFor({ column: "first", turned: false }, theme, NOTHING_NEW, true);
  const table = tableLines(
    {
      columns: columns.filter(({ title }) => title !== "LIKE"),
      items: cascades,
      cursor: frame.index,
      top: frame.top,
      height: shown.height,
      width,
      empty: [],
    },
    theme,
  );
  return [...pane(head, { height: head.length, width }, theme), ...table];
}
