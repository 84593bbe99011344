/**
 * The one table of keys. The footer, the help, the palette and docs/keys.md are made from it, so none of them can be wrong.
 */

/** The screens. */
export const VIEWS = [
  "origins",
  "cascades",
  "history",
  "cascade",
  "why",
  "time",
  "lines",
  "compare",
  "warnings",
  "sources",
  "unmatched",
] as const;

/** One of {@link VIEWS}. */
export type View = (typeof VIEWS)[number];

/** Everything a person can do, by name. */
export type Action =
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "top"
  | "bottom"
  | "into"
  | "back"
  | "last"
  | "home"
  | "why"
  | "time"
  | "lines"
  | "warnings"
  | "filter"
  | "search"
  | "next-hit"
  | "previous-hit"
  | "clear-filter"
  | "chips"
  | "sort"
  | "sort-before"
  | "turn"
  | "fold"
  | "fold-all"
  | "fold-level"
  | "other-side"
  | "divider-left"
  | "divider-right"
  | "hide-service"
  | "raw"
  | "next"
  | "previous"
  | "history"
  | "older"
  | "newer"
  | "pause"
  | "follow"
  | "step"
  | "step-back"
  | "play"
  | "zoom-in"
  | "zoom-out"
  | "fit"
  | "clock"
  | "edit"
  | "copy-line"
  | "copy-cancel"
  | "export"
  | "export-text"
  | "export-markdown"
  | "export-json"
  | "export-mermaid"
  | "export-html"
  | "overrule"
  | "compare"
  | "mute"
  | "show-muted"
  | "sources"
  | "unmatched"
  | "palette"
  | "help"
  | "redraw"
  | "suspend"
  | "quit"
  | "leave";

/** One row of the table. */
export interface Binding {
  readonly action: Action;
  /** Names of keys as `readPresses` in input.ts gives them; the first is the one the footer shows. Empty: only in the palette. */
  readonly keys: readonly string[];
  /** What it does, as the help says it. */
  readonly title: string;
  /** The word for the footer; absent where the footer does not show it. */
  readonly short?: string;
  /** Where it works; absent: everywhere. */
  readonly views?: readonly View[];
}

const LISTS: readonly View[] = ["origins", "cascades", "warnings"];
const ONE_CANCEL: readonly View[] = ["cascade", "why", "time", "lines"];
const TEXTS: readonly View[] = ["why", "lines", "compare", "sources", "unmatched"];
const ABOUT_CANCELS: readonly View[] = ["origins", "cascades", "history", ...ONE_CANCEL];

