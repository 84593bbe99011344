import { Box } from "ink";
import type { ReactElement } from "react";
import { span } from "../line.ts";
import { useLook } from "../look.ts";
import { LineText } from "./line-text.tsx";

/** A line down the screen between two halves. */
export function Rule(props: { readonly height: number }): ReactElement {
  const { glyphs } = useLook();
  return (
    <Box flexDirection="column" width={3}>
      {Array.from({ length: props.height }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <LineText key={index} line={[span(` ${glyphs.bar} `, "dim")]} width={3} />
      ))}
    </Box>
  );
}
