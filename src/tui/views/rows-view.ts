import { Box } from "ink";
import type { ReactElement } from "react";
import { type Line, span } from "../line.ts";
import type { Screen } from "../scenes/scene.ts";
import { Lines } from "../widgets/lines.tsx";
import { Gone } from "./cascade-view.tsx";

/** Rows under a head, and below them what there is to know of the selected one: warnings, the time of a cancel, its lines. */
export function RowsView(props: { readonly screen: Screen }): ReactElement {
  const { head, rows, panel, layout, frame, shown, cascade } = props.screen;
  if (frame.cascade !== null && cascade === null) return <Gone width={layout.columns} />;
  const marked = rows.map((line, index): Line => (index === frame.index ? [span("> "), ...withoutMargin(line)] : line));
  const below = Math.max(0, layout.body - head.length - shown.height);
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      <Lines lines={head} top={0} height={head.length} width={layout.columns} />
      <Lines lines={marked} top={frame.top} height={shown.height} width={layout.columns} cursor={frame.index} />
      <Lines lines={panel} top={0} height={below} width={layout.columns} />
    </Box>
  );
}

/** The row without the two signs that the mark of the selected one takes. */
function withoutMargin([first, ...rest]: Line): Line {
  return first === undefined ? [] : [{ ...first, text: first.text.slice(2) }, ...rest];
}
