import type { ReactElement } from "react";
import { formatInstant, victimsOf } from "../../model/index.ts";
import { count, printable, shownName } from "../../present/index.ts";
import { span } from "../line.ts";
import { useLook } from "../look.ts";
import type { Screen } from "../screen.ts";
import type { CascadeItem } from "../state/rows.ts";
import type { CascadeSort } from "../state/ui-state.ts";
import { KIND_LETTERS, STARS, styleOfConfidence } from "../theme.ts";
import { Table, type TableColumn } from "../widgets/table.tsx";

/** The cascades of one origin; like ones share a row while they are folded. */
export function CascadesView(props: { readonly screen: Screen; readonly sort: CascadeSort }): ReactElement {
  const { glyphs } = useLook();
  const { layout, frame, shown, cascades } = props.screen;
  return (
    <Table
      columns={columnsFor(props.sort, glyphs.arrow, glyphs.times)}
      items={cascades}
      cursor={frame.index}
      top={frame.top}
      height={shown.height}
      width={layout.columns}
      empty={[[], [span("  nothing here any more: esc goes back")]]}
    />
  );
}

function columnsFor(sort: CascadeSort, arrow: string, times: string): readonly TableColumn<CascadeItem>[] {
  const first = sort === "newest" ? "FIRST v" : sort === "oldest" ? "FIRST ^" : "FIRST";
  return [
    {
      title: first,
      width: 12,
      cell: ({ group }) =>
        span(group.example.firstAt === undefined ? "no time" : formatInstant(group.example.firstAt).slice(11, 23)),
    },
    { title: "W", width: 1, cell: ({ group }) => span(KIND_LETTERS[group.example.origin.kind]) },
    {
      title: "SURE",
      width: 4,
      cell: ({ group }) => {
        const { confidence } = group.example.origin;
        return span(STARS[confidence], styleOfConfidence(confidence));
      },
    },
    { title: "HOW", width: "flexible", cell: ({ group }) => span(shapeOf(group.example, arrow)) },
    {
      title: "LIKE",
      width: 6,
      right: true,
      cell: ({ group }) => span(group.count > 1 ? `${times}${count(group.count)}` : ""),
    },
    {
      title: sort === "victims" || sort === "weight" ? "VICTIMS*" : "VICTIMS",
      width: 8,
      right: true,
      from: 60,
      cell: ({ group }) => span(count(victimsOf(group.example))),
    },
    {
      title: "FALSE",
      width: 5,
      right: true,
      from: 76,
      cell: ({ group }) => span(fakesOf(group.example.falseOrigins.length), "fake"),
    },
    { title: "ID", width: 16, from: 100, cell: ({ group }) => span(printable(group.example.id), "dim") },
  ];
}

function fakesOf(number: number): string {
  return number === 0 ? "" : count(number);
}

function shapeOf(cascade: CascadeItem["group"]["example"], arrow: string): string {
  const names = [cascade.origin.service, ...cascade.reached.map((reached) => reached.service)];
  return [...new Set(names.map(shownName))].join(` ${arrow} `);
}
