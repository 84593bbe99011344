/** How often a starter cancelled lately: small bars, and words where something has changed that chance does not explain. */
import { count, plural } from "../../present/index.ts";
import type { Past, Trend } from "../past.ts";
import type { Glyphs } from "../theme.ts";

const WEEK = 7;
/** As many standard deviations of a Poisson count as `streamscope history --compare` asks for. */
const DEVIATIONS = 3;

/** Bars of counts; three times the mean fills the highest, so that one burst does not flatten the rest. */
export function sparkline(counts: readonly number[], bars: readonly string[]): string {
  const filled = counts.filter((value) => value > 0);
  const mean = filled.reduce((sum, value) => sum + value, 0) / Math.max(1, filled.length);
  const most = Math.min(Math.max(...counts, 1), Math.max(1, 3 * mean));
  return counts
    .map((value) =>
      value === 0 ? " " : (bars[Math.min(bars.length - 1, Math.ceil((value / most) * bars.length) - 1)] ?? ""),
    )
    .join("");
}

/** The last days as so many bars, each of `days / bars` days. */
export function trendBars({ counts }: Trend, bars: number, glyphs: Glyphs): string {
  const each = Math.max(1, Math.floor(counts.length / bars));
  const last = counts.slice(-bars * each);
  const sums = Array.from({ length: bars }, (_, bar) => sum(last.slice(bar * each, (bar + 1) * each)));
  return sparkline(sums, glyphs.bars);
}

/**
 * What is notable of a trend: `new since 2026-11-23`, `back since …`, `×3 over the week before`, `down from 40 to 4 a week`; empty where
 * nothing is, and while not enough is counted to say so.
 */
export function notable({ counts, first, before }: Trend, past: Past, { times }: Glyphs): string {
  const { days, from, counted } = past;
  const after = sum(counts.slice(-WEEK));
  const earlier = sum(counts.slice(-2 * WEEK, -WEEK));
  const firstOfWeek = days[days.length - WEEK] ?? "";
  // New is what the history would have held before, had it been there
  if (counted && from !== null && first >= firstOfWeek && from < firstOfWeek) return newSince(first, days);
  if (after > 0 && earlier === 0 && before !== null && before < (days[days.length - 2 * WEEK] ?? ""))
    return `back after none since ${before}`;
  if (earlier === 0) return "";
  const chance = DEVIATIONS * Math.sqrt(after + earlier);
  if (Math.abs(after - earlier) < chance) return "";
  if (after >= 2 * earlier) return `${times}${ratio(after / earlier)} over the week before`;
  return after * 2 <= earlier ? `down from ${count(earlier)} to ${count(after)} a week` : "";
}

/** `new since 2026-11-23, 142 in 28 days`. */
export function trendWords(trend: Trend, past: Past, glyphs: Glyphs): string {
  const said = notable(trend, past, glyphs);
  const all = sum(trend.counts);
  const older = trend.total > all ? `, ${count(trend.total)} in all` : "";
  return `${said === "" ? "" : `${said}, `}${count(all)} in ${plural(past.days.length, "day")}${older}`;
}

function newSince(first: string, days: readonly string[]): string {
  return first === days.at(-1) ? "new today" : `new since ${first}`;
}

function ratio(value: number): string {
  return value < 10 ? `${Math.round(value * 10) / 10}` : count(Math.round(value));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, each) => all + each, 0);
}
