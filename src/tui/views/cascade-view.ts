import { Box } from "ink";
import type { ReactElement } from "react";
import { cut, hopName, plural, widthOf } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { useLook } from "../look.ts";
import { roomBelow, treeHeight } from "../scenes/layout.ts";
import type { Screen } from "../scenes/scene.ts";
import { treeLines } from "../state/tree-lines.ts";
import { LineText } from "../widgets/line-text.tsx";
import { Lines } from "../widgets/lines.tsx";
import { Rule } from "../widgets/rule.tsx";

/** One cascade: who started it, the tree, and the why panel of the selected service beside or below it. */
export function CascadeView(props: { readonly screen: Screen }): ReactElement {
  const theme = useLook();
  const { screen } = props;
  const { cascade, layout, frame, hops, hop, title, why, panel } = screen;
  if (cascade === null) return <Gone width={layout.columns} />;
  const treeRows = treeHeight(layout, title, hops.length);
  const tree = treeLines(cascade, hops, layout.treeColumns - 2, theme).map(
    (line, index): Line => [span(index === frame.index ? "> " : "  "), ...line],
  );
  const shownTree = { lines: tree, top: frame.top, width: layout.treeColumns, cursor: frame.index };
  const treeBox = <Lines {...shownTree} height={treeRows} />;
  const name = hop === null ? "" : hopName(cascade, hop.hop);
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      <Lines lines={title} top={0} height={title.length} width={layout.columns} />
      {layout.why === "beside" ? (
        <Box height={treeRows}>
          <Box flexDirection="column" width={layout.treeColumns} height={treeRows}>
            {panel.length === 0 ? treeBox : <Lines {...shownTree} height={hops.length} />}
            <Lines lines={panel} top={0} height={panel.length} width={layout.treeColumns} />
          </Box>
          <Rule height={treeRows} />
          <Lines lines={cutOff(why, treeRows)} top={0} height={treeRows} width={layout.whyColumns} />
        </Box>
      ) : (
        treeBox
      )}
      {layout.why === "below" ? (
        <>
          <LineText
            line={[span(ruleWith(` why ${name} `, layout.columns, theme.glyphs.line), "dim")]}
            width={layout.columns}
          />
          <Box paddingLeft={1}>
            <Lines
              lines={cutOff(why, Math.max(0, roomBelow(layout, title) - treeRows - 1))}
              top={0}
              height={Math.max(0, roomBelow(layout, title) - treeRows - 1)}
              width={layout.columns - 2}
            />
          </Box>
        </>
      ) : null}
    </Box>
  );
}

/** A text that goes on says so on its last line. */
function cutOff(lines: readonly Line[], height: number): readonly Line[] {
  const more = lines.length - height + 1;
  return more <= 1 ? lines : [...lines.slice(0, height - 1), [span(`${plural(more, "more line")}: w`, "dim")]];
}

/** A line across the screen with words near its beginning. */
function ruleWith(words: string, width: number, line: string): string {
  const text = cut(words, Math.max(0, width - 4));
  return line.repeat(2) + text + line.repeat(Math.max(0, width - 2 - widthOf(text)));
}

/** What is shown where a cascade went away (it was merged into another one, or filtered out). */
export function Gone(props: { readonly width: number }): ReactElement {
  return <LineText line={[span("  this cascade is not there any more: esc goes back")]} width={props.width} />;
}
