import { Box } from "ink";
import type { ReactElement } from "react";
import { roomBelow, type Screen } from "../screen.ts";
import { Lines } from "../widgets/lines.tsx";
import { Gone } from "./cascade-view.tsx";

/** Everything behind a verdict, over the whole screen. */
export function WhyView(props: { readonly screen: Screen }): ReactElement {
  const { cascade, layout, frame, title, why } = props.screen;
  if (cascade === null) return <Gone width={layout.columns} />;
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      <Lines lines={title} top={0} height={title.length} width={layout.columns} />
      <Box paddingLeft={1}>
        <Lines lines={why} top={frame.top} height={roomBelow(layout, title)} width={layout.columns - 2} />
      </Box>
    </Box>
  );
}
