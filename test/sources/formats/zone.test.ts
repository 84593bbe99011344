import { describe, expect, it } from "vitest";
import { parseZone } from "../../../src/sources/formats/zone.ts";

const HOUR_MS = 3_600_000;
const wall = (text: string): number => Date.parse(`${text}Z`);

describe("a zone", () => {
  it("is as far ahead of UTC as it was on that day", () => {
    const zone = parseZone("Europe/Berlin");
    expect(zone?.(wall("2026-11-27T12:00:00"))).toBe(HOUR_MS);
    expect(zone?.(wall("2026-07-27T12:00:00"))).toBe(2 * HOUR_MS);
  });

  it.each(["Europe/Berlin", "local", "+08:00", "UTC"])(
    "%s has an answer for every time that a log may claim",
    (name) => {
      const zone = parseZone(name);
      for (const sign of [1, -1])
        for (const ms of [7e13, 8.64e15 - 3 * 24 * HOUR_MS, 8.64e15, 8.64e15 + 1, 1e19, Number.MAX_VALUE]) {
          const offset = zone?.(sign * ms) ?? Number.NaN;
          expect(Math.abs(offset)).toBeLessThan(24 * HOUR_MS);
          expect(Number.isInteger(offset)).toBe(true);
        }
    },
  );
});
