import type { View } from "../keys.ts";
import type { LineEdit } from "./line-edit.ts";

/** One screen on the stack: what it shows, and where the cursor is. */
export interface Frame {
  readonly view: View;
  /** The key of the origin whose cascades are shown. */
  readonly origin: string | null;
  /** The key of the warning whose cascades are shown. */
  readonly warning: string | null;
  /** The id of the cascade shown. */
  readonly cascade: string | null;
  /** The id of the one that it is compared with. */
  readonly other: string | null;
  /** The key of the service shown. */
  readonly hop: string | null;
  /** Whose old cancels are shown, out of the history (see past.ts), and which page of them; null: what is read now. */
  readonly past: string | null;
  readonly page: number;
  /** The key of the selected row. Rows move while files are read; the selection stays with its row. */
  readonly cursor: string | null;
  /** Where that row was last seen, for when it goes away. */
  readonly index: number;
  /** The first row shown. */
  readonly top: number;
}

/** What the lists can be sorted by, each the name of a column. */
export const SORT_COLUMNS = {
  origins: ["who", "how", "because", "sure", "times", "last", "stopped"],
  cascades: ["first", "because", "sure", "way", "like", "stopped"],
  warnings: ["rule", "who", "times"],
} as const;

/** The lists that can be sorted. */
export type Sortable = keyof typeof SORT_COLUMNS;

/** A column, and whether its order is turned round. Names go up, numbers and times go down unless it is. */
export interface Sort<List extends Sortable = Sortable> {
  readonly column: (typeof SORT_COLUMNS)[List][number];
  readonly turned: boolean;
}

/** One condition or word of the filter; one that is off is kept and does nothing. */
export interface Chip {
  readonly text: string;
  readonly on: boolean;
}

/** A line that is typed: the filter, or what is searched for in a text. */
export interface Prompt {
  readonly kind: "filter" | "search";
  readonly line: LineEdit;
  /** Which of the earlier filters is shown; -1: none. */
  readonly earlier: number;
}

/** How the time screen is looked at. */
export interface TimeLook {
  /** 1: all of it; each step shows half as much. */
  readonly zoom: number;
  /** Clock times instead of delays. */
  readonly clock: boolean;
  /** Which event in order of time is selected; -1: none. */
  readonly step: number;
  /** How far it is played, in milliseconds from the origin's cancel, and how many times slower than it was; null where it stands still. */
  readonly play: { readonly ms: number; readonly slower: number } | null;
}

/** The reasons beside or below a tree. */
export interface SideLook {
  /** True while keys that move scroll the reasons, and not the tree. */
  readonly focused: boolean;
  /** The first line of them that is shown. */
  readonly top: number;
  /** How far the line between both is moved: steps to the right, negative to the left. */
  readonly steps: number;
}

/** A person says who started a cancel. */
export interface OverruleForm {
  /** The cascade it is about. */
  readonly cascade: string;
  /** Which of the candidates is chosen; the one after the last is what is typed. */
  readonly index: number;
  readonly name: LineEdit;
  readonly note: LineEdit;
  readonly scope: "this" | "alike";
  readonly field: "who" | "scope" | "note";
}

/** What is to be done outside the screens. */
export type Wish =
  | { readonly do: "copy"; readonly what: "line" | "cancel" }
  | { readonly do: "export"; readonly format: "text" | "markdown" | "json" | "mermaid" | "html" }
  | { readonly do: "overrule"; readonly form: OverruleForm; readonly by: string | null }
  | { readonly do: "edit" | "suspend" | "redraw" };

