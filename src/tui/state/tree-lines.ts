/**
 * A drawn cascade as lines: branch and name, what became of the service in words, when, how sure, and what a person should know of it.
 */
import type { Cascade } from "../../model/index.ts";
import { cutName, type Hop, hopName, hopWords, pad, padLeft, sureWord, widthOf } from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { ROLE_STYLES, styleOfConfidence, type Theme } from "../theme.ts";
import type { HopItem } from "./rows.ts";

/** A name is never narrower than this: a tree is drawn no deeper than leaves room for it. */
const NAME = 13;
/** The widest word for what became of a service. */
const STATE = 13;
/** Columns that are kept for it where names are long. */
const NOTE = 20;
/** Less room than that for what else there is to know of a service shows nothing of it. */
const LEAST_NOTE = 14;
const NOT_CAUSE = "not cause";

/** The rows of a cascade; none is wider than `width`, as far as the fixed columns allow it. */
export function treeLines(cascade: Cascade, items: readonly HopItem[], width: number, theme: Theme): readonly Line[] {
  const words = items.map(({ hop }) => hopWords(cascade, hop));
  const delayWidth = Math.max(0, ...words.map(({ delay }) => widthOf(delay)));
  const sureWidth = width < 50 ? 0 : 8;
  const fixed = 1 + STATE + 1 + delayWidth + sureWidth;
  // Other names are for those who have room for them
  const nameOf = (hop: Hop): string => hopName(cascade, width < 100 ? { ...hop, aliases: [] } : hop);
  const names = items.map((item) => nameOf(item.hop) + foldedMark(item, theme));
  const longest = Math.max(0, ...names.map(widthOf));
  const notes = Math.max(0, ...words.map(({ note }) => widthOf(note)));
  // What there is to know besides has its place, where there is anything
  const most = Math.max(NAME, width - fixed - (width >= 70 && notes > 0 ? Math.min(NOTE, notes + 1) : 0));
  const branches = items.map((item) => branchOf(item, most - Math.min(NAME, longest), theme));
  const widest = Math.max(
    ...items.map((_, index) => widthOf(branches[index] as string) + widthOf(names[index] as string)),
  );
  const nameWidth = Math.max(NAME, Math.min(widest, most));
  return items.map(({ hop }, index): Line => {
    const { state, delay, note } = words[index] as (typeof words)[number];
    const branch = branches[index] as string;
    const room = nameWidth - widthOf(branch);
    const style = ROLE_STYLES[hop.role];
    const sure =
      hop.reached?.confidence ?? (hop.role === "origin" || hop.role === "outside" ? sureWord(cascade.origin) : null);
    return [
      span(branch, "dim"),
      span(pad(cutName(names[index] as string, room, theme.glyphs.cut), room), hop.falseOrigin ? "dim" : style),
      span(` ${pad(state, STATE)}`, style),
      span(` ${padLeft(delay, delayWidth)}`),
      ...(sureWidth === 0 ? [] : [span(` ${pad(sure ?? "", 6)} `, sure === null ? "plain" : styleOfConfidence(sure))]),
      span(noteIn(hop, note, width - fixed - nameWidth), hop.role === "running" ? "danger" : "dim"),
    ];
  });
}

/** What there is to know besides, as far as there is room; that a service is not the cause is never cut. */
function noteIn({ falseOrigin }: Hop, note: string, room: number): string {
  const isCut = widthOf(note) >= room;
  if (note !== "" && room >= LEAST_NOTE && !(falseOrigin && isCut)) return ` ${note}`;
  if (!falseOrigin || room < NOT_CAUSE.length) return "";
  return room > NOT_CAUSE.length ? ` ${NOT_CAUSE}` : NOT_CAUSE;
}

/** The branch in front of a name; where it does not fit, its depth as a number. */
export function branchOf({ hop, depth, last, rails }: HopItem, room: number, { glyphs }: Theme): string {
  if (depth === 0) return "";
  const dashed = hop.loose || hop.role === "silent";
  const tee = dashed ? glyphs.dashedTee : glyphs.tee;
  const elbow = dashed ? glyphs.dashedElbow : glyphs.elbow;
  const drawn = rails.map((open) => (open ? glyphs.rail : "   ")).join("") + (last ? elbow : tee);
  return widthOf(drawn) <= Math.max(3, room) ? drawn : `${depth} `;
}

function foldedMark(item: HopItem, { glyphs }: Theme): string {
  return item.hidden === 0 ? "" : ` ${glyphs.folded}${item.hidden}`;
}
