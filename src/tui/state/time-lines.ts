/** How a cancel spread in time: a row for each service, the wave front of the cancel, and who worked on. */
import { type Cascade, formatPlace, type Instant } from "../../model/index.ts";
import {
  clockTime,
  count,
  cut,
  cutName,
  earlyBy,
  eventsOf,
  type Happening,
  hopName,
  howWord,
  type Moments,
  momentsOf,
  originInstant,
  pad,
  printable,
  shownDelay,
  widthOf,
  wrap,
} from "../../present/index.ts";
import { type Line, span } from "../line.ts";
import { ROLE_STYLES, type Theme } from "../theme.ts";
import type { HopItem } from "./rows.ts";
import { atMost } from "./scrolled.ts";
import { shortPlacesOf } from "./short-places.ts";
import { timeSummary } from "./time-summary.ts";
import { branchOf } from "./tree-lines.ts";
import type { TimeLook } from "./ui-state.ts";

/** The time screen of a cancel. */
export interface TimeRows {
  readonly head: readonly Line[];
  readonly rows: readonly Line[];
  readonly panel: readonly Line[];
  /** The events in order of time. */
  readonly steps: readonly { readonly row: number; readonly ms: number }[];
}

/** The columns of the axis: what lies before the cancel, the linear part, and what lies far behind it. */
interface Axis {
  readonly before: number;
  readonly linear: number;
  readonly beyond: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The last moment of all. */
  readonly lastMs: number;
  readonly columnOf: (ms: number) => number;
  /** `<` or `>` for a moment that lies beside what is shown of the axis; null for one that lies in it. */
  readonly besideOf: (ms: number) => "<" | ">" | null;
}

/** Columns of the names: no fewer, and where the screen is wide, no more than its part of it. */
const NAME = 13;
/** Lines of the summary: on a small screen the rows below are worth more than its end. */
const MOST_SUMMARY = 2;
const BEFORE = 8;
const BEYOND = 12;

/** Draws the screen; nothing is wider than `width`. */
export function timeRows(
  cascade: Cascade,
  hops: readonly HopItem[],
  look: TimeLook & { readonly row: number },
  width: number,
  theme: Theme,
): TimeRows {
  const moments = momentsOf(cascade, hops);
  const events = eventsOf(cascade, hops, moments);
  const names = hops.map(({ hop }) => hopName(cascade, { ...hop, aliases: [] }));
  const most = Math.max(NAME, Math.floor(width * 0.28));
  const branches = hops.map((item) => branchOf(item, most - Math.min(NAME, Math.max(...names.map(widthOf))), theme));
  const wide = names.map((each, row) => widthOf(branches[row] as string) + widthOf(each));
  const name = Math.min(Math.max(NAME, ...wide), most);
  const noted = width >= 76;
  const axis = axisOf(moments, look, Math.max(10, width - name - 4 - (noted ? 25 : 0)));
  const zero = originInstant(cascade);
  return {
    head: [
      ...atMost(timeSummary(cascade, hops, moments), width - 2, MOST_SUMMARY, theme).map(
        (text): Line => [span(` ${text}`, "bold")],
      ),
      [span(" ".repeat(name + 3)), span(labels(axis, look.clock ? zero : null, theme), "dim")],
      [span(" ".repeat(name + 3)), span(ticks(axis, theme), "dim")],
    ],
    rows: hops.map((item, row): Line => {
      const each = moments[row] as Moments;
      const { role, falseOrigin } = item.hop;
      const branch = branches[row] as string;
      const room = name - widthOf(branch);
      return [
        span(`  ${branch}`, "dim"),
        span(pad(cutName(names[row] as string, room, theme.glyphs.cut), room), falseOrigin ? "dim" : ROLE_STYLES[role]),
        span(" "),
        span(
          upTo(look.play, bar(each, role, axis, theme), axis),
          each.ghostMs !== null ? "danger" : role === "origin" || role === "outside" ? "origin" : "plain",
        ),
        span(
          noted && hasHeard(each, look.play) ? `  ${noteOf(each, role, howWord(cascade.origin))}` : "",
          each.ghostMs !== null ? "danger" : "dim",
        ),
      ];
    }),
    panel: panelOf(cascade, hops, events, look, width, theme),
    steps: events.map(({ row, ms }) => ({ row, ms })),
  };
}