/** Everything the screens remember. */
export interface UiState {
  /** The last one is shown; never empty. */
  readonly frames: readonly [Frame, ...Frame[]];
  /** The screens before the last jump. */
  readonly lastFrames: readonly [Frame, ...Frame[]] | null;
  readonly chips: readonly Chip[];
  /** Which chip is selected; null where nobody walks them. */
  readonly chipAt: number | null;
  readonly prompt: Prompt | null;
  /** Earlier filters, the newest first. */
  readonly earlier: readonly string[];
  /** What is searched for in texts; empty: nothing. */
  readonly search: string;
  /** Which of its hits was gone to last. */
  readonly hit: number;
  /** The open help: what was typed to search it, the selected row, and whether it explains the words. Null where it is closed. */
  readonly help: { readonly query: string; readonly index: number; readonly words: boolean } | null;
  /** True while the picture is held. */
  readonly paused: boolean;
  /** True while the selection stays with the newest. */
  readonly following: boolean;
  /** How many cancels there were when following stopped; null where it never began. */
  readonly seen: number | null;
  readonly sorts: { readonly [List in Sortable]: Sort<List> };
  /** True while like cascades share a row. */
  readonly foldAlike: boolean;
  /** Services whose branches are folded, as `cascade id/key of the hop`. */
  readonly folded: ReadonlySet<string>;
  readonly time: TimeLook;
  readonly side: SideLook;
  /** Names of services whose lines are hidden, and whether lines are shown as they were written. */
  readonly hiddenServices: ReadonlySet<string>;
  readonly rawLines: boolean;
  /** Keys of muted warnings, and whether they are shown all the same. */
  readonly muted: ReadonlySet<string>;
  readonly showMuted: boolean;
  readonly overrule: OverruleForm | null;
  /** The id of a cascade that the next one is to be compared with. */
  readonly compared: string | null;
  /** What is to be done next outside the screens. */
  readonly wish: Wish | null;
  /** One sentence about what was just done, until the next key. */
  readonly notice: string | null;
  /** How many cancels there were when all of them were last written to a file. */
  readonly saved: number;
  /** True once the person wanted to leave and was asked whether to save. */
  readonly asked: boolean;
  /** True once the person wants to leave. */
  readonly leaving: boolean;
}

/** A frame of a view with nothing chosen yet. */
export function openFrame(view: View, about: Partial<Frame> = {}): Frame {
  return {
    view,
    origin: null,
    warning: null,
    cascade: null,
    other: null,
    hop: null,
    past: null,
    page: 0,
    cursor: null,
    index: 0,
    top: 0,
    ...about,
  };
}

/** What the program opens with. */
export const INITIAL_STATE: UiState = {
  frames: [openFrame("origins")],
  lastFrames: null,
  chips: [],
  chipAt: null,
  prompt: null,
  earlier: [],
  search: "",
  hit: 0,
  help: null,
  paused: false,
  following: false,
  seen: null,
  sorts: {
    origins: { column: "times", turned: false },
    cascades: { column: "stopped", turned: false },
    warnings: { column: "rule", turned: false },
  },
  foldAlike: true,
  folded: new Set(),
  time: { zoom: 1, clock: false, step: -1, play: null },
  side: { focused: false, top: 0, steps: 0 },
  hiddenServices: new Set(),
  rawLines: false,
  muted: new Set(),
  showMuted: false,
  overrule: null,
  compared: null,
  wish: null,
  notice: null,
  saved: 0,
  asked: false,
  leaving: false,
};

/** The frame that is shown. */
export function frameOf(state: UiState): Frame {
  return state.frames[state.frames.length - 1] as Frame;
}

/** The filter that holds: the one that is typed, else the chips that are on. */
export function filterText({ prompt, chips }: UiState): string {
  return prompt?.kind === "filter" ? prompt.line.text : onText(chips);
}

/** What is searched for in texts: what is typed, else what was. */
export function searchText({ prompt, search }: UiState): string {
  return prompt?.kind === "search" ? prompt.line.text : search;
}

/** The chips that are on, as one text. */
export function onText(chips: readonly Chip[]): string {
  return chips
    .filter(({ on }) => on)
    .map(({ text }) => text)
    .join(" ");
}
