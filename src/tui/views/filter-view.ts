import { pad, printable, WHERE_FIELDS, widthOf, wrap } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Screen } from "../scenes/scene.ts";
import type { Theme } from "../theme.ts";
import { pane } from "../widgets/panes.ts";

/** Lines that the help of the filter takes above the list, for a body of so many lines; none on a low screen. */
export function filterHelpHeight(body: number): number {
  return body < 16 ? 0 : 9;
}

/** How to go on with the filter, and what it can look at. */
export function filterHelp({ shown, layout, problem }: Screen, height: number, theme: Theme): Line[] {
  if (height === 0) return [];
  const width = layout.columns;
  const wrong = problem === null ? [] : wrap(printable(problem), Math.max(10, width - 4)).slice(0, 3);
  const found = shown.completions.slice(0, Math.max(1, height - 4 - wrong.length));
  const texts = found.map(({ text }) => printable(text));
  const wide = Math.min(40, Math.max(0, ...texts.map(widthOf)));
  const fields = `fields: ${Object.keys(WHERE_FIELDS).join(" ")}; words: plain text`;
  const examples = 'trace=7f3a  time=12:04..12:06  sure<strong  stopped=no  -word  chat*  /re/  "two words"';
  const lines: Line[] = [
    ...wrong.map((line): Line => [span(`  ${line}`, "danger")]),
    ...found.map(
      ({ words }, index): Line => [
        span(`  ${pad(texts[index] as string, wide)}  `, index === 0 ? "bold" : "plain"),
        span(words, "dim"),
      ],
    ),
    ...[fields, examples].flatMap((text) =>
      wrap(text, Math.max(10, width - 4)).map((line): Line => [span(`  ${line}`, "dim")]),
    ),
  ];
  return [...pane(lines, { height: height - 1, width }, theme), [span(theme.glyphs.line.repeat(width), "dim")]];
}
