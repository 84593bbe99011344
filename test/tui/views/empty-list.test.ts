import { describe, expect, it } from "vitest";
import type { InputRow, Progress } from "../../../src/tui/feed.ts";
import { emptyList } from "../../../src/tui/views/empty-list.ts";
import { diagnosisOf, snapshotOf } from "../../story.ts";

const WAITING: InputRow = {
  name: "api.log",
  state: "waiting",
  problem: null,
  perSecond: null,
  records: 0,
  claims: 0,
  lastAt: null,
};
const MISSING: InputRow = { ...WAITING, name: "gone.log", problem: "cannot be read: there is no such file" };

/** What stands where nobody is listed. */
function said(over: Partial<Progress>, filtered = false): string {
  const { progress } = snapshotOf(diagnosisOf([]), { inputCount: over.inputs?.length ?? 0, ...over });
  const lines = emptyList(progress, null, filtered, 80);
  return lines.map((line) => line.map(({ text }) => text).join("")).join("\n");
}

describe("the first screen without a cancel", () => {
  it("says no all-clear where an input held no line", () => {
    const text = said({ records: 0, inputs: [WAITING] });
    expect(text).toContain("nothing was read: this is no all-clear");
    expect(text).toContain("Of api.log there is no line.");
    expect(text).not.toContain("no cancel found");
  });

  it("says that it waits for what follows, where an input is followed", () => {
    const text = said({ records: 0, inputs: [WAITING, WAITING], following: true });
    expect(text).toContain("Of 2 inputs there is no line yet.");
    expect(text).toContain("What is written from now on is read as it comes.");
  });

  it("waits for the first line of a pipe that is quiet", () => {
    const text = said({ records: 0, title: "standard input", done: false, inputs: [WAITING] });
    expect(text).toContain("waiting for the first line of standard input");
  });

  it("is reading as long as a file has bytes that were not read", () => {
    const text = said({ records: 0, share: 0, done: false, inputs: [WAITING] });
    expect(text).toContain("reading; nothing cancelled so far");
  });

  it("names the inputs that could not be read, each with its reason", () => {
    const text = said({ records: 0, inputs: [MISSING] });
    expect(text).toContain("NOT READ  gone.log: cannot be read: there is no such file");
    expect(text).not.toContain("there is no line");
  });

  it("names them too where others were read", () => {
    const text = said({ inputs: [{ ...WAITING, records: 1204 }, MISSING] });
    expect(text).toContain("no cancel found in what was read");
    expect(text).toContain("NOT READ  gone.log");
  });

  it("names the first of many that could not be read", () => {
    const inputs = Array.from({ length: 8 }, () => MISSING);
    expect(said({ records: 0, inputs }).match(/NOT READ/g)).toHaveLength(5);
    expect(said({ records: 0, inputs })).toContain("and 3 other inputs: v");
  });

  it("is an all-clear where everything was read", () => {
    const text = said({ inputs: [{ ...WAITING, records: 1204 }] });
    expect(text).toContain("no cancel found\n");
    expect(text).not.toContain("NOT READ");
  });

  it("puts a filter first, which may be what hides all", () => {
    expect(said({ records: 0, inputs: [MISSING] }, true)).toContain("nothing meets the filter");
  });
});
