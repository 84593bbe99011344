import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

interface Outcome {
  /** Heap in use after each tenth, bytes. */
  readonly heaps: readonly number[];
  /** Messages each healthy stream got, in order and without a gap; -1 for one that was hurt. */
  readonly healthy: readonly number[];
  /** Cancels that did not end with 12007. */
  readonly wrong: number;
  readonly connections: number;
  readonly callsLeft: number;
}

const MEBIBYTE = 1024 ** 2;

describe("100,000 quick cancels on one connection", () => {
  it("hurt none of 10 healthy streams beside them, and memory stays flat", () => {
    const program = join(import.meta.dirname, "cancels.ts");
    // A process of its own: a test runner keeps what it is told, and that would be counted too.
    const outcome = JSON.parse(
      execFileSync(process.execPath, ["--expose-gc", program], { encoding: "utf8" }),
    ) as Outcome;
    const { heaps, healthy } = outcome;
    process.stdout.write(
      `heap after each tenth: ${heaps.map((heap) => (heap / MEBIBYTE).toFixed(1)).join(", ")} MiB\n`,
    );
    expect(outcome.wrong).toBe(0);
    expect(healthy).toHaveLength(10);
    expect(Math.min(...healthy)).toBeGreaterThan(100);
    expect(outcome.connections).toBe(1);
    expect(outcome.callsLeft).toBeLessThanOrEqual(10);
    expect((heaps.at(-1) as number) - (heaps[0] as number)).toBeLessThan(4 * MEBIBYTE);
  });
});