/** The table. Where two rows share a key, the first that works in a view holds there. */
export const BINDINGS: readonly Binding[] = [
  { action: "up", keys: ["up", "k", "wheel-up"], title: "one row up" },
  { action: "down", keys: ["down", "j", "wheel-down"], title: "one row down" },
  { action: "page-up", keys: ["pageup", "ctrl-b", "ctrl-u"], title: "one page up" },
  { action: "page-down", keys: ["pagedown", "ctrl-f", "ctrl-d"], title: "one page down" },
  { action: "top", keys: ["g", "home"], title: "to the first row" },
  { action: "bottom", keys: ["G", "end"], title: "to the last row" },
  { action: "edit", keys: ["enter"], title: "open $EDITOR at the line's place", short: "edit", views: ["lines"] },
  {
    action: "into",
    keys: ["enter", "right", "l"],
    title: "open the selected row: origin, cancel, service, warning",
    short: "open",
    views: ["origins", "cascades", "history", "cascade", "time", "warnings"],
  },
  { action: "back", keys: ["esc", "left", "h", "backspace"], title: "back to the screen before", short: "back" },
  {
    action: "why",
    keys: ["w"],
    title: "why: the reasons and lines behind the verdict",
    short: "why",
    views: [...LISTS, "history", "cascade", "time", "lines"],
  },
  {
    action: "time",
    keys: ["t"],
    title: "time: how the cancel spread, and how long each worked on",
    short: "time",
    views: [...LISTS, "history", "cascade", "why", "lines"],
  },
  {
    action: "lines",
    keys: ["L"],
    title: "all lines in order of time",
    views: [...LISTS, "history", "cascade", "why", "time"],
  },
  { action: "older", keys: ["]", "n"], title: "the next page, of older cancels", short: "older", views: ["history"] },
  { action: "newer", keys: ["[", "p", "N"], title: "the page of newer cancels", short: "newer", views: ["history"] },
  {
    action: "history",
    keys: ["b"],
    title: "before: the cancels of this row that --history FILE has kept, the newest first",
    short: "before",
    views: [...LISTS, ...ONE_CANCEL],
  },
  { action: "home", keys: ["H"], title: "to the first screen" },
  { action: "zoom-out", keys: ["-"], title: "see more time", views: ["time"] },
  { action: "zoom-in", keys: ["+", "="], title: "see less time, more of it", short: "zoom", views: ["time"] },
  { action: "fit", keys: ["0"], title: "fit the whole cancel again", views: ["time"] },
  { action: "step", keys: ["."], title: "to the next event in order of time", short: "step", views: ["time"] },
  { action: "step-back", keys: [","], title: "to the event before", views: ["time"] },
  {
    action: "play",
    keys: ["p"],
    title: "play it again, slowly; pressed again ten times slower, then it stops",
    short: "play",
    views: ["time"],
  },
  { action: "clock", keys: ["r"], title: "clock times or delays", views: ["time"] },
  { action: "last", keys: ["-"], title: "to the screen you were on last" },
  { action: "next-hit", keys: ["n"], title: "next hit of the search, else the next cancel", views: TEXTS },
  { action: "previous-hit", keys: ["N"], title: "previous hit of the search, else the cancel before", views: TEXTS },
  { action: "next", keys: ["n", "]"], title: "next cancel", views: ONE_CANCEL },
  { action: "previous", keys: ["p", "N", "["], title: "previous cancel", views: ONE_CANCEL },
  { action: "search", keys: ["/"], title: "search in this text; n and N walk the hits", short: "search", views: TEXTS },
  {
    action: "filter",
    keys: ["/"],
    title: "filter: words, how=timed-out service!=chat stopped=no time=12:04..12:06",
    short: "filter",
  },
  {
    action: "chips",
    keys: ["c"],
    title: "walk the filter's chips: space switches one off, ! turns it round, backspace removes it",
    views: LISTS,
  },
  { action: "clear-filter", keys: ["x"], title: "remove the filter" },
  { action: "sort", keys: ["s", ">"], title: "sort by the next column", short: "sort", views: LISTS },
  { action: "sort-before", keys: ["<"], title: "sort by the column before", views: LISTS },
  { action: "turn", keys: ["S"], title: "turn the order round", views: LISTS },
  {
    action: "fold",
    keys: ["z"],
    title: "fold or unfold: the branch below the service; like cancels into one row",
    views: ["cascades", "cascade"],
  },
  { action: "fold-all", keys: ["Z"], title: "fold or unfold everything", views: ["cascade"] },
  {
    action: "fold-level",
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    title: "show so many levels of the tree",
    views: ["cascade"],
  },
  { action: "divider-left", keys: ["<"], title: "less room for the tree, more for the reasons", views: ["cascade"] },
  { action: "divider-right", keys: [">"], title: "more room for the tree, less for the reasons", views: ["cascade"] },
  {
    action: "hide-service",
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    title: "hide the lines of the service of that number, or show them again",
    short: "hide",
    views: ["lines"],
  },
  { action: "raw", keys: ["R"], title: "lines as they were written, or what they say", short: "raw", views: ["lines"] },
  { action: "warnings", keys: ["!"], title: "the list of warnings" },
  { action: "mute", keys: ["m"], title: "mute this warning, or hear it again", short: "mute", views: ["warnings"] },
  {
    action: "other-side",
    keys: ["tab"],
    title: "to the text beside or below the rows, which up and down scroll then; and back to the rows",
    short: "reasons",
    views: ["cascade", "warnings"],
  },
  { action: "show-muted", keys: ["M"], title: "show muted warnings, too", views: ["warnings"] },
  { action: "sources", keys: ["v"], title: "what is read, and which services were named and not heard" },
  { action: "unmatched", keys: ["u"], title: "lines that look like cancels and were not understood" },
  { action: "copy-line", keys: ["y"], title: "copy the selected line", short: "copy" },
  { action: "copy-cancel", keys: ["Y"], title: "copy the whole cancel as text", views: ABOUT_CANCELS },
  { action: "export", keys: ["e"], title: "export: choose a form", views: ABOUT_CANCELS },
  { action: "export-text", keys: [], title: "export as text", views: ABOUT_CANCELS },
  { action: "export-markdown", keys: [], title: "export as Markdown, for a ticket", views: ABOUT_CANCELS },
  { action: "export-json", keys: [], title: "export as JSON", views: ABOUT_CANCELS },
  { action: "export-mermaid", keys: [], title: "export as a Mermaid drawing", views: ABOUT_CANCELS },
  { action: "export-html", keys: [], title: "export as one HTML page", views: ABOUT_CANCELS },
  { action: "overrule", keys: ["o"], title: "say who started it, if you know better", views: ABOUT_CANCELS },
  {
    action: "compare",
    keys: ["C"],
    title: "compare this cancel with another one: press it there, too",
    views: ABOUT_CANCELS,
  },
  { action: "pause", keys: ["space"], title: "hold the picture while reading goes on; again: go on", short: "pause" },
  { action: "follow", keys: ["f"], title: "stay with the newest; moving up stops it, and what is new is counted" },
  { action: "palette", keys: [":"], title: "every command, by its words" },
  { action: "help", keys: ["?", "f1"], title: "these keys; again: what the words mean", short: "keys" },
  { action: "redraw", keys: ["ctrl-l"], title: "draw the screen anew" },
  { action: "suspend", keys: ["ctrl-z"], title: "back to the shell for a while; fg comes back" },
  { action: "quit", keys: ["q"], title: "leave the screen; on the first one, the program", short: "quit" },
  { action: "leave", keys: ["ctrl-c"], title: "leave the program at once" },
];

