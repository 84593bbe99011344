import { printable, widthOf } from "../../present/index.ts";
import { cutLine, type Line, lineWidth, type Segment, span } from "../line.ts";
import type { Theme } from "../theme.ts";

/** A line to type in. What does not fit is cut at its beginning, so that the cursor is always seen. */
export function promptLine(
  typed: {
    readonly label: string;
    readonly text: string;
    /** Signs before the cursor; default: at the end. */
    readonly at?: number;
    readonly problem: string | null;
    /** What stands at the right side, where there is room. */
    readonly aside?: string;
    readonly width: number;
  },
  theme: Theme,
): Line {
  const { label, text, at = text.length, problem, aside = "", width } = typed;
  const room = Math.max(4, width - label.length - 3);
  // Only what can be seen is made printable: what was pasted may be long
  const before = [...printable(text.slice(Math.max(0, at - room), at))].slice(-room).join("");
  const under = printable([...text.slice(at, at + 2)][0] ?? " ");
  const after = printable(
    text.slice(at + (at < text.length ? ([...text.slice(at, at + 2)][0] ?? "").length : 0), at + room),
  );
  const line: Segment[] = [
    span(` ${label}`, "bold"),
    span(before),
    span(under, "selected"),
    span(after),
    ...(problem === null ? [] : [span(`  ${printable(problem)}`, "danger")]),
  ];
  const gap = width - lineWidth(line) - widthOf(aside) - 1;
  if (aside !== "" && gap >= 2) line.push(span(" ".repeat(gap)), span(aside, "dim"));
  return cutLine(line, width, theme.glyphs.cut);
}
