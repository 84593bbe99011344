import { pad, widthOf, wrap } from "../../present/index.ts";
import { BINDINGS, shownKeys } from "../keys.ts";
import { type Line, markedLine, span } from "../line.ts";
import type { Layout } from "../scenes/layout.ts";
import { helpRows } from "../state/help.ts";
import type { UiState } from "../state/ui-state.ts";
import type { Theme } from "../theme.ts";
import { pane } from "../widgets/panes.ts";
import { promptLine } from "../widgets/prompt.ts";
import { clamp, windowOf } from "../window.ts";

/** The keys that work on the screen below, searched while typing; enter does the selected one. */
export function helpView(state: UiState, layout: Layout, theme: Theme): Line[] {
  const width = layout.columns;
  const rows = helpRows(state);
  const cursor = clamp(state.help?.index ?? 0, 0, Math.max(0, rows.length - 1));
  const legend = legendLines(width);
  if (state.help?.words === true) {
    const top = clamp(state.help.index, 0, Math.max(0, legend.length - layout.body));
    return pane(legend, { top, height: layout.body, width }, theme);
  }
  // Under a few rows the words are read besides, as far as they fit
  const spare = layout.body - rows.length - 3;
  const below = spare < LEAST_WORDS ? [] : legend.slice(0, spare);
  const height = Math.max(1, layout.body - 2 - (below.length === 0 ? 0 : below.length + 1));
  const { top, end } = windowOf(0, cursor, rows.length, height);
  const keysOf = (keys: readonly string[]): string => shownKeys(keys, theme.ascii).join(" ");
  // On a narrow screen the first key of each is enough.
  const keyTexts = rows.map((row) => keysOf(width < 60 && row.keys.length < 9 ? row.keys.slice(0, 1) : row.keys));
  const keyWidth = Math.max(...keyTexts.map(widthOf), 3);
  const drawn = rows.slice(top, end).map((binding, offset): Line => {
    const selected = top + offset === cursor;
    const line: Line = [
      span(selected ? "> " : "  "),
      span(pad(keyTexts[top + offset] as string, keyWidth), "bold"),
      span(`  ${binding.title}`),
    ];
    return selected ? markedLine(line, width, theme.glyphs.cut) : line;
  });
  const about = `  ${rows.length} of ${BINDINGS.length} shown; only keys that work here; ? explains the words`;
  const lines: Line[] = [
    promptLine({ label: "keys, type to search: ", text: state.help?.query ?? "", problem: null, width }, theme),
    ...drawn,
    ...(rows.length === 0 ? [[span("  no key does that here")]] : []),
    [span(about, "dim")],
    ...(below.length === 0 ? [] : [[], ...below]),
  ];
  return pane(lines, { height: layout.body, width }, theme);
}

/** Fewer lines of the words than that explain nothing. */
const LEAST_WORDS = 8;

/** What the words of the screens mean. */
function legendLines(width: number): readonly Line[] {
  return LEGEND.flatMap(([about, text]) =>
    wrap(text, Math.max(10, width - 12)).map(
      (line, index): Line => [span(`  ${pad(index === 0 ? about : "", 9)}`, "bold"), span(line)],
    ),
  );
}

const LEGEND: readonly (readonly [string, string])[] = [
  [
    "how",
    "cancelled: its code or its user called cancel. timed out: its time ran out. vanished: it died or lost the connection.",
  ],
  ["", "returned: its handler ended too soon. reset: a peer or proxy cut the stream. shut down: it was stopping."],
  ["", "left, asked to stop: somebody outside, without a log. failed: its call failed, and no stream was cancelled."],
  [
    "sure",
    "proven: several services agree. strong: the lines say so. weak, guess: other answers fit, too. yours: you said so (o).",
  ],
  [
    "stopped",
    "stopped: it wrote or sent its end. stopped?: only others say so. STILL RUNNING: it worked on. not hit: it rightly went on. not cause: it only looks like the origin. quiet: no line of its own. shows it first: of those who left lines.",
  ],
  [
    "marks",
    "3 of 4 !: somebody works on. 3 of 4 ?: an end was not seen. none below: nobody was reached. dashed branch: the way is inferred. +: new in the last 3 s, no sureness yet: in the last second.",
  ],
  [
    "line 1",
    "DONE (following): all is read, more is waited for. WAITING: no line came yet. SILENT: none for so long. lost: what a verdict may lack (v). u: looks like a cancel, and no wording is known.",
  ],
];
