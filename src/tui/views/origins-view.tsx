import { Box } from "ink";
import type { ReactElement } from "react";
import { formatInstant } from "../../model/index.ts";
import { count, cut, plural, printable, widthOf } from "../../present/index.ts";
import type { Progress } from "../feed.ts";
import { type Line, span } from "../line.ts";
import { useLook } from "../look.ts";
import type { Screen } from "../screen.ts";
import type { OriginItem } from "../state/rows.ts";
import type { OriginSort } from "../state/ui-state.ts";
import { type Style, styleOfConfidence } from "../theme.ts";
import { LineText } from "../widgets/line-text.tsx";
import { Lines } from "../widgets/lines.tsx";
import { Table, type TableColumn } from "../widgets/table.tsx";
import { windowOf } from "../window.ts";

/** Who starts cancels: one row for each starter and deed, and below it the case of the selected row. */
export function OriginsView(props: {
  readonly screen: Screen;
  readonly sort: OriginSort;
  readonly progress: Progress;
  readonly filtered: boolean;
}): ReactElement {
  const { screen, sort } = props;
  const { layout, frame, shown, origins, preview } = screen;
  if (layout.columns < 60 && origins.length > 0) return <NarrowList screen={screen} />;
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      <Table
        columns={columnsFor(sort)}
        items={origins}
        cursor={frame.index}
        top={frame.top}
        height={origins.length === 0 ? layout.body - 1 : shown.height}
        width={layout.columns}
        empty={emptyLines(props.progress, props.filtered)}
      />
      <Lines lines={preview} top={0} height={preview.length} width={layout.columns} />
    </Box>
  );
}

/** Two lines a row instead of lost columns. */
function NarrowList(props: { readonly screen: Screen }): ReactElement {
  const { layout, frame, shown, origins, preview } = props.screen;
  const { glyphs } = useLook();
  const width = layout.columns;
  const { top, end } = windowOf(frame.top, frame.index, origins.length, shown.height);
  const lines = origins.slice(top, end).flatMap((item, offset): { line: Line; selected: boolean }[] => {
    const selected = top + offset === frame.index;
    const right = `${count(item.cascades)}${glyphs.times}`;
    const left = cut(`${item.name} ${item.how}`, width - right.length - 3, glyphs.cut);
    const fill = " ".repeat(Math.max(1, width - 2 - widthOf(left) - right.length));
    const first: Line = [span(selected ? ">" : " "), span(left, styleOfName(item)), span(fill), span(right)];
    const second: Line = [
      span(`  ${cut(item.because, Math.max(8, width - 22), glyphs.cut)}, `),
      span(item.confidence, styleOfConfidence(item.confidence)),
      span(`, ${item.stopped}`, FATE_STYLES[item.fate]),
    ];
    return [
      { line: first, selected },
      { line: second, selected: false },
    ];
  });
  return (
    <Box flexDirection="column" height={layout.body} overflow="hidden">
      {lines.map(({ line, selected }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <LineText key={index} line={line} width={width} selected={selected} />
      ))}
      <Lines lines={preview} top={0} height={preview.length} width={width} />
    </Box>
  );
}

const FATE_STYLES: Readonly<Record<OriginItem["fate"], Style>> = {
  running: "danger",
  unseen: "doubt",
  stopped: "plain",
};

function styleOfName({ known }: OriginItem): Style {
  return known ? "origin" : "doubt";
}

function columnsFor(sort: OriginSort): readonly TableColumn<OriginItem>[] {
  const title = (word: string, name: OriginSort, mark = "v"): string =>
    name === sort ? `${word} ${mark}`.trimEnd() : word;
  return [
    {
      title: title("STARTED BY", "origin", "^"),
      width: "flexible",
      most: 24,
      cell: (item) => span(item.name, styleOfName(item)),
    },
    { title: "HOW", width: 9, cell: (item) => span(item.how) },
    { title: "BECAUSE", width: "flexible", cell: (item) => span(item.because) },
    { title: "SURE", width: 6, cell: ({ confidence }) => span(confidence, styleOfConfidence(confidence)) },
    { title: title("TIMES", "cascades"), width: 7, right: true, cell: (item) => span(count(item.cascades)) },
    {
      title: title("LAST UTC", "last", ""),
      width: 8,
      cell: (item) => span(item.lastAt === null ? "" : formatInstant(item.lastAt).slice(11, 19)),
    },
    {
      title: title("STOPPED", "victims", ""),
      width: 8,
      cell: (item) => span(item.stopped, FATE_STYLES[item.fate]),
    },
  ];
}

function emptyLines({ done, live, scope, leftOut }: Progress, filtered: boolean): readonly Line[] {
  const notes = live?.notes ?? [];
  if (done && scope.length > 0) {
    const chips = scope.map((chip) => `[${printable(chip)}]`).join(" ");
    return [
      [],
      [span(`  Nothing meets the command line's ${chips}.`, "bold")],
      [],
      [
        span(
          leftOut === 0
            ? "  No line about a cancel was left out by it."
            : `  ${plural(leftOut, "line")} about cancels do not meet it: this is no all-clear.`,
        ),
      ],
      [span("  Leave the condition out to see all.")],
    ];
  }
  if (filtered) return [[], [span("  nothing meets the filter: x removes it, / changes it")]];
  if (!done && live !== null) {
    return [
      [],
      [span("  listening; nothing cancelled so far", "bold")],
      [],
      [span("  Let services send their spans or logs here, for example with")],
      [span(`  OTEL_EXPORTER_OTLP_ENDPOINT=${live.address}`)],
      [],
      [span("  OpenTelemetry sends every 5 s (OTEL_BSP_SCHEDULE_DELAY, in ms): a cancel shows up that late.", "dim")],
      ...notes.map((note) => [span(`  ${printable(note)}`, "danger")]),
    ];
  }
  if (!done) return [[], [span("  reading; nothing cancelled so far")]];
  return [
    [],
    [span("  no cancel found", "bold")],
    [],
    [span("  If you expected one: are these the logs of the services that took part?")],
    [span("  Lines that look like cancellations but match no known format are counted above and shown by u.")],
    ...notes.map((note) => [span(`  ${printable(note)}`, "danger")]),
  ];
}
