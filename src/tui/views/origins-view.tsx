import type { ReactElement } from "react";
import { formatInstant } from "../../model/index.ts";
import { count, printable, shownName } from "../../present/index.ts";
import type { Progress } from "../feed.ts";
import { type Line, span } from "../line.ts";
import type { Screen } from "../screen.ts";
import type { OriginItem } from "../state/rows.ts";
import type { OriginSort } from "../state/ui-state.ts";
import { KIND_LETTERS, STARS, styleOfConfidence } from "../theme.ts";
import { Table, type TableColumn } from "../widgets/table.tsx";

/** Who starts cancels: one row for each service and kind. */
export function OriginsView(props: {
  readonly screen: Screen;
  readonly sort: OriginSort;
  readonly progress: Progress;
  readonly filtered: boolean;
}): ReactElement {
  const { screen, sort } = props;
  const { layout, frame, shown } = screen;
  return (
    <Table
      columns={columnsFor(sort)}
      items={screen.origins}
      cursor={frame.index}
      top={frame.top}
      height={shown.height}
      width={layout.columns}
      empty={emptyLines(props.progress, props.filtered)}
    />
  );
}

function columnsFor(sort: OriginSort): readonly TableColumn<OriginItem>[] {
  const title = (word: string, name: OriginSort): string => (name === sort ? `${word}*` : word);
  return [
    {
      title: title("ORIGIN", "origin"),
      width: "flexible",
      cell: (item) => span(shownName(item.service), item.service === null ? "doubt" : "origin"),
    },
    { title: "WHAT", width: 16, from: 60, cell: (item) => span(`${KIND_LETTERS[item.kind]} ${item.kind}`) },
    { title: "W", width: 1, below: 60, cell: (item) => span(KIND_LETTERS[item.kind]) },
    {
      title: "SURE",
      width: 4,
      cell: ({ confidence }) => span(STARS[confidence], styleOfConfidence(confidence)),
    },
    { title: title("CASC", "cascades"), width: 7, right: true, cell: (item) => span(count(item.cascades)) },
    { title: title("VICTIMS", "victims"), width: 8, right: true, from: 50, cell: (item) => span(count(item.victims)) },
    {
      title: "FALSE",
      width: 5,
      right: true,
      from: 76,
      cell: (item) => span(item.falseOrigins === 0 ? "" : count(item.falseOrigins), "fake"),
    },
    {
      title: title("LAST", "last"),
      width: 12,
      from: 90,
      cell: (item) => span(item.lastAt === null ? "" : formatInstant(item.lastAt).slice(11, 23)),
    },
  ];
}

function emptyLines({ done, live }: Progress, filtered: boolean): readonly Line[] {
  const notes = live?.notes ?? [];
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
      ...notes.map((note) => [span(`  ${printable(note)}`, "warn")]),
    ];
  }
  if (!done) return [[], [span("  reading; nothing cancelled so far")]];
  return [
    [],
    [span("  no cancel found", "bold")],
    [],
    [span("  If you expected one: are these the logs of the services that took part?")],
    [span("  Lines that look like cancellations but match no known format count above as unmatched.")],
    ...notes.map((note) => [span(`  ${printable(note)}`, "warn")]),
  ];
}
