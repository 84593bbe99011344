import { cut, widthOf } from "../present/index.ts";
import type { Style } from "./theme.ts";

/** A piece of a line in one style. Its text is safe to print. */
export interface Segment {
  readonly text: string;
  readonly style: Style;
  /** True in the row that is selected: it is drawn inverse. */
  readonly marked?: boolean;
}

/** One line of the screen. */
export type Line = readonly Segment[];

/** A piece of a line. */
export function span(text: string, style: Style = "plain"): Segment {
  return { text, style };
}

/** The same line cut at a width. */
export function cutLine(line: Line, width: number, mark: string): Line {
  const kept: Segment[] = [];
  let room = width;
  const filled = line.filter(({ text }) => text !== "");
  for (const [index, segment] of filled.entries()) {
    const { text } = segment;
    const wide = widthOf(text);
    const more = index < filled.length - 1;
    if (wide < room || (wide === room && !more)) {
      kept.push(segment);
      room -= wide;
      continue;
    }
    // The mark is wanted also where this piece fits exactly and another one would follow.
    kept.push({ ...segment, text: wide <= room ? cut(`${text} `, room, mark) : cut(text, room, mark) });
    break;
  }
  return kept;
}

/** The columns a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The line as the selected one, over a whole width. */
export function markedLine(line: Line, width: number, mark: string): Line {
  const short = cutLine(line, width, mark);
  const fill = span(" ".repeat(Math.max(0, width - lineWidth(short))));
  return [...short, fill].map((segment) => ({ ...segment, marked: true }));
}
