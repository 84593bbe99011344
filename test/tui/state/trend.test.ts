import { describe, expect, it } from "vitest";
import type { Past, Trend } from "../../../src/tui/past.ts";
import { notable, trendBars, trendWords } from "../../../src/tui/state/trend.ts";
import { createTheme } from "../../../src/tui/theme.ts";

const { glyphs } = createTheme({ theme: "mono", sixteen: false, ascii: false });
const DAYS = Array.from({ length: 28 }, (_, index) => `2026-11-${String(index + 1).padStart(2, "0")}`);
const past: Past = {
  file: "cancels.db",
  note: null,
  alone: false,
  days: DAYS,
  trends: new Map(),
  counted: true,
  from: "2026-08-01",
  to: "2026-11-28",
  pages: [],
};

/** Counts of the last days; nothing before them. */
function trend(counts: readonly number[], more: Partial<Trend> = {}): Trend {
  const all = [...Array<number>(28 - counts.length).fill(0), ...counts];
  const total = counts.reduce((sum, each) => sum + each, 0);
  return { counts: all, total, first: DAYS[all.findIndex((each) => each > 0)] ?? "", before: "2026-11-20", ...more };
}

const says = (counts: readonly number[], more: Partial<Trend> = {}, history: Partial<Past> = {}): string =>
  notable(trend(counts, more), { ...past, ...history }, glyphs);

const week = (each: number): number[] => Array<number>(7).fill(each);

describe("what is notable of a trend", () => {
  it("that a starter is new, where the history would have known it before", () => {
    expect(says([1, 0, 4], { before: null })).toBe("new since 2026-11-26");
    expect(says([4], { before: null })).toBe("new today");
    expect(says([4], { before: null }, { from: "2026-11-25" })).toBe("");
    expect(says([4], { before: null }, { counted: false })).toBe("");
    expect(says(week(4).concat(week(4)), { before: "2026-11-21" })).toBe("");
  });

  it("that it comes more or less often than chance explains", () => {
    const old = { first: "2026-08-01" };
    expect(says([...week(10), ...week(30)], old)).toBe("×3 over the week before");
    expect(says([...week(4), ...week(10)], old)).toBe("×2.5 over the week before");
    expect(says([...week(10), ...week(15)], old)).toBe("");
    expect(says([...Array<number>(6).fill(0), 1, ...Array<number>(6).fill(0), 3], old)).toBe("");
    expect(says([...week(30), ...week(10)], old)).toBe("down from 210 to 70 a week");
  });

  it("that it is back", () => {
    const old = { first: "2026-08-01", before: "2026-09-30" };
    expect(says([2], old)).toBe("back after none since 2026-09-30");
    expect(says([2], { ...old, before: "2026-11-18" })).toBe("");
    expect(says([0], old)).toBe("");
  });
});

it("a trend in words counts the days that are shown, and all of them", () => {
  expect(trendWords(trend([1, 2, 3], { first: "2026-08-01", total: 1206 }), past, glyphs)).toBe(
    "6 in 28 days, 1,206 in all",
  );
});

it("bars add up days where there are fewer of them, and none stands for a day without one", () => {
  const counts = [...Array<number>(14).fill(0), ...week(0), 0, 0, 0, 1, 1, 8, 8];
  expect(trendBars(trend(counts), 28, glyphs).slice(-7)).toBe("   ▁▁██");
  expect(trendBars(trend(counts), 14, glyphs)).toBe(`${" ".repeat(12)}▁█`);
});