/** The axis is linear as far as the last service heard, and cut where somebody went on much longer. */
function axisOf(moments: readonly Moments[], { zoom, row }: { zoom: number; row: number }, width: number): Axis {
  const usual = moments.flatMap(({ heardMs, endedMs }) => [heardMs ?? 0, endedMs ?? 0]);
  const heard = Math.max(0, ...moments.map(({ heardMs }) => heardMs ?? 0));
  const last = Math.max(0.001, heard);
  const all = Math.max(...usual, ...moments.map(({ ghostMs }) => ghostMs ?? 0));
  // Where nobody heard there is nothing near the cancel to look at
  const cutOff = heard > 0 && all > 3 * last;
  const whole = cutOff ? last * 1.1 : all * 1.02 || 1;
  const before = moments.some(({ startMs }) => startMs !== null && startMs < 0) && width > 40 ? BEFORE : 0;
  const beyond = cutOff && width > 30 ? BEYOND : 0;
  const linear = width - before - beyond;
  const length = whole / 2 ** (zoom - 1);
  const middle = moments[row]?.heardMs ?? 0;
  const fromMs = Math.max(0, Math.min(whole - length, middle - length / 2));
  const toMs = fromMs + length;
  const columnOf = (ms: number): number => {
    if (ms < 0) return 0;
    if (ms <= toMs)
      return before + Math.max(0, Math.min(linear - 1, Math.round(((ms - fromMs) / length) * (linear - 1))));
    return beyond === 0 ? before + linear - 1 : before + linear + beyond - 3;
  };
  const besideOf = (ms: number): "<" | ">" | null =>
    ms >= 0 && ms < fromMs ? "<" : ms > toMs && beyond === 0 ? ">" : null;
  return { before, linear, beyond, fromMs, toMs, lastMs: all, columnOf, besideOf };
}

/** A row: at work until the origin cancels, the cancel under way, heard, ended, or at work for nobody. */
function bar(moments: Moments, role: HopItem["hop"]["role"], axis: Axis, { glyphs }: Theme): string {
  const cells = new Array<string>(axis.before + axis.linear + axis.beyond).fill(" ");
  const fill = (from: number, to: number, sign: string): void => {
    for (let at = Math.max(0, from); at < Math.min(cells.length, to); at += 1) cells[at] = sign;
  };
  const { startMs, heardMs, endedMs, ghostMs, earlyMs, quiet } = moments;
  const mark = (ms: number, sign: string): void => {
    cells[axis.columnOf(ms)] = axis.besideOf(ms) ?? sign;
  };
  const zero = axis.columnOf(0);
  if (startMs !== null && startMs < 0) fill(0, zero, glyphs.work);
  if (heardMs === null && ghostMs === null) return cells.join("");
  const heard = heardMs === null ? zero - 1 : axis.columnOf(heardMs);
  if (role === "origin" || role === "outside" || role === "unknown") mark(0, glyphs.cancels);
  else if (role === "trigger") cells[heard] = glyphs.ended;
  else if (heardMs !== null) {
    fill(zero, heard, glyphs.way);
    if (earlyBy(-earlyMs) !== null) fill(zero - 2, heard + 1, glyphs.skew);
    mark(heardMs, quiet ? "?" : glyphs.heard);
  }
  if (endedMs !== null && role !== "trigger") {
    const ended = axis.columnOf(endedMs);
    fill(heard + 1, ended, glyphs.work);
    if (ended > heard) mark(endedMs, glyphs.ended);
  }
  if (ghostMs !== null) {
    const end = axis.columnOf(ghostMs);
    fill(heard + 1, end, glyphs.ghost);
    mark(ghostMs, glyphs.on);
    if (axis.beyond > 0 && ghostMs > axis.toMs)
      for (const [index, sign] of [..." // "].entries()) cells[axis.before + axis.linear + index] = sign;
  }
  return cells.join("");
}

/** While it is played only what has happened is drawn. */
function upTo(play: TimeLook["play"], drawn: string, axis: Axis): string {
  return play === null ? drawn : pad(drawn.slice(0, axis.columnOf(play.ms) + 1), drawn.length);
}

function hasHeard({ heardMs }: Moments, play: TimeLook["play"]): boolean {
  return play === null || (heardMs ?? 0) <= play.ms;
}

