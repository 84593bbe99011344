/**
 * The case of the selected row of the first screen: the answer, the tree, the reasons with their places, as far as there is room.
 */
import {
  clockDate,
  clockTime,
  count,
  fateOf,
  fateSentence,
  plural,
  printable,
  runningSentence,
  sentence,
  widthOf,
  wouldProve,
  wrap,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import type { Theme } from "../theme.ts";
import { type HopItem, hopItems } from "./rows.ts";
import type { OriginItem } from "./starters.ts";
import { treeLines } from "./tree-lines.ts";
import { reasonRows } from "./why-lines.ts";

const NOTHING_FOLDED: ReadonlySet<string> = new Set();

/** What is looked at of a starter. */
export interface CaseOfStarter extends Pick<OriginItem, "name" | "cascades" | "fate" | "example"> {
  /** How often it cancelled lately, in a line; null where no history is open. */
  readonly trend: string | null;
  /** True where times need their day. */
  readonly dated: boolean;
}

/** At most `height` lines, none wider than `width`. */
export function previewLines(item: CaseOfStarter, width: number, height: number, theme: Theme): readonly Line[] {
  const { example } = item;
  const fate = fateOf(example);
  const said = (text: string, style: Line[number]["style"]): Line[] =>
    text === "" ? [] : wrap(text, Math.max(10, width - 2)).map((line) => [span(` ${line}`, style)]);
  const top: Line[] = [
    [span(ruleOf(item, width, theme), "dim")],
    ...said(sentence(example), "origin"),
    ...said(fateSentence(fate), "plain"),
    ...said(runningSentence(fate), "danger"),
    ...(item.trend === null ? [] : [[span(item.trend, "sure")] as Line]),
  ];
  const proof = wouldProve(example, theme.clock);
  const reasons: Line[] = [
    [],
    ...reasonRows(example, width - 2, theme).map((line): Line => [span(" "), ...line]),
    ...(proof === null ? [] : said(`would prove it: ${proof}`, "doubt")),
  ];
  const hops = hopItems(example, NOTHING_FOLDED);
  const tree = treeLines(example, hops, width - 2, theme);
  // Whether everybody stopped is asked before why it is believed: beyond the first reason they give way to the tree
  const least = top.length + tree.length + Math.min(reasons.length, FIRST_REASON);
  const air: Line[] = least < height ? [[]] : [];
  const room = height - top.length - air.length - Math.min(reasons.length, FIRST_REASON);
  return [...top, ...air, ...drawnRows(hops, tree, room, theme), ...reasons].slice(0, Math.max(0, height));
}

/** The first reason, and the line above it. */
const FIRST_REASON = 3;
/** So many rows are drawn in any room: who started it, and the next two. */
const LEAST_ROWS = 3;

/** The rows of a tree that fit; where not all do, those of services that did not stop, or may not have, go before the others. */
function drawnRows(hops: readonly HopItem[], tree: readonly Line[], room: number, { glyphs }: Theme): readonly Line[] {
  const most = Math.max(room, LEAST_ROWS);
  const indented = (line: Line): Line => [span("  "), ...line];
  if (tree.length <= most) return tree.map(indented);
  const kept = new Set(
    hops
      .map(({ hop }, row) => ({ row, rank: rankOf(hop) }))
      .sort((one, other) => one.rank - other.rank || one.row - other.row)
      .slice(0, most - 1)
      .map(({ row }) => row),
  );
  const more = `   ${glyphs.cut} ${plural(tree.length - kept.size, "more row")}: enter`;
  return [...tree.filter((_, row) => kept.has(row)).map(indented), [span(more, "dim")]];
}

/** Who started it first, then who works on, then those of whom no end was seen. */
function rankOf({ role, reached }: HopItem["hop"]): number {
  if (role === "running") return 1;
  if (role === "silent") return 2;
  return reached === null && role !== "bystanders" ? 0 : 3;
}

/** `── gateway, newest of 128 ── 12:04:31.118 UTC ── trace 7f3a91c0 ──`, as wide as the screen. */
function ruleOf(
  { name, cascades, fate, example, dated }: CaseOfStarter,
  width: number,
  { glyphs, clock }: Theme,
): string {
  const which = { running: "newest that did not stop,", unseen: "newest with an end not seen,", stopped: "newest" }[
    fate
  ];
  const parts = [cascades === 1 ? name : `${name}, ${which} of ${count(cascades)}`];
  if (example.firstAt !== undefined)
    parts.push(dated ? clockDate(example.firstAt, clock) : `${clockTime(example.firstAt, clock, true)} ${clock.name}`);
  if (example.traceId !== undefined) parts.push(`trace ${printable(example.traceId).slice(0, 8)}`);
  const dashes = glyphs.line.repeat(2);
  const text = parts.reduce((line, part) => {
    const next = `${line} ${part} ${dashes}`;
    return widthOf(next) <= width ? next : line;
  }, dashes);
  return text + glyphs.line.repeat(Math.max(0, width - widthOf(text)));
}
