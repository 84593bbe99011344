/** A text that has less room than it needs. */
import { cut, plural, wrap } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Theme } from "../theme.ts";

/** So many lines of a text from where it is scrolled to; where it goes on, the last one says so, and with which keys. */
export function scrolled(
  lines: readonly Line[],
  height: number,
  top: number,
  keys: string,
  margin = "",
): readonly Line[] {
  const from = Math.max(0, Math.min(top, lines.length - height));
  const more = lines.length - from - height + 1;
  const seen = lines.slice(from, from + Math.max(0, height));
  if (more <= 1) return seen;
  return [...seen.slice(0, -1), [span(`${margin}${plural(more, "more line")}: ${keys}`, "dim")]];
}

/** A text in at most so many lines; where it goes on, the last one says so. */
export function atMost(text: string, width: number, most: number, { glyphs }: Theme): readonly string[] {
  const lines = wrap(text, Math.max(10, width));
  if (lines.length <= most) return lines;
  const last = lines[most - 1];
  return last === undefined ? [] : [...lines.slice(0, most - 1), cut(`${last} ${lines[most]}`, width, glyphs.cut)];
}
