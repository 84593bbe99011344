import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatInstant } from "../../../src/model/index.ts";
import { readSources } from "../../../src/sources/index.ts";
import { ERROR, prefilter } from "../prefilter.ts";

const root = mkdtempSync(join(tmpdir(), "streamscope-day-order-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let files = 0;

/** The days that the errors of a log are read at. */
async function daysOf(lines: readonly string[], modified: string, last = "\n"): Promise<(string | null)[]> {
  files += 1;
  const path = join(root, `${files}.log`);
  writeFileSync(path, lines.join("\n") + last);
  const at = new Date(modified);
  utimesSync(path, at, at);
  const days: (string | null)[] = [];
  for await (const records of readSources([path], { prefilter, timezone: "UTC" }))
    for (const record of records) days.push(record.at === null ? null : formatInstant(record.at).slice(0, 10));
  return days;
}

const error = (day: string): string => `${day} 06:58:01 ERROR ${ERROR}`;
const LATER = "2027-05-20T00:00:00Z";
const filling = (day: string): string[] =>
  Array.from({ length: 4_000 }, (_, i) => `${day} 06:58:02 INFO an ordinary line of some length, with the number ${i}`);

describe("days that could be months", () => {
  it("are read as a line further down tells, however far", async () => {
    const ours = [error("07/11/2026"), ...filling("08/11/2026"), error("13/11/2026")];
    expect(await daysOf(ours, LATER)).toEqual(["2026-11-07", "2026-11-13"]);
    const american = [error("11/07/2026"), ...filling("11/08/2026"), error("11/13/2026")];
    expect(await daysOf(american, LATER)).toEqual(["2026-11-07", "2026-11-13"]);
  });

  it("are read as a line in the middle tells, where the last ones are of another month", async () => {
    const lines = [error("07/11/2026"), ...filling("23/11/2026"), ...filling("01/12/2026"), error("01/12/2026")];
    expect(await daysOf(lines, LATER)).toEqual(["2026-11-07", "2026-12-01"]);
  });

  it("are near to when the file was written, where no line tells", async () => {
    expect(await daysOf([error("07/11/2026")], "2026-11-07T07:00:00Z")).toEqual(["2026-11-07"]);
    expect(await daysOf([error("07/11/2026")], "2026-07-11T07:00:00Z")).toEqual(["2026-07-11"]);
    expect(await daysOf([error("11/11/2026"), error("12/11/2026")], "2026-11-12T07:00:00Z")).toEqual([
      "2026-11-11",
      "2026-11-12",
    ]);
  });

  it("are months first where nothing tells, unless that is a day to come", async () => {
    expect(await daysOf([error("07/11/2026")], LATER)).toEqual(["2026-07-11"]);
    expect(await daysOf([error("05/12/2026")], "2026-08-01T07:00:00Z")).toEqual(["2026-05-12"]);
    expect(await daysOf([error("05/12/2026")], "2026-04-01T07:00:00Z")).toEqual(["2026-05-12"]);
    expect(await daysOf([error("12/05/2026")], "2026-08-01T07:00:00Z")).toEqual(["2026-05-12"]);
    expect(await daysOf([error("05/11/2026"), error("12/11/2026")], "2026-11-28T07:00:00Z")).toEqual([
      "2026-05-11",
      "2026-11-12",
    ]);
    expect(await daysOf([error("10/12/2026")], "2026-11-28T07:00:00Z")).toEqual(["2026-10-12"]);
  });

  it("are not told by what a line says behind its head", async () => {
    const lines = [error("07/11/2026"), `07/11/2026 06:58:02 INFO ${"x".repeat(80)} 23/11/2026 06:58:02`];
    expect(await daysOf(lines, LATER)).toEqual(["2026-07-11"]);
  });
});
