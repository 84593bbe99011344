/** What a screen is made from, and what it is made of. */
import type { Cascade, Diagnosis, Evidence } from "../../model/index.ts";
import type { Snapshot } from "../feed.ts";
import type { Line } from "../line.ts";
import type { Past, PastPage } from "../past.ts";
import type {
  CascadeItem,
  cascadeItems,
  HopItem,
  hopItems,
  rowsOfCascades,
  WarningItem,
  warningItems,
} from "../state/rows.ts";
import type { Shown } from "../state/shown.ts";
import type { OriginItem, originItems } from "../state/starters.ts";
import type { Frame, UiState } from "../state/ui-state.ts";
import type { Theme } from "../theme.ts";
import type { Layout } from "./layout.ts";

/** The rows of the view that is shown. */
export interface Screen {
  readonly frame: Frame;
  readonly layout: Layout;
  readonly diagnosis: Diagnosis;
  /** What is wrong with the filter; null where it is fine. */
  readonly problem: string | null;
  readonly shown: Shown;
  /** How many cancels the filter keeps, and how many of those are normal ends. */
  readonly totals: { readonly kept: number; readonly normal: number };
  readonly origins: readonly OriginItem[];
  readonly cascades: readonly CascadeItem[];
  readonly cascade: Cascade | null;
  readonly hops: readonly HopItem[];
  readonly hop: HopItem | null;
  /** The line of each row of the lines screen. */
  readonly evidence: readonly Evidence[];
  readonly warnings: readonly WarningItem[];
  readonly why: readonly Line[];
  /** The answer in a sentence, and the facts: what stands above a tree. */
  readonly title: readonly Line[];
  /** The lines of a screen of plain text. */
  readonly text: readonly Line[];
  /** Rows that are drawn as they are: a head, the rows, and what is said below them about the selected one. */
  readonly head: readonly Line[];
  readonly rows: readonly Line[];
  readonly panel: readonly Line[];
  /** The page of old cancels that is shown; null while it has not been asked for. */
  readonly page: PastPage | null;
  /** The case of the selected row of the first screen: the answer, the tree, the reasons. */
  readonly preview: readonly Line[];
}

/** The lists of a diagnosis, computed once for as long as they do not change. */
export interface Lists {
  readonly origins: typeof originItems;
  readonly cascades: typeof cascadeItems;
  /** Those of one starter, where only they are asked for. */
  readonly members: typeof rowsOfCascades;
  readonly hops: typeof hopItems;
  readonly warnings: typeof warningItems;
  readonly why: (cascade: Cascade, hop: HopItem | null, width: number) => readonly Line[];
  /** `past`: the history, where one is open; `old` where the cascade is from it. */
  readonly title: (cascade: Cascade, layout: Layout, past: Past | null, old: boolean) => readonly Line[];
  readonly preview: (item: OriginItem, past: Past | null, width: number, height: number) => readonly Line[];
}

/** What a screen is made from. */
export interface Scene {
  readonly state: UiState;
  readonly frame: Frame;
  readonly snapshot: Snapshot;
  /** The whole diagnosis; `diagnosis` is what the filter leaves of it. */
  readonly all: Diagnosis;
  readonly diagnosis: Diagnosis;
  /** What the filter says of a cascade. */
  readonly keeps: (cascade: Cascade) => boolean;
  readonly layout: Layout;
  readonly lists: Lists;
  readonly theme: Theme;
}
