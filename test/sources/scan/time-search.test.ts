import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RandomBytes } from "../../../src/sources/scan/bytes.ts";
import { LineMarks } from "../../../src/sources/scan/line-marks.ts";
import { rangeOfSpan } from "../../../src/sources/scan/time-search.ts";

function bytesOf(text: string): RandomBytes {
  const all = Buffer.from(text);
  return {
    readAt: async (target, position) => all.copy(target, 0, position),
    close: async () => undefined,
  };
}

const timeOf = (line: string): bigint | null => (/^\d+ /.test(line) ? BigInt(Number.parseInt(line, 10)) : null);

/** A line every ten, each with some lines below that have no time. */
function log(count: number, below: number): string {
  return Array.from(
    { length: count },
    (_, i) => `${i * 10} item ${i} ${"x".repeat(i % 90)}\n${"\tat somewhere\n".repeat(below)}`,
  ).join("");
}

async function textOf(text: string, from: number, to: number): Promise<string> {
  const range = await rangeOfSpan(
    bytesOf(text),
    { from: 0, to: text.length },
    { from: BigInt(from), to: BigInt(to) },
    timeOf,
  );
  return text.slice(range.from, range.to);
}

describe("a span of time in a log", () => {
  it("is found with everything that stands in it, and little around", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: -50, max: 210_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        async (count, below, from, length) => {
          const text = log(count, below);
          const found = await textOf(text, from, from + length);
          for (let i = Math.max(0, Math.ceil(from / 10)); i * 10 <= from + length && i < count; i += 1)
            expect(found.includes(`${i * 10} item ${i} `)).toBe(true);
          const wanted = log(Math.ceil(length / 10) + 2, below).length;
          expect(found.length).toBeLessThanOrEqual(wanted * 2 + 80 * 1024);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is empty before the first line", async () => expect(await textOf(log(10_000, 0), -500, -100)).toBe(""));

  it("says when nothing in the log has a time", async () => {
    const text = "no time\n".repeat(10_000);
    const { startAt } = await rangeOfSpan(bytesOf(text), { from: 0, to: text.length }, { from: 0n, to: 9n }, timeOf);
    expect(startAt).toBeNull();
  });
});

describe("the number of a line", () => {
  it("is counted from the mark before", async () => {
    const text = log(20_000, 1);
    const marks = new LineMarks();
    const middle = text.indexOf("100000 item");
    marks.add({ byte: middle, line: text.slice(0, middle).split("\n").length });
    for (const wanted of ["20 item", "99990 item", "100000 item", "150000 item"]) {
      const byte = text.indexOf(`\n${wanted}`) + 1;
      expect(await marks.lineAt(byte, bytesOf(text))).toBe(text.slice(0, byte).split("\n").length);
    }
  });
});