function noteOf(
  { heardMs, endedMs, ghostMs, earlyMs, quiet }: Moments,
  role: HopItem["hop"]["role"],
  deed: string,
): string {
  if (role === "bystanders") return "not hit";
  if (ghostMs !== null) return `STILL ON ${shownDelay(ghostMs)}`;
  const early = earlyBy(-earlyMs);
  if (early !== null) return `clock ${early} early`;
  if (heardMs === null) return quiet ? "only others say so" : "";
  if (role === "origin" || role === "outside" || role === "unknown") return deed;
  if (role === "trigger") return `fails ${heardMs < 0 ? `${shownDelay(-heardMs).slice(1)} before` : ""}`;
  const ended = endedMs === null || endedMs - heardMs < 0.01 ? "" : `  end ${shownDelay(endedMs)}`;
  return `${quiet ? "?" : ""}${shownDelay(heardMs)}${ended}`;
}

function labels(
  { before, linear, beyond, fromMs, toMs, lastMs }: Axis,
  zero: Instant | null,
  { clock }: Theme,
): string {
  const show = (ms: number): string =>
    zero === null ? shownDelay(ms).slice(1) : clockTime(zero + BigInt(Math.round(ms * 1e6)), clock, true).slice(6);
  const marks = Math.max(1, Math.floor(linear / 14));
  let text = pad(before > 0 ? "before" : "", before);
  for (let mark = 0; mark < marks; mark += 1) {
    const at = before + Math.round((mark / marks) * linear);
    text = pad(text, at) + show(fromMs + ((toMs - fromMs) * mark) / marks);
  }
  const end = show(toMs);
  if (beyond > 0) return `${pad(text, before + linear)} // ${shownDelay(lastMs).slice(1)}`;
  return widthOf(text) + end.length + 1 <= before + linear ? pad(text, before + linear - end.length) + end : text;
}

function ticks({ before, linear, beyond }: Axis, { glyphs }: Theme): string {
  const marks = Math.max(1, Math.floor(linear / 14));
  const cells = new Array<string>(before + linear).fill(glyphs.line);
  for (let mark = 0; mark < marks; mark += 1) cells[before + Math.round((mark / marks) * linear)] = "+";
  return cells.join("") + (beyond > 0 ? ` // ${glyphs.line.repeat(beyond - 4)}` : "");
}

function speedWords(slower: number): string {
  return slower === 1 ? "as fast as it was" : `${count(slower)} times slower`;
}

/** What the signs mean, and the event that was stepped to, with its line. */
function panelOf(
  cascade: Cascade,
  hops: readonly HopItem[],
  events: readonly Happening[],
  { step, row, play }: Pick<TimeLook, "step" | "play"> & { readonly row: number },
  width: number,
  { glyphs }: Theme,
): readonly Line[] {
  const legend = `${glyphs.work} at work  ${glyphs.way} cancel under way  ${glyphs.heard} heard it  ${glyphs.ended} ended  ${glyphs.ghost} works for nobody  ? no line of its own  ${glyphs.skew} clocks differ  // cut  < > further on`;
  const at = events[step]?.row === row ? step : events.findIndex((event) => event.row === row);
  const event = events[at];
  const service = hops[row]?.hop.service ?? null;
  const own = service === null ? [] : cascade.evidence.filter((each) => each.service === service);
  const title =
    event === undefined
      ? `${glyphs.line.repeat(2)} no event here `
      : `${glyphs.line.repeat(2)} step ${at + 1} of ${events.length} ${glyphs.line} ${shownDelay(event.ms)} ${glyphs.line} ${event.text} `;
  const short = shortPlacesOf(cascade);
  const lines = own
    .slice(0, 3)
    .flatMap((each): Line[] => [
      [span(` ${printable(formatPlace(short(each.place)))}${each.side === null ? "" : `  ${each.side} side`}`, "sure")],
      ...wrap(printable(each.text), Math.max(10, width - 4)).map((text): Line => [span(`   ${text}`)]),
    ]);
  return [
    [],
    ...wrap(legend, Math.max(10, width - 3)).map((text): Line => [span(`  ${text}`, "dim")]),
    [],
    [span(cut(title + glyphs.line.repeat(width), width, ""), "dim")],
    ...(play === null ? [] : [[span(` played ${speedWords(play.slower)}: ${shownDelay(play.ms)}`, "bold")] as Line]),
    ...lines,
  ];
}
