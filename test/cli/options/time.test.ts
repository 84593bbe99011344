import { describe, expect, it } from "vitest";
import { parseDurationMs, parseMoment, readTimezone } from "../../../src/cli/options/time.ts";

const NOW = Date.UTC(2026, 10, 23, 7);
const utc = readTimezone("UTC");

describe("moments on the command line", () => {
  it.each([
    ["15m", NOW - 900_000],
    ["1h30m", NOW - 5_400_000],
    ["2d", NOW - 172_800_000],
    ["2026-11-23T06:57:00Z", Date.UTC(2026, 10, 23, 6, 57)],
    ["2026-11-23 06:57", Date.UTC(2026, 10, 23, 6, 57)],
    ["2026-11-23", Date.UTC(2026, 10, 23)],
    ["2026-11-23T08:57:00+02:00", Date.UTC(2026, 10, 23, 6, 57)],
  ])("%s is read", (text, ms) => {
    expect(parseMoment(text, "--since", NOW, utc)).toBe(BigInt(ms) * 1_000_000n);
  });

  it("keep nanoseconds", () => {
    expect(parseMoment("2026-11-23T06:57:00.783910545Z", "--since", NOW, utc) % 1_000_000_000n).toBe(783_910_545n);
  });

  it.each(["yesterday", "2026-04-31", "2026-11-23 06:60", "15", ""])("%j is refused with the option's name", (text) => {
    expect(() => parseMoment(text, "--until", NOW, utc)).toThrow(/^--until /);
  });
});

describe("durations", () => {
  it.each([
    ["250ms", 250],
    ["1.5s", 1_500],
    ["1w", 604_800_000],
    ["1h 30m", null],
    ["-5s", null],
  ])("%j is %j milliseconds", (text, ms) => expect(parseDurationMs(text)).toBe(ms));
});
