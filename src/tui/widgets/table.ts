import { cut, cutName, pad, padLeft, widthOf } from "../../present/index.ts";
import { type Line, markedLine, type Segment, span } from "../line.ts";
import type { Theme } from "../theme.ts";
import { windowOf } from "../window.ts";

/** A column of a table. */
export interface TableColumn<Item> {
  readonly title: string;
  readonly cell: (item: Item) => Segment;
  /** What to show instead where the cell does not fit. */
  readonly brief?: (item: Item) => string;
  /** True for names: they are cut in the middle. */
  readonly named?: boolean;
  /** Columns it takes; `content`: what its title and its rows need. Flexible ones share what the others leave, the first ones first. */
  readonly width: number | "content" | "flexible";
  /** The most that a flexible column takes. */
  readonly most?: number;
  readonly right?: boolean;
  /** The screen's width below which the column is left out. */
  readonly from?: number;
  /** The screen's width from which on it is left out. */
  readonly below?: number;
}

const MARK = 2;
/** The sign of a row that is new. */
const NEW = "+";

function markOf(selected: boolean, isNew: boolean): Line {
  if (selected) return [span(isNew ? `>${NEW}` : "> ")];
  return [span(isNew ? `${NEW} ` : "  ", "sure")];
}

const GAP = 2;

/** A list with a head. Only the rows that fit are made, so a list of any length costs the same. */
export function tableLines<Item>(
  props: {
    readonly columns: readonly TableColumn<Item>[];
    readonly items: readonly Item[];
    /** True for rows that are new. */
    readonly isNew?: (item: Item) => boolean;
    readonly cursor: number;
    readonly top: number;
    readonly height: number;
    readonly width: number;
    /** What to say where there are no rows. */
    readonly empty: readonly Line[];
  },
  { glyphs }: Theme,
): readonly Line[] {
  const columns = props.columns.filter(
    ({ from = 0, below = Number.POSITIVE_INFINITY }) => from <= props.width && props.width < below,
  );
  const { top, end } = windowOf(props.top, props.cursor, props.items.length, props.height);
  // A flexible column is as wide as what it shows, so that the numbers stay near the names on a wide screen.
  const shown = props.items.slice(top, end);
  const widths = new Map<TableColumn<Item>, number>();
  for (const column of columns) {
    if (column.width === "content")
      widths.set(column, Math.max(widthOf(column.title), ...shown.map((item) => widthOf(column.cell(item).text))));
    else if (column.width !== "flexible") widths.set(column, Math.max(column.width, widthOf(column.title)));
  }
  const fixed = [...widths.values()].reduce((sum, width) => sum + width, 0);
  const flexible = columns.filter(({ width }) => width === "flexible");
  let room = Math.max(6, props.width - MARK - fixed - GAP * (columns.length - 1));
  for (const [index, column] of flexible.entries()) {
    const widest = Math.max(widthOf(column.title), ...shown.map((item) => widthOf(column.cell(item).text)));
    const share = Math.floor(room / (flexible.length - index));
    const most = index === flexible.length - 1 ? room : Math.max(share, room - 16 * (flexible.length - index - 1));
    const width = Math.max(6, Math.min(widest, column.most ?? room, most));
    widths.set(column, width);
    room -= width;
  }
  const widthIn = (column: TableColumn<Item>): number => widths.get(column) ?? 6;
  const fitted = (column: TableColumn<Item>, text: string): string => {
    const short = (column.named === true ? cutName : cut)(text, widthIn(column), glyphs.cut);
    return column.right === true ? padLeft(short, widthIn(column)) : pad(short, widthIn(column));
  };
  const head: Line = [
    span(" ".repeat(MARK)),
    ...columns.map((column, index) => span((index === 0 ? "" : " ".repeat(GAP)) + fitted(column, column.title), "dim")),
  ];
  if (props.items.length === 0) return props.empty.slice(0, props.height + 1);
  const rows = shown.map((item, offset): Line => {
    const selected = top + offset === props.cursor;
    const line: Line = [
      ...markOf(selected, props.isNew?.(item) === true),
      ...columns.flatMap((column, index): Segment[] => {
        const { text, style } = column.cell(item);
        const brief = widthOf(text) <= widthIn(column) ? undefined : column.brief?.(item);
        return [span(index === 0 ? "" : " ".repeat(GAP)), { text: fitted(column, brief ?? text), style }];
      }),
    ];
    return selected ? markedLine(line, props.width, glyphs.cut) : line;
  });
  return [head, ...rows];
}
