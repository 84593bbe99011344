import { Box } from "ink";
import type { ReactElement } from "react";
import { printable, shownName, wrap } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Screen } from "../screen.ts";
import { LineText } from "../widgets/line-text.tsx";
import { windowOf } from "../window.ts";

/** What the named rules noticed; two lines for each, and the selected one in full below. */
export function WarningsView(props: { readonly screen: Screen }): ReactElement {
  const { warnings, layout, frame, shown } = props.screen;
  const width = layout.columns;
  if (warnings.length === 0) return <LineText line={[span("  no warnings: esc goes back")]} width={width} />;
  const { top, end } = windowOf(frame.top, frame.index, warnings.length, shown.height);
  const selected = warnings[frame.index]?.warning;
  const full: Line[] = wrap(selected === undefined ? "" : printable(selected.text), Math.max(10, width - 4)).map(
    (line) => [span(`  ${line}`)],
  );
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      {warnings.slice(top, end).map(({ key, warning }, offset) => {
        const at = top + offset;
        const who = warning.service === undefined ? "" : ` ${shownName(warning.service)}:`;
        const line: Line = [
          span(at === frame.index ? "> " : "  "),
          span(`! ${printable(warning.rule)}`, "danger"),
          span(`${who} ${printable(warning.text)}`),
        ];
        return <LineText key={key} line={line} width={width} selected={at === frame.index} />;
      })}
      <LineText line={[]} width={width} />
      {full.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text
        <LineText key={index} line={line} width={width} />
      ))}
    </Box>
  );
}
