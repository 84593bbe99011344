import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Output } from "../../../src/cli/terminal/output.ts";
import { type Amounts, progressText, startProgressLine } from "../../../src/cli/terminal/progress-line.ts";

const MIB = 2 ** 20;

function record(columns: number | null): Output & { readonly written: string[] } {
  const written: string[] = [];
  const taken = async (): Promise<void> => undefined;
  return { written, write: (text) => void written.push(text), taken, open: () => true, columns, colour: false };
}

describe("the line of progress", () => {
  it("says how much of how much, how fast, and how long it will take", () => {
    const text = progressText({ bytes: { read: 512 * MIB, all: 1536 * MIB }, records: 9 }, 2_000, 80);
    expect(text).toBe("streamscope: 512 MiB of 1.5 GiB read, 256 MiB/s, 4 s left");
    expect(progressText({ bytes: { read: MIB, all: 601 * MIB }, records: 9 }, 1_000, 80)).toContain("10 min left");
    expect(progressText({ bytes: { read: MIB, all: 7_261 * MIB }, records: 9 }, 1_000, 80)).toContain("2 h 1 min left");
  });

  it("counts lines where nobody knows how much will come", () => {
    expect(progressText({ bytes: null, records: 1_234_567 }, 2_000, 80)).toBe(
      "streamscope: 1,234,567 lines read, 617,284/s",
    );
  });

  it("promises nothing before the first byte, and fits the terminal", () => {
    expect(progressText({ bytes: { read: 0, all: MIB }, records: 0 }, 1_000, 80)).not.toContain("left");
    expect(progressText({ bytes: null, records: 5 }, 1_000, 20)).toHaveLength(19);
  });
});

describe("progress on a terminal", () => {
  const amounts: Amounts = { bytes: { read: MIB, all: 4 * MIB }, records: 1 };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is shown from the first second on, and is gone when it ends", () => {
    const output = record(80);
    const stop = startProgressLine(() => amounts, output);
    vi.advanceTimersByTime(900);
    expect(output.written).toEqual([]);
    vi.advanceTimersByTime(400);
    expect(output.written[0]).toBe("\rstreamscope: 1 MiB of 4 MiB read, 1 MiB/s, 3 s left");
    const line = (output.written.at(-1) as string).slice(1);
    stop();
    expect(output.written.slice(-2)).toEqual([`\r${" ".repeat(line.length)}`, "\r"]);
    const { length } = output.written;
    vi.advanceTimersByTime(5_000);
    expect(output.written).toHaveLength(length);
  });

  it("leaves nothing of a longer line before it", () => {
    const output = record(80);
    let read = 1023 * MIB;
    startProgressLine(() => ({ bytes: { read, all: 1024 * MIB }, records: 1 }), output);
    vi.advanceTimersByTime(1_000);
    read = 1024 * MIB;
    vi.advanceTimersByTime(200);
    const [first = "", second = ""] = output.written;
    expect(second.trimEnd().length).toBeLessThan(first.length);
    expect(second.length).toBe(first.length);
  });

  it("is not written where nobody looks, nor for what takes no second", () => {
    const pipe = record(null);
    startProgressLine(() => amounts, pipe);
    vi.advanceTimersByTime(5_000);
    expect(pipe.written).toEqual([]);
    const quick = record(80);
    const stop = startProgressLine(() => amounts, quick);
    vi.advanceTimersByTime(500);
    stop();
    expect(quick.written).toEqual([]);
  });
});
