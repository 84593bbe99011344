import { describe, expect, it } from "vitest";
import { partsOf } from "../../src/history/index.ts";
import { parseZone } from "../../src/sources/index.ts";

const at = (text: string): number => Date.parse(text);
const berlin = parseZone("Europe/Berlin");
const offset = (utcMs: number): number => berlin?.(utcMs + (berlin?.(utcMs) ?? 0)) ?? 0;
const HOUR = 3_600_000;

describe("days of a clock on the wall", () => {
  it("go from midnight to midnight of that clock", () => {
    const parts = partsOf(at("2026-11-26T22:30:00Z"), at("2026-11-27T23:30:00Z"), "day", offset);
    expect(parts.map(({ name }) => name)).toEqual(["2026-11-26", "2026-11-27", "2026-11-28"]);
    expect(parts[1]?.from).toBe(at("2026-11-26T23:00:00Z"));
  });

  it("have 25 hours in October and 23 in March, and leave no gap", () => {
    for (const [day, hours] of [
      ["2026-10-25", 25],
      ["2026-03-29", 23],
      ["2026-11-27", 24],
    ] as const) {
      const noon = at(`${day}T12:00:00Z`);
      const parts = partsOf(noon - 48 * HOUR, noon + 48 * HOUR, "day", offset);
      const part = parts.find(({ name }) => name === day);
      expect(((part?.to ?? 0) - (part?.from ?? 0)) / HOUR).toBe(hours);
      for (const [index, { to }] of parts.slice(0, -1).entries()) expect(parts[index + 1]?.from).toBe(to);
    }
  });

  it("begin a week with its Monday", () => {
    const parts = partsOf(at("2026-11-22T12:00:00Z"), at("2026-11-23T00:00:00Z"), "week", () => 0);
    expect(parts.map(({ name }) => name)).toEqual(["2026-11-16", "2026-11-23"]);
  });

  it("are the last ones where there would be too many", () => {
    expect(partsOf(0, at("2026-11-28T00:00:00Z"), "day", () => 0, 3).map(({ name }) => name)).toEqual([
      "2026-11-26",
      "2026-11-27",
      "2026-11-28",
    ]);
  });
});
