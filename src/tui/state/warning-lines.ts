/** The list of warnings, and all there is to know of the selected one. */
import { type Cascade, formatPlace, type Warning } from "../../model/index.ts";
import {
  adviceOn,
  clockTime,
  count,
  cut,
  formatPlaces,
  pad,
  padLeft,
  printable,
  shownName,
  widthOf,
  wrap,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Theme } from "../theme.ts";
import type { WarningItem } from "./rows.ts";
import { shortPlaces } from "./short-places.ts";
import { sortMark } from "./sorting.ts";
import type { Sort } from "./ui-state.ts";

const TIMES = 7;

/** The rows of the list; none is wider than `width`. */
export function warningRows(
  items: readonly WarningItem[],
  sort: Sort<"warnings">,
  width: number,
  theme: Theme,
): { readonly head: readonly Line[]; readonly rows: readonly Line[] } {
  if (items.length === 0)
    return { head: [[span("  no warnings: esc goes back; M shows muted ones", "dim")]], rows: [] };
  const names = items.map(({ warning }) => adviceOn(warning.rule).name);
  const whos = items.map(({ warning }) => (warning.service === undefined ? "" : shownName(warning.service)));
  const name = Math.min(26, Math.max(9, ...names.map(widthOf)));
  const who = Math.min(20, Math.max(5, ...whos.map(widthOf)));
  const wide = width >= 60;
  const head = `  ${pad(`WARNING${sortMark(sort, "rule")}`, name)}  ${pad(`WHO${sortMark(sort, "who")}`, who)}  ${padLeft(`TIMES${sortMark(sort, "times")}`, TIMES)}${wide ? "  WHAT TO DO" : ""}`;
  return {
    head: [[span(head, "dim")]],
    rows: items.map(({ warning, muted }, index): Line => {
      const style = muted ? "dim" : "plain";
      return [
        span("  "),
        span(pad(cut(names[index] as string, name, theme.glyphs.cut), name), muted ? "dim" : "danger"),
        span(`  ${pad(cut(whos[index] as string, who, theme.glyphs.cut), who)}`, style),
        span(`  ${padLeft(count(warning.count), TIMES)}`, style),
        span(wide ? `  ${muted ? "muted; " : ""}${adviceOn(warning.rule).todo}` : "", "dim"),
      ];
    }),
  };
}

/** What to know of a warning, below a line across the screen. */
export function warningPanel(
  item: WarningItem | null,
  cascades: readonly Cascade[],
  width: number,
  focused: boolean,
  theme: Theme,
): readonly Line[] {
  if (item === null) return [];
  const { warning } = item;
  const { name, why, todo, code = [], how } = adviceOn(warning.rule);
  const { glyphs } = theme;
  const lead = width < 60 ? 0 : 17;
  const said = (head: string, text: string, style: Line[number]["style"] = "plain"): Line[] =>
    text === ""
      ? []
      : [
          ...(lead === 0 && head !== "" ? [[span(` ${head}`, "bold")] as Line] : []),
          ...wrap(text, Math.max(10, width - lead - 2)).map(
            (line, index): Line => [
              span(lead === 0 ? " " : ` ${pad(index === 0 ? head : "", lead)}`, "bold"),
              span(line, style),
            ],
          ),
        ];
  const title = `${glyphs.line.repeat(2)} ${name}: ${warning.service === undefined ? "" : shownName(warning.service)} `;
  return [
    [span(cut(title + glyphs.line.repeat(width), width, ""), focused ? "title" : "dim")],
    ...wrap(printable(warning.text), Math.max(10, width - 2)).map((line): Line => [span(` ${line}`, "danger")]),
    [],
    ...said("Why it matters", why),
    ...said("What to do", todo),
    ...code.flatMap((line) => said("", line, "bold")),
    ...said("How we know", how),
    ...said("", printable(formatPlaces(warning.places.map(shortPlaces(warning.places)), 6).join(", ")), "dim"),
    ...said("Seen in", seenIn(warning, cascades, theme), "dim"),
    [],
    ...said(
      "In CI",
      `streamscope scan --fail-on ${ciCondition(warning.rule)}, or --allow ${printable(warning.rule)}`,
      "dim",
    ),
    ...said("Read more", `docs/warnings.md#${printable(warning.rule)}`, "dim"),
  ];
}

/** The rules that have a condition of their own. */
function ciCondition(rule: string): string {
  return rule === "false-origin" || rule === "ghost-work" ? rule : `warning=${printable(rule)}`;
}

function seenIn({ count: times }: Warning, cascades: readonly Cascade[], { clock, glyphs }: Theme): string {
  if (cascades.length === 0) return "none of its cancels is kept any more";
  const shown = cascades
    .slice(-3)
    .reverse()
    .map(({ firstAt, id, traceId }) => {
      const time = firstAt === undefined ? "" : `${clockTime(firstAt, clock)} `;
      return `${time}${printable(traceId ?? id).slice(0, 8)}`;
    });
  const more = times - shown.length;
  return [...shown, ...(more > 0 ? [`${count(more)} more: enter`] : [])].join(` ${glyphs.dot} `);
}

/** Where a warning was noticed, for those who copy it. */
export function warningText({ rule, text, places }: Warning): string {
  return [`${rule}: ${text}`, ...places.map((place) => `  ${formatPlace(place)}`)].join("\n");
}
