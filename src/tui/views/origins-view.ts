import { clockTime, count, cut, cutName, timerInBrief, widthOf } from "../../present/index.ts";
import type { Progress } from "../feed.ts";
import { type Line, markedLine, span } from "../line.ts";
import type { Past } from "../past.ts";
import { NARROW } from "../scenes/layout.ts";
import type { Screen } from "../scenes/scene.ts";
import { sortMark } from "../state/sorting.ts";
import { type OriginItem, RATE_BUCKETS, rateOf, spanOf } from "../state/starters.ts";
import { notable, sparkline, trendBars } from "../state/trend.ts";
import type { Sort } from "../state/ui-state.ts";
import type { Glyphs, Style, Theme } from "../theme.ts";
import { beside, pane } from "../widgets/panes.ts";
import { type TableColumn, tableLines } from "../widgets/table.ts";
import { windowOf } from "../window.ts";
import { emptyList } from "./empty-list.ts";
import { isNew, type Recent, sureCell } from "./recent.ts";

/** Who starts cancels: one row for each starter and deed, and below it the case of the selected row. */
export function originsView(
  screen: Screen,
  {
    sort,
    progress,
    past,
    filtered,
  }: {
    readonly sort: Sort<"origins">;
    readonly progress: Progress;
    readonly past: Past | null;
    readonly filtered: boolean;
  },
  theme: Theme,
): Line[] {
  const { layout, frame, shown, origins, preview } = screen;
  if (layout.columns < NARROW && origins.length > 0) return narrowList(screen, progress, past, theme);
  const isBeside = layout.home === "beside" && preview.length > 0;
  const list = tableLines(
    {
      columns: columnsFor(sort, origins, theme, progress, past),
      items: origins,
      isNew: ({ members }) => isNew(members, progress),
      cursor: frame.index,
      top: frame.top,
      height: origins.length === 0 ? layout.body - 1 : shown.height,
      width: isBeside ? layout.listColumns : layout.columns,
      empty: origins.length === 0 ? emptyList(progress, past, filtered, layout.columns) : [],
    },
    theme,
  );
  if (!isBeside) return [...list, ...preview];
  return beside(
    pane(list, { height: layout.body, width: layout.listColumns }, theme),
    pane(preview, { height: layout.body, width: layout.caseColumns }, theme),
    layout.listColumns,
    theme,
  );
}

/** Two lines a row instead of lost columns. */
function narrowList(
  { layout, frame, shown, origins, preview }: Screen,
  recent: Recent,
  past: Past | null,
  theme: Theme,
): Line[] {
  const { glyphs } = theme;
  const width = layout.columns;
  const { top, end } = windowOf(frame.top, frame.index, origins.length, shown.height);
  const lines = origins.slice(top, end).flatMap((item, offset): Line[] => {
    const selected = top + offset === frame.index;
    const trend = past?.trends.get(item.key);
    const bars = trend === undefined ? "" : `${trendBars({ ...trend, counts: trend.counts.slice(-14) }, 7, glyphs)}  `;
    const right = `${bars}${count(item.cascades)}${glyphs.times}`;
    const room = width - right.length - 3;
    const left = cut(`${cutName(item.name, room - item.how.length - 1, glyphs.cut)} ${item.how}`, room, glyphs.cut);
    const fill = " ".repeat(Math.max(1, width - 2 - widthOf(left) - right.length));
    const mark = selected ? ">" : isNew(item.members, recent) ? "+" : " ";
    const first: Line = [span(mark), span(left, styleOfName(item)), span(fill), span(right)];
    const wide = Math.max(8, width - 22);
    const because = widthOf(item.because) <= wide ? item.because : cut(timerInBrief(item.because), wide, glyphs.cut);
    const second: Line = [
      span(`  ${because}, `),
      sureCell(item.confidence, item.members, recent, glyphs.cut),
      span(`, ${item.stopped}`, FATE_STYLES[item.fate]),
    ];
    return [selected ? markedLine(first, width, glyphs.cut) : first, second];
  });
  return [...lines, ...preview];
}

const FATE_STYLES: Readonly<Record<OriginItem["fate"], Style>> = {
  running: "danger",
  unseen: "doubt",
  stopped: "plain",
};

function styleOfName({ known }: OriginItem): Style {
  return known ? "origin" : "doubt";
}

function columnsFor(
  sort: Sort<"origins">,
  origins: readonly OriginItem[],
  { glyphs, clock }: Theme,
  recent: Recent,
  past: Past | null,
): readonly TableColumn<OriginItem>[] {
  const isSortedByLast = sort.column === "last";
  const title = (word: string, column: Sort<"origins">["column"]): string => word + sortMark(sort, column);
  return [
    {
      title: title("STARTED BY", "who"),
      width: "flexible",
      most: 24,
      named: true,
      cell: (item) => span(item.name, styleOfName(item)),
    },
    { title: title("HOW", "how"), width: "content", cell: (item) => span(item.how) },
    {
      title: title("BECAUSE", "because"),
      width: "flexible",
      cell: (item) => span(item.because),
      brief: (item) => timerInBrief(item.because),
    },
    ...(past === null ? rateColumns(origins, glyphs) : trendColumns(past, glyphs, isSortedByLast)),
    {
      title: title("SURE", "sure"),
      width: 6,
      cell: ({ confidence, members }) => sureCell(confidence, members, recent, glyphs.cut),
    },
    { title: title("TIMES", "times"), width: 7, right: true, cell: (item) => span(count(item.cascades)) },
    {
      // Of a history days are told, not hours; on 80 columns its trend takes the place
      from: past === null || isSortedByLast ? 0 : past.alone ? Number.POSITIVE_INFINITY : TREND_FROM,
      title: title(`LAST ${clock.name}`, "last"),
      width: Math.max(8, clock.name.length + 5),
      cell: (item) => span(item.lastAt === null ? "" : clockTime(item.lastAt, clock)),
    },
    {
      title: title("STOPPED", "stopped"),
      width: "content",
      cell: (item) => span(item.stopped, FATE_STYLES[item.fate]),
    },
  ];
}

/** From so many columns on a trend has a bar for each day of two weeks. */
const TREND_FROM = 100;

/** Where there is little room, because of what is worth more. */
function rateColumns(origins: readonly OriginItem[], glyphs: Glyphs): readonly TableColumn<OriginItem>[] {
  const whole = spanOf(origins.map((item) => item.span));
  return [
    { width: RATE_BUCKETS / 2, from: 100, below: 140 },
    { width: RATE_BUCKETS, from: 140 },
  ].map((size) => ({
    ...size,
    title: "RATE",
    cell: (item) => span(sparkline(rateOf(item, whole, size.width), glyphs.bars), "dim"),
  }));
}

/** The last days of a starter out of the history, in the place of a rate. */
function trendColumns(past: Past, glyphs: Glyphs, narrow: boolean): readonly TableColumn<OriginItem>[] {
  return [
    // A bar is two days of two weeks there
    ...(narrow ? [] : [{ width: 7, below: TREND_FROM, days: 14 }]),
    { width: 14, from: TREND_FROM, below: 140, days: 14 },
    { width: 28, from: 140, days: 28 },
  ].map(({ days, ...size }) => ({
    ...size,
    title: `${days} DAYS`,
    cell: ({ key }) => {
      const trend = past.trends.get(key);
      if (trend === undefined) return span("");
      const bars = trendBars({ ...trend, counts: trend.counts.slice(-days) }, size.width, glyphs);
      return span(bars, notable(trend, past, glyphs) === "" ? "dim" : "sure");
    },
  }));
}