/** What the footer shows where letters are text. */
export const MODE_HINTS: Readonly<Record<Mode, readonly { readonly key: string; readonly short: string }[]>> = {
  filter: [
    { key: "tab", short: "complete" },
    { key: "enter", short: "keep" },
    { key: "esc", short: "undo" },
    { key: "up", short: "earlier" },
    { key: "ctrl-x", short: "clear" },
  ],
  search: [
    { key: "enter", short: "search" },
    { key: "esc", short: "undo" },
    { key: "ctrl-x", short: "clear" },
  ],
  chips: [
    { key: "left right", short: "walk" },
    { key: "space", short: "off/on" },
    { key: "!", short: "turn round" },
    { key: "backspace", short: "remove" },
    { key: "esc", short: "done" },
  ],
  help: [
    { key: "type", short: "to search" },
    { key: "enter", short: "do it" },
    { key: "?", short: "words" },
    { key: "esc", short: "close" },
  ],
  words: [
    { key: "?", short: "close" },
    { key: "down", short: "more" },
    { key: "esc", short: "close" },
  ],
  overrule: [
    { key: "up down", short: "who" },
    { key: "tab", short: "next field" },
    { key: "enter", short: "keep" },
    { key: "ctrl-x", short: "take it back" },
    { key: "esc", short: "leave" },
  ],
};

/** What letters mean where they do not move about. */
export type Mode = "filter" | "search" | "chips" | "help" | "words" | "overrule";
