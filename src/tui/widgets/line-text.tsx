import { Text } from "ink";
import type { ReactElement } from "react";
import { cutLine, type Line, lineWidth } from "../line.ts";
import { useLook } from "../look.ts";

/** One line of the screen, never wider than `width`. A selected line is marked over its whole width. */
export function LineText(props: {
  readonly line: Line;
  readonly width: number;
  readonly selected?: boolean;
}): ReactElement {
  const theme = useLook();
  const line = cutLine(props.line, props.width, theme.glyphs.cut);
  const spans = line.map(({ text, style }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line have no other identity
    <Text key={index} {...theme.styles[style]}>
      {text}
    </Text>
  ));
  if (props.selected === true) {
    const fill = " ".repeat(Math.max(0, props.width - lineWidth(line)));
    return (
      <Text {...theme.styles.selected} wrap="truncate">
        {spans}
        {fill}
      </Text>
    );
  }
  return <Text wrap="truncate">{line.length === 0 ? " " : spans}</Text>;
}
