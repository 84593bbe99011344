import type { Cascade } from "../../model/index.ts";
import {
  cut,
  type HopRole,
  hopName,
  pad,
  padLeft,
  roleOf,
  rootNote,
  shownDelay,
  widthOf,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { KIND_LETTERS, STARS, type Style, styleOfConfidence, type Theme } from "../theme.ts";
import type { HopItem } from "./rows.ts";

/**
 * The tree of a cascade. Each row: branch and name, a letter (the kind at the origin, `f` false origin, `s` silent, `r` still running, `v`
 * victim), stars, delay, and in words what it means, as far as there is room.
 */
export function treeLines(cascade: Cascade, items: readonly HopItem[], width: number, theme: Theme): readonly Line[] {
  const { glyphs } = theme;
  const names = items.map((item) => branchOf(item, theme) + hopName(cascade, item.hop) + foldedMark(item, theme));
  const delays = items.map(({ hop }) => (hop.reached?.delayMs === undefined ? "" : shownDelay(hop.reached.delayMs)));
  const delayWidth = Math.max(0, ...delays.map(widthOf));
  const fixed = 2 + 5 + delayWidth + 2;
  const nameWidth = Math.max(8, Math.min(Math.max(...names.map(widthOf)), width - fixed - (width >= 70 ? 22 : 0)));
  return items.map((item, index): Line => {
    const role = roleOf(item.hop);
    const style = ROLE_STYLES[role];
    const confidence = item.hop.reached?.confidence ?? cascade.origin.confidence;
    const letter = role === "origin" ? KIND_LETTERS[cascade.origin.kind] : ROLE_LETTERS[role];
    const branch = branchOf(item, theme);
    const name = pad(cut(names[index] as string, nameWidth, glyphs.cut), nameWidth);
    const branchPart = name.slice(0, branch.length);
    return [
      span(branchPart, "dim"),
      span(name.slice(branch.length), style),
      span(` ${letter} `, style),
      span(pad(STARS[confidence], 5), styleOfConfidence(confidence)),
      span(padLeft(delays[index] as string, delayWidth)),
      span(`  ${wordsOf(cascade, item, role)}`, role === "victim" ? "dim" : style),
    ];
  });
}

const ROLE_STYLES: Readonly<Record<HopRole, Style>> = {
  origin: "origin",
  fake: "fake",
  silent: "silent",
  running: "warn",
  victim: "plain",
};
const ROLE_LETTERS: Readonly<Record<HopRole, string>> = {
  origin: "o",
  fake: "f",
  silent: "s",
  running: "r",
  victim: "v",
};

function branchOf({ hop, depth, last, rails }: HopItem, { glyphs }: Theme): string {
  if (depth === 0) return "";
  const dashed = hop.loose || hop.reached?.observed === false;
  const tee = dashed ? glyphs.dashedTee : glyphs.tee;
  const elbow = dashed ? glyphs.dashedElbow : glyphs.elbow;
  return rails.map((open) => (open ? glyphs.rail : "   ")).join("") + (last ? elbow : tee);
}

function foldedMark(item: HopItem, { glyphs }: Theme): string {
  return item.hidden === 0 ? "" : ` ${glyphs.folded}${item.hidden}`;
}

function wordsOf(cascade: Cascade, { hop }: HopItem, role: HopRole): string {
  switch (role) {
    case "origin":
      return rootNote(cascade.origin).replace("started it", "STARTED IT");
    case "fake":
      return "not the origin, it only looks so";
    case "silent":
      return "silent: no line of its own";
    case "running":
      return "STILL RUNNING after the cancel";
    case "victim":
      return hop.loose ? "stopped, path unknown" : "stopped";
  }
}
