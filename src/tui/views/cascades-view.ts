import type { Instant } from "../../model/index.ts";
import {
  because,
  clockDate,
  clockTime,
  count,
  fateOf,
  fateWord,
  printable,
  shownName,
  timerInBrief,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Screen } from "../scenes/scene.ts";
import type { CascadeItem } from "../state/rows.ts";
import { sortMark } from "../state/sorting.ts";
import type { Sort } from "../state/ui-state.ts";
import type { Theme } from "../theme.ts";
import { type TableColumn, tableLines } from "../widgets/table.ts";
import { isNew, type Recent, sureCell } from "./recent.ts";

/** The cascades of one origin; like ones share a row while they are folded. `dated`: their times need their day. */
export function cascadesView(
  screen: Screen,
  sort: Sort<"cascades">,
  recent: Recent,
  dated: boolean,
  theme: Theme,
): readonly Line[] {
  const { layout, frame, shown, cascades } = screen;
  return tableLines(
    {
      columns: columnsFor(sort, theme, recent, dated),
      items: cascades,
      isNew: ({ group }) => isNew(group.members, recent),
      cursor: frame.index,
      top: frame.top,
      height: shown.height,
      width: layout.columns,
      empty: [[], [span("  nothing here any more: esc goes back")]],
    },
    theme,
  );
}

/** The columns of a list of cascades, the first of them its time. */
export function columnsFor(
  sort: Sort<"cascades">,
  { glyphs: { arrow, times, cut }, clock }: Theme,
  recent: Recent,
  dated: boolean,
): readonly TableColumn<CascadeItem>[] {
  const timeOf = (at: Instant): string => (dated ? clockDate(at, clock).slice(0, 19) : clockTime(at, clock, true));
  const title = (word: string, column: Sort<"cascades">["column"]): string => word + sortMark(sort, column);
  return [
    {
      title: title(`FIRST ${clock.name}`, "first"),
      width: dated ? 19 : 12,
      cell: ({ group: { example } }) => span(example.firstAt === undefined ? "no time" : timeOf(example.firstAt)),
    },
    {
      title: title("BECAUSE", "because"),
      width: 18,
      from: 60,
      cell: ({ group }) => span(because(group.example)),
      brief: ({ group }) => timerInBrief(because(group.example)),
    },
    {
      title: title("SURE", "sure"),
      width: 6,
      cell: ({ group }) => {
        const { confidence } = group.example.origin;
        return sureCell(confidence, group.members, recent, cut);
      },
    },
    {
      title: title("WAY", "way"),
      width: "flexible",
      // Where there is no room for it, whether they stopped says more
      from: 50,
      named: true,
      cell: ({ group }) => span(shapeOf(group.example, arrow)),
    },
    {
      title: title("LIKE", "like"),
      width: "content",
      right: true,
      cell: ({ group }) => span(group.count > 1 ? `${times}${count(group.count)}` : ""),
    },
    {
      title: title("STOPPED", "stopped"),
      width: "content",
      cell: ({ group }) => {
        const fate = fateOf(group.example);
        return span(fateWord(fate), fate.running.length > 0 ? "danger" : fate.unseen.length > 0 ? "doubt" : "plain");
      },
    },
    { title: "ID", width: 16, from: 100, cell: ({ group }) => span(printable(group.example.id), "dim") },
  ];
}

function shapeOf(cascade: CascadeItem["group"]["example"], arrow: string): string {
  const names = [cascade.origin.service, ...cascade.reached.map((reached) => reached.service)];
  return [...new Set(names.map(shownName))].join(` ${arrow} `);
}
