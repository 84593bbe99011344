import type { ReactElement } from "react";
import type { Screen } from "../screen.ts";
import { Lines } from "../widgets/lines.tsx";

/** A screen of plain text: the sources, and what was not understood. */
export function TextView(props: { readonly screen: Screen }): ReactElement {
  const { layout, frame, text } = props.screen;
  return <Lines lines={text} top={frame.top} height={layout.body} width={layout.columns} />;
}
