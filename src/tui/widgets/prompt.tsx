import type { ReactElement } from "react";
import { printable } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { LineText } from "./line-text.tsx";

/** A line to type in. What does not fit is cut at its beginning, so that the cursor is always seen. */
export function Prompt(props: {
  readonly label: string;
  readonly text: string;
  readonly problem: string | null;
  readonly width: number;
}): ReactElement {
  const room = Math.max(4, props.width - props.label.length - 3);
  const signs = [...printable(props.text)];
  const shown = signs.length > room ? signs.slice(-room).join("") : signs.join("");
  const line: Line = [
    span(` ${props.label}`, "bold"),
    span(shown),
    span(" ", "selected"),
    ...(props.problem === null ? [] : [span(`  ${printable(props.problem)}`, "danger")]),
  ];
  return <LineText line={line} width={props.width} />;
}
