/** How the cells of a terminal are divided. */
import type { Line } from "../line.ts";

/** The size of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where things stand: lines of the body, and how a cascade shares it with its why panel. */
export interface Layout {
  readonly columns: number;
  /** Lines between the two lines above and the one below. */
  readonly body: number;
  /** `beside`: tree left, why right; `below`: tree above, why below; `alone`: no room for both. */
  readonly why: "beside" | "below" | "alone";
  readonly treeColumns: number;
  readonly whyColumns: number;
}

/** Lines of the screen above the body. */
export const BODY_FROM = 2;
/** Below that many columns rows take two lines, and words that only explain go. */
export const NARROW = 60;

/** How a size is divided. */
export function layoutOf({ columns, rows }: Size): Layout {
  const body = Math.max(1, rows - 3);
  const why = columns >= 120 ? "beside" : body >= 14 ? "below" : "alone";
  const treeColumns = why === "beside" ? Math.floor(columns * 0.45) : columns;
  const whyColumns = why === "beside" ? columns - treeColumns - 3 : columns - 2;
  return { columns, body, why, treeColumns, whyColumns };
}

/** Lines below a title. */
export function roomBelow(layout: Layout, title: readonly Line[]): number {
  return Math.max(1, layout.body - title.length);
}

/** Lines of the tree for a number of rows. */
export function treeHeight(layout: Layout, title: readonly Line[], rows: number): number {
  const room = roomBelow(layout, title);
  return layout.why === "below" ? Math.min(rows, Math.max(3, Math.floor(room / 2))) : room;
}

/** Rows of a list below its head. */
export function listHeight({ body }: Layout): number {
  return Math.max(1, body - 1);
}

/** Whether there is room for the case of the selected row below the list. */
export function hasPreview({ body }: Layout): boolean {
  return body >= 14;
}

/** Rows of the first screen's list: below {@link NARROW} columns each takes two lines. */
export function homeHeight(layout: Layout, rows: number): number {
  const { columns, body } = layout;
  if (columns < NARROW) return Math.max(1, Math.floor((hasPreview(layout) ? body / 2 : body) / 2));
  if (!hasPreview(layout)) return Math.max(1, body - 1);
  return Math.max(1, Math.min(rows, Math.max(4, Math.floor(body * 0.3))));
}
