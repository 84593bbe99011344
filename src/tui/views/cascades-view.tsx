import type { ReactElement } from "react";
import { formatInstant } from "../../model/index.ts";
import { because, count, fateOf, fateWord, printable, shownName } from "../../present/index.ts";
import { span } from "../line.ts";
import { useLook } from "../look.ts";
import type { Screen } from "../screen.ts";
import type { CascadeItem } from "../state/rows.ts";
import type { CascadeSort } from "../state/ui-state.ts";
import { styleOfConfidence } from "../theme.ts";
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
    { title: "BECAUSE", width: 18, from: 60, cell: ({ group }) => span(because(group.example)) },
    {
      title: "SURE",
      width: 6,
      cell: ({ group }) => {
        const { confidence } = group.example.origin;
        return span(confidence, styleOfConfidence(confidence));
      },
    },
    { title: "WAY", width: "flexible", cell: ({ group }) => span(shapeOf(group.example, arrow)) },
    {
      title: "LIKE",
      width: 6,
      right: true,
      cell: ({ group }) => span(group.count > 1 ? `${times}${count(group.count)}` : ""),
    },
    {
      title: sort === "victims" || sort === "weight" ? "STOPPED v" : "STOPPED",
      width: 9,
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
