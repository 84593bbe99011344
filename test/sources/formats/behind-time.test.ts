import { describe, expect, it } from "vitest";
import { formatInstant } from "../../../src/model/index.ts";
import { type Clock, findTime, parseTime, readLeadingTime } from "../../../src/sources/formats/times.ts";
import { parseZone, type Zone } from "../../../src/sources/formats/zone.ts";

const clock = (): Clock => ({ zone: parseZone("UTC") as Zone, nearMs: Date.UTC(2026, 10, 24) });

function field(text: string): string | null {
  const time = parseTime(text, clock());
  return time === null ? null : formatInstant(time.at).replace(/\.0{9}Z$|(?<=\.\d*?)0*Z$/, "");
}

/** What a line's time is: the one it begins with, else the first in its head. */
function line(text: string): string | null {
  const time = readLeadingTime(text, clock()) ?? findTime(text, clock());
  return time === null ? null : formatInstant(time.at).replace(/\.0{9}Z$|(?<=\.\d*?)0*Z$/, "");
}

const AT = "2026-11-23T06:57:02";

describe("a zone behind a time", () => {
  it.each([
    "Mon Nov 23 2026 12:27:02 GMT+0530 (India Standard Time)",
    "Mon Nov 23 12:27:02 GMT+05:30 2026",
    "Mon Nov 23 12:27:02 2026 +0530",
    "2026-11-23 12:27:02 UTC+05:30",
    "2026-11-23 12:27:02 UTC+5:30",
    "2026-11-23T12:27:02 GMT +0530",
    "2026-11-23 12:27:02 (+05:30)",
    "2026-11-23 12:27:02 (UTC+05:30)",
    "2026-11-23T12:27:02 [+05:30]",
    "2026-11-23 12:27:02 tz=+05:30",
    "2026-11-23 12:27:02 +5:30",
    "2026-11-23 12:27:02 +530",
    "2026-11-23 12:27:02 +05.30",
    "2026-11-23 12:27:02 +05h30",
    "2026-11-23 12:27:02 +05:30:00",
    "2026-11-23 12:27:02 Asia/Kolkata",
    "2026-11-23T12:27:02[Asia/Kolkata]",
    "2026-11-23 07:57:02,000 (Europe/Berlin)",
    "[23-Nov-2026 07:57:02 Europe/Berlin]",
    "2026-11-23 14:57:02 PRC",
    "2026-11-23 03:27:02 NST",
    "Mon Nov 23 16:27:02 ACST 2026",
    "2026-11-23 12:42:02 NPT",
  ])("is applied: %s", (text) => {
    expect(field(text)).toBe(AT);
    expect(line(`${text} ERROR x`)).toBe(AT);
  });

  it.each([
    "2026-11-23 12:27:02 IST",
    "2026-11-23 12:27:02.5 [CST]",
    "Sun Nov 22 22:57:02 PST 2026",
    "2026-11-23 01:57:02 ET",
    "2026-11-23 07:57:02A",
    "2026-11-23T06:57:02+24:00",
    "2026-11-23T06:57:02+99:99",
    "2026-11-23 06:57:02 UTC+17",
    "2026-11-23 06:57:02 America/Atlantis",
  ])("that cannot be told leaves no time: %s", (text) => {
    expect(field(text)).toBeNull();
    expect(line(`${text} ERROR x`)).toBeNull();
  });

  it.each([
    "2026-11-23 06:57:02 ERROR x",
    "2026-11-23 06:57:02 [INFO] x",
    "2026-11-23 06:57:02 (main) x",
    "2026-11-23 06:57:02 - x",
    "2026-11-23 06:57:02 -5 left",
    "2026-11-23 06:57:02 (-5 left)",
    "2026-11-23 06:57:02 E tag: x",
    "2026-11-23 06:57:02 Module/Part x",
    "2026-11-23 06:57:02 GET /a",
  ])("is none where other words stand: %s", (text) => {
    expect(line(text)).toBe(AT);
  });
});

describe("the half of the day behind a time", () => {
  it.each([
    "Mon Nov 23 06:57:02 PM UTC 2026",
    "Nov 23 06:57:02 PM",
    "E1123 06:57:02.000 PM",
    "23/Nov/2026:06:57:02 PM +0000",
    "2026-11-23 06:57:02 p. m.",
    "2026-11-23 06:57:02p",
    "2026/11/23 06:57:02 午後",
    "23/11/2026 6:57:02 μ.μ.",
    "23.11.2026 06:57:02 ÖS",
    "23/11/2026 06:57:02 م",
    "23/11/2026 06:57:02 CH",
  ])("is applied: %s", (text) => {
    expect(field(text)).toBe("2026-11-23T18:57:02");
  });

  it.each(["2026-11-23 06:57:02 a message", "2026-11-23 06:57:02 pmap failed", "2026-11-23 06:57:02 PMC x"])(
    "is none where other words stand: %s",
    (text) => {
      expect(line(text)).toBe(AT);
    },
  );
});

describe("a time of day before a day", () => {
  it.each([
    "06:57:02  2026/11/23 06:57:02 chat.go:1: x",
    "[06:57:00]W: 2026/11/23 06:57:02 x",
    "06:57:00 I: 2026-11-23T06:57:02Z x",
    "[06:57:00]W:\t [Step 1/2] 2026/11/23 06:57:02 x",
    "06:57:00 [2026-11-23 06:57:02] x",
    "06:57:02 2026-11-23 x",
    "06:57:02 23.11.2026 x",
    "06:57:02 11/23/2026 x",
    "[06:57:02] [2026-11-23] x",
    "06:57:02 23 Nov 2026 x",
    "06:57:02, Nov 23, 2026 x",
    "06:57:02 Mon Nov 23 2026 x",
    "06:57:00 Nov 23, 2026 06:57:02 x",
    "06:57:00 Monday, November 23, 2026 06:57:02 x",
    "06:57:00 20261123T065702 x",
    "06:57:00 2026年11月23日 06:57:02 x",
  ])("is not today's: %s", (text) => {
    expect(line(text)).toBe(AT);
  });

  it("is today's where a day stands in the words behind it only", () => {
    expect(line("06:57:02 ERROR the token of 2026-11-20T01:00:00Z is over")).toBe("2026-11-24T06:57:02");
    expect(line("06:57:02.123 [main] INFO x")).toBe("2026-11-24T06:57:02.123");
  });
});

describe("a number", () => {
  it.each([
    ["20261123065702", AT],
    ["20261123065702123", `${AT}.123`],
    ["202611230657", "2026-11-23T06:57:00"],
    ["134398906221234567", "2026-11-23T06:57:02.1234567"],
    ["639310138221234567", "2026-11-23T06:57:02.1234567"],
    ["17954170221234567", "2026-11-23T06:57:02.1234567"],
    ["261123065702", AT],
    ["1795417022", AT],
    ["1795417022123", `${AT}.123`],
  ])("%s is %s", (text, instant) => {
    expect(field(text)).toBe(instant);
  });

  it.each([
    "17954170220",
    "434398906221234567",
    "99999999999",
    "2026327065702",
    "23112026065702",
    "20261323065702",
    "24:30:00",
    "2026-11-23 24:30:00",
    "23/11/2569 06:57:02",
  ])("%s is no time", (text) => {
    expect(field(text)).toBeNull();
  });
});
