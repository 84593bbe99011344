import { Box } from "ink";
import type { ReactElement } from "react";
import type { Line } from "../line.ts";
import { LineText } from "./line-text.tsx";

/** A part of a text, from its line `top` on; `cursor` marks one line where the text is a list. */
export function Lines(props: {
  readonly lines: readonly Line[];
  readonly top: number;
  readonly height: number;
  readonly width: number;
  readonly cursor?: number;
}): ReactElement {
  return (
    <Box flexDirection="column" width={props.width} height={props.height} overflow="hidden">
      {props.lines.slice(props.top, props.top + props.height).map((line, offset) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <LineText key={offset} line={line} width={props.width} selected={props.top + offset === props.cursor} />
      ))}
    </Box>
  );
}
