/**
 * The one table of keys. The footer, the help screen and docs/keys.md are made from it, so none of them can be wrong.
 */

/** The screens. */
export const VIEWS = ["origins", "cascades", "cascade", "why", "warnings", "sources", "unmatched"] as const;

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
  | "why"
  | "warnings"
  | "filter"
  | "clear-filter"
  | "sort"
  | "fold"
  | "fold-all"
  | "next"
  | "previous"
  | "home"
  | "pause"
  | "sources"
  | "unmatched"
  | "help"
  | "quit";

/** One row of the table. */
export interface Binding {
  readonly action: Action;
  /** Names of keys as `readPresses` in input.ts gives them; the first is the one the footer shows. */
  readonly keys: readonly string[];
  /** What it does, as the help says it. */
  readonly title: string;
  /** The word for the footer; absent where the footer does not show it. */
  readonly short?: string;
  /** Where it works; absent: everywhere. */
  readonly views?: readonly View[];
}

/** The table. */
export const BINDINGS: readonly Binding[] = [
  { action: "up", keys: ["up", "k"], title: "one row up" },
  { action: "down", keys: ["down", "j"], title: "one row down" },
  { action: "page-up", keys: ["pageup", "ctrl-b", "ctrl-u"], title: "one page up" },
  { action: "page-down", keys: ["pagedown", "ctrl-f", "ctrl-d"], title: "one page down" },
  { action: "top", keys: ["g", "home"], title: "to the first row" },
  { action: "bottom", keys: ["G", "end"], title: "to the last row" },
  {
    action: "into",
    keys: ["enter", "right", "l"],
    title: "open the selected row: origin, cascade, service, warning",
    short: "open",
    views: ["origins", "cascades", "cascade", "warnings"],
  },
  { action: "back", keys: ["esc", "left", "h", "backspace"], title: "back to the screen before", short: "back" },
  { action: "home", keys: ["H"], title: "to the first screen" },
  {
    action: "why",
    keys: ["w"],
    title: "why: the reasons and the lines of evidence behind the verdict",
    short: "why",
    views: ["origins", "cascades", "cascade", "warnings"],
  },
  { action: "next", keys: ["n", "]"], title: "next cancel", views: ["cascade", "why"] },
  { action: "previous", keys: ["p", "N", "["], title: "previous cancel", views: ["cascade", "why"] },
  {
    action: "filter",
    keys: ["/"],
    title: "filter: words, or kind=deadline service!=chat origin=? text=EOF",
    short: "filter",
  },
  { action: "clear-filter", keys: ["x"], title: "remove the filter" },
  { action: "sort", keys: ["s"], title: "sort by the next column", short: "sort", views: ["origins", "cascades"] },
  {
    action: "fold",
    keys: ["z"],
    title: "fold or unfold: the branch below the service; like cascades into one row",
    short: "fold",
    views: ["cascades", "cascade"],
  },
  { action: "fold-all", keys: ["Z"], title: "fold or unfold everything", views: ["cascade"] },
  { action: "warnings", keys: ["!"], title: "the list of warnings", views: ["origins", "cascades", "cascade", "why"] },
  { action: "sources", keys: ["v"], title: "what is read, and which services were named and not heard" },
  { action: "unmatched", keys: ["u"], title: "lines that look like cancels and were not understood" },
  { action: "pause", keys: ["space"], title: "hold the picture while reading goes on; again: follow", short: "pause" },
  { action: "help", keys: ["?", "f1"], title: "these keys; again: what the words mean", short: "keys" },
  { action: "quit", keys: ["q", "ctrl-c"], title: "leave", short: "quit" },
];

/** What the footer shows where letters are text. */
export const MODE_HINTS: Readonly<Record<"prompt" | "help" | "words", readonly { key: string; short: string }[]>> = {
  prompt: [
    { key: "enter", short: "keep" },
    { key: "esc", short: "undo" },
    { key: "ctrl-w", short: "last word" },
    { key: "ctrl-u", short: "clear" },
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
};

/** The bindings that work in a view. */
export function bindingsIn(view: View): readonly Binding[] {
  return BINDINGS.filter((binding) => binding.views === undefined || binding.views.includes(view));
}

/** What a key does in a view; null where it does nothing. */
export function actionFor(key: string, view: View): Action | null {
  return bindingsIn(view).find((binding) => binding.keys.includes(key))?.action ?? null;
}

/** The key as people read it: `↑` for `up`; plain words where only ASCII is wanted. */
export function shownKey(key: string, ascii = false): string {
  const arrows: Readonly<Record<string, string>> = { up: "↑", down: "↓", left: "←", right: "→" };
  const arrow = arrows[key];
  return arrow === undefined || ascii ? key : arrow;
}

/** docs/keys.md, made from the table. */
export function keysDocument(): string {
  const rows = BINDINGS.map((binding) => {
    const keys = binding.keys.map((key) => `\`${shownKey(key)}\``).join(" ");
    return `| ${keys} | ${binding.title} | ${binding.views?.join(", ") ?? "everywhere"} |`;
  });
  return [
    "# Keys",
    "",
    "Made from the table in src/tui/keys.ts by `node scripts/keys.ts`; a test fails when both differ.",
    "",
    "| key | what it does | where |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "While the filter or the help is open, letters are text: `enter` accepts, `esc` leaves it as it was.",
    "",
  ].join("\n");
}
