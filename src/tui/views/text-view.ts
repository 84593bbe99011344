import type { ReactElement } from "react";
import type { Screen } from "../scenes/scene.ts";
import { Lines } from "../widgets/lines.tsx";

/** A screen of plain text: the sources, and what was not understood. `hit` marks the line that was searched for. */
export function TextView(props: { readonly screen: Screen; readonly hit: number | null }): ReactElement {
  const { layout, frame, text } = props.screen;
  return <Lines lines={text} top={frame.top} height={layout.body} width={layout.columns} cursor={props.hit ?? -1} />;
}
