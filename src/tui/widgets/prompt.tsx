import type { ReactElement } from "react";
import { printable } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { LineText } from "./line-text.tsx";

/** A line to type in. What does not fit is cut at its beginning, so that the cursor is always seen. */
export function Prompt(props: {
  readonly label: string;
  readonly text: string;
  /** Signs before the cursor; default: at the end. */
  readonly at?: number;
  readonly problem: string | null;
  readonly width: number;
}): ReactElement {
  const { label, text, at = text.length, problem, width } = props;
  const room = Math.max(4, width - label.length - 3);
  // Only what can be seen is made printable: what was pasted may be long
  const before = [...printable(text.slice(Math.max(0, at - room), at))].slice(-room).join("");
  const under = printable([...text.slice(at, at + 2)][0] ?? " ");
  const after = printable(
    text.slice(at + (at < text.length ? ([...text.slice(at, at + 2)][0] ?? "").length : 0), at + room),
  );
  const line: Line = [
    span(` ${label}`, "bold"),
    span(before),
    span(under, "selected"),
    span(after),
    ...(problem === null ? [] : [span(`  ${printable(problem)}`, "danger")]),
  ];
  return <LineText line={line} width={width} />;
}
