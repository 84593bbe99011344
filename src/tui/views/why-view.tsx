import { Box } from "ink";
import type { ReactElement } from "react";
import { span } from "../line.ts";
import { useLook } from "../look.ts";
import { type Screen, TITLE_ROWS } from "../screen.ts";
import { titleLines } from "../state/why-lines.ts";
import { LineText } from "../widgets/line-text.tsx";
import { Lines } from "../widgets/lines.tsx";
import { Gone } from "./cascade-view.tsx";

/** Everything behind a verdict, over the whole screen. */
export function WhyView(props: { readonly screen: Screen }): ReactElement {
  const theme = useLook();
  const { cascade, layout, frame, why } = props.screen;
  if (cascade === null) return <Gone width={layout.columns} />;
  const [who, facts] = titleLines(cascade, theme);
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      <LineText line={[span(" "), ...who]} width={layout.columns} />
      <LineText line={[span(" "), ...facts]} width={layout.columns} />
      <LineText line={[]} width={layout.columns} />
      <Box paddingLeft={1}>
        <Lines lines={why} top={frame.top} height={layout.body - TITLE_ROWS} width={layout.columns - 2} />
      </Box>
    </Box>
  );
}
