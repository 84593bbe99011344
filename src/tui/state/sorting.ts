/** Which column a list is sorted by. */
import type { View } from "../keys.ts";
import { SORT_COLUMNS, type Sort, type Sortable, type UiState } from "./ui-state.ts";

type Sorts = UiState["sorts"];

/** Sorts by the next column of the list, or by the one before. */
export function sortedBy(sorts: Sorts, view: View, by: 1 | -1): Sorts {
  if (!isSortable(view)) return sorts;
  const columns: readonly string[] = SORT_COLUMNS[view];
  const at = (columns.indexOf(sorts[view].column) + by + columns.length) % columns.length;
  return { ...sorts, [view]: { column: columns[at], turned: false } };
}

/** Turns the order of the list round. */
export function turned(sorts: Sorts, view: View): Sorts {
  return isSortable(view) ? { ...sorts, [view]: { ...sorts[view], turned: !sorts[view].turned } } : sorts;
}

/** The mark behind the title of a column: `v` where the most or the last stands first, `^` the other way round. */
export function sortMark<List extends Sortable>(sort: Sort<List>, column: Sort<List>["column"]): string {
  if (sort.column !== column) return "";
  return ASCENDING.has(column) === sort.turned ? " v" : " ^";
}

/** Columns of words: their order begins with A. */
const ASCENDING: ReadonlySet<string> = new Set(["who", "how", "because", "way", "rule"]);

function isSortable(view: View): view is Sortable {
  return Object.hasOwn(SORT_COLUMNS, view);
}
