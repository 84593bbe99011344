/** Parts of the screen, as lines, and how they are put together. */
import { cutLine, type Line, lineWidth, markedLine, span } from "../line.ts";
import type { Style, Theme } from "../theme.ts";

/** Exactly `height` lines of a text, from its line `top` on; `cursor` marks one line where the text is a list. */
export function pane(
  lines: readonly Line[],
  { top = 0, height, width, cursor = -1 }: { top?: number; height: number; width: number; cursor?: number },
  { glyphs }: Theme,
): Line[] {
  return Array.from({ length: Math.max(0, height) }, (_, offset): Line => {
    const line = lines[top + offset];
    if (line === undefined) return [];
    return top + offset === cursor ? markedLine(line, width, glyphs.cut) : cutLine(line, width, glyphs.cut);
  });
}

/** Two panes beside each other, a line down the screen between them; as high as the higher one. `style` is that of the line. */
export function beside(
  left: readonly Line[],
  right: readonly Line[],
  leftWidth: number,
  { glyphs }: Theme,
  style: Style = "dim",
): Line[] {
  const rule = span(` ${glyphs.bar} `, style);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row): Line => {
    const one = left[row] ?? [];
    return [...one, span(" ".repeat(Math.max(0, leftWidth - lineWidth(one)))), rule, ...(right[row] ?? [])];
  });
}

/** The same lines one column further right. */
export function indented(lines: readonly Line[]): Line[] {
  return lines.map((line) => [span(" "), ...line]);
}
