import type { View } from "../keys.ts";

/** One screen on the stack: what it shows, and where the cursor is. */
export interface Frame {
  readonly view: View;
  /** The key of the origin whose cascades are shown. */
  readonly origin: string | null;
  /** The id of the cascade shown. */
  readonly cascade: string | null;
  /** The key of the service shown. */
  readonly hop: string | null;
  /** The key of the selected row. Rows move while files are read; the selection stays with its row. */
  readonly cursor: string | null;
  /** Where that row was last seen, for when it goes away. */
  readonly index: number;
  /** The first row shown. */
  readonly top: number;
}

/** How the list of origins can be sorted. */
export const ORIGIN_SORTS = ["cascades", "victims", "origin", "last"] as const;
/** How the list of cascades can be sorted. */
export const CASCADE_SORTS = ["weight", "newest", "oldest", "victims"] as const;

/** One of {@link ORIGIN_SORTS}. */
export type OriginSort = (typeof ORIGIN_SORTS)[number];
/** One of {@link CASCADE_SORTS}. */
export type CascadeSort = (typeof CASCADE_SORTS)[number];

/** Everything the screens remember. */
export interface UiState {
  /** The last one is shown; never empty. */
  readonly frames: readonly [Frame, ...Frame[]];
  /** The filter that holds. */
  readonly filter: string;
  /** The filter while it is typed; null where nobody types. */
  readonly prompt: string | null;
  /** The open help: what was typed to search it, the selected row, and whether it explains the words. Null where it is closed. */
  readonly help: { readonly query: string; readonly index: number; readonly words: boolean } | null;
  /** True while the picture is held. */
  readonly paused: boolean;
  readonly originSort: OriginSort;
  readonly cascadeSort: CascadeSort;
  /** True while like cascades share a row. */
  readonly foldAlike: boolean;
  /** Services whose branches are folded, as `cascade id/key of the hop`. */
  readonly folded: ReadonlySet<string>;
  /** True once the person wants to leave. */
  readonly leaving: boolean;
}

/** A frame of a view with nothing chosen yet. */
export function openFrame(view: View, about: Partial<Frame> = {}): Frame {
  return { view, origin: null, cascade: null, hop: null, cursor: null, index: 0, top: 0, ...about };
}

/** What the program opens with. */
export const INITIAL_STATE: UiState = {
  frames: [openFrame("origins")],
  filter: "",
  prompt: null,
  help: null,
  paused: false,
  originSort: "cascades",
  cascadeSort: "weight",
  foldAlike: true,
  folded: new Set(),
  leaving: false,
};

/** The frame that is shown. */
export function frameOf(state: UiState): Frame {
  return state.frames[state.frames.length - 1] as Frame;
}
