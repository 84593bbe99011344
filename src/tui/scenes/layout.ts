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
  /** Where the case of the selected row stands on the first screen: right of the list, below it, nowhere. */
  readonly home: "beside" | "below" | "alone";
  /** Columns of that list, and of the case. */
  readonly listColumns: number;
  readonly caseColumns: number;
}

/** Lines of the screen above the body. */
export const BODY_FROM = 2;
/** From that many columns on the first screen is two, each as on 80 columns. */
const TWO_SCREENS = 160;
/** Columns of the line between two halves. */
const RULE = 3;
/** Below that many columns rows take two lines, and words that only explain go. */
export const NARROW = 72;

/** Columns that one step of the dividing line takes from one side. */
const STEP = 8;
/** Neither side of a tree has less. */
const LEAST_SIDE = 40;

/** How a size is divided; the line beside a tree stands so many steps right of the middle. */
export function layoutOf({ columns, rows }: Size, steps = 0): Layout {
  const body = Math.max(1, rows - 3);
  const why = columns >= 120 ? "beside" : body >= 14 ? "below" : "alone";
  const middle = Math.floor(columns / 2) + steps * STEP;
  const treeColumns = why === "beside" ? Math.max(LEAST_SIDE, Math.min(columns - RULE - LEAST_SIDE, middle)) : columns;
  const whyColumns = why === "beside" ? columns - treeColumns - RULE : columns - 2;
  const home = columns >= TWO_SCREENS ? "beside" : body >= 14 ? "below" : "alone";
  const listColumns = home === "beside" ? Math.floor(columns / 2) : columns;
  const caseColumns = home === "beside" ? columns - listColumns - RULE : columns;
  return { columns, body, why, treeColumns, whyColumns, home, listColumns, caseColumns };
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

/** Lines of the reasons beside or below a tree of so many lines; 0 where there is no room for them. */
export function sideHeight(layout: Layout, title: readonly Line[], tree: number): number {
  if (layout.why === "alone") return 0;
  return layout.why === "beside" ? tree : Math.max(0, roomBelow(layout, title) - tree - 1);
}

/** Rows of a list below its head. */
export function listHeight({ body }: Layout): number {
  return Math.max(1, body - 1);
}

/** Rows of the first screen's list: below {@link NARROW} columns each takes two lines. */
export function homeHeight(layout: Layout, rows: number): number {
  const { columns, body, home } = layout;
  if (columns < NARROW) return Math.max(1, Math.floor((home === "alone" ? body : body / 2) / 2));
  if (home !== "below") return Math.max(1, body - 1);
  return Math.max(1, Math.min(rows, Math.max(4, Math.floor(body * 0.3))));
}
