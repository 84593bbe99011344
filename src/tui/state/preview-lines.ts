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
import { hopItems } from "./rows.ts";
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
    [],
  ];
  const proof = wouldProve(example, theme.clock);
  const reasons: Line[] = [
    [],
    ...reasonRows(example, width - 2, theme).map((line): Line => [span(" "), ...line]),
    ...(proof === null ? [] : said(`would prove it: ${proof}`, "doubt")),
  ];
  const tree = treeLines(example, hopItems(example, NOTHING_FOLDED), width - 2, theme);
  // Who started it and the next two say more than reasons do
  const room = Math.max(Math.min(tree.length, 3), height - top.length - Math.min(reasons.length, 6));
  const hidden = tree.length - room;
  const more: Line[] =
    hidden > 0 ? [[span(`   ${theme.glyphs.cut} ${plural(hidden + 1, "more row")}: enter`, "dim")]] : [];
  const drawn = (hidden > 0 ? tree.slice(0, room - 1) : tree).map((line): Line => [span("  "), ...line]);
  return [...top, ...drawn, ...more, ...reasons].slice(0, Math.max(0, height));
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
