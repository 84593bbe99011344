/** What is on the screen at the moment of a press: all that the reducer knows of it. */
import type { Frame, OverruleForm } from "./ui-state.ts";

/** A way to go on with a filter, and how many cancels it would show or hide. */
export interface Completion {
  readonly text: string;
  readonly words: string;
}

/** The screen as the reducer sees it. */
export interface Shown {
  /** Keys of the rows; empty for a screen of plain text. */
  readonly keys: readonly string[];
  /** Number of rows, or of lines of text. */
  readonly count: number;
  /** How many of them the screen holds. */
  readonly height: number;
  /** The row on which the cursor stands before anybody has moved it. */
  readonly start: number;
  /** The line of the screen on which the first of them stands, and how many lines each takes: for the mouse. */
  readonly firstLine: number;
  readonly linesEach: number;
  /** What opening the selected row shows. */
  readonly into: Frame | null;
  /** The cascade that the selected row is about, by its id. */
  readonly about: string | null;
  /** The cascades before and after the one shown, in the order of the list it came from. */
  readonly next: string | null;
  readonly previous: string | null;
  /** The list of old cancels of the selected row; null where no history is open. */
  readonly before: Frame | null;
  /** The pages of older and of newer cancels than those shown. */
  readonly older: Frame | null;
  readonly newer: Frame | null;
  /** The key under which the selected branch is folded, and those of all branches with their depth. */
  readonly foldKey: string | null;
  readonly branches: readonly { readonly key: string; readonly depth: number }[];
  /** Lines of the reasons beside or below a tree, and how many of them are seen; null where there are none. */
  readonly side: { readonly count: number; readonly height: number } | null;
  /** Lines or rows that hold what is searched for. */
  readonly hits: readonly number[];
  /** The row on which the newest stands; null where no order says so. */
  readonly newest: number | null;
  /** The events of the time screen, in order of time: the row of each, and when it was. */
  readonly steps: readonly { readonly row: number; readonly ms: number }[];
  /** The key of the selected warning. */
  readonly warning: string | null;
  /** The services whose lines can be hidden, in the order of their numbers. */
  readonly services: readonly string[];
  readonly completions: readonly Completion[];
  /** Who may have started the selected cascade, for a person who knows better. */
  readonly candidates: readonly string[];
  /** The form that such a person begins with; null where no cascade is selected. */
  readonly form: OverruleForm | null;
  /** Cancels seen so far, and how many of them would be gone with the program. */
  readonly cancels: number;
  readonly unsaved: number;
}

/** A screen without anything. */
export const NOTHING_SHOWN: Shown = {
  keys: [],
  count: 0,
  height: 1,
  start: 0,
  firstLine: 0,
  linesEach: 1,
  into: null,
  about: null,
  next: null,
  previous: null,
  before: null,
  older: null,
  newer: null,
  foldKey: null,
  branches: [],
  side: null,
  hits: [],
  newest: null,
  steps: [],
  warning: null,
  services: [],
  completions: [],
  candidates: [],
  form: null,
  cancels: 0,
  unsaved: 0,
};
