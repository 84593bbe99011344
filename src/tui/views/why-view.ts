import { Box } from "ink";
import type { ReactElement } from "react";
import { roomBelow } from "../scenes/layout.ts";
import type { Screen } from "../scenes/scene.ts";
import { Lines } from "../widgets/lines.tsx";
import { Gone } from "./cascade-view.tsx";

/** Everything behind a verdict, over the whole screen. */
export function WhyView(props: { readonly screen: Screen; readonly hit: number | null }): ReactElement {
  const { cascade, layout, frame, title, why } = props.screen;
  if (cascade === null) return <Gone width={layout.columns} />;
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      <Lines lines={title} top={0} height={title.length} width={layout.columns} />
      <Box paddingLeft={1}>
        <Lines
          lines={why}
          top={frame.top}
          height={roomBelow(layout, title)}
          width={layout.columns - 2}
          cursor={props.hit ?? -1}
        />
      </Box>
    </Box>
  );
}
