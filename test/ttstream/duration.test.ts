import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/ttstream/index.ts";

describe("Go durations", () => {
  it.each([
    ["0s", 0n],
    ["1ns", 1n],
    ["1.5µs", 1_500n],
    ["299.972198ms", 299_972_198n],
    ["50ms", 50_000_000n],
    ["1s", 1_000_000_000n],
    ["1m30s", 90_000_000_000n],
    ["1h0m0.5s", 3_600_500_000_000n],
    ["-2s", -2_000_000_000n],
  ])("%s is %d ns, both ways", (text, nanos) => {
    expect(parseDuration(text)).toBe(nanos);
    expect(formatDuration(nanos)).toBe(text);
  });

  it("come back from text whatever their size", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanos) => {
        expect(parseDuration(formatDuration(nanos))).toBe(nanos);
      }),
    );
  });

  it.each(["", "1", "s", "1x", "1.s", "1s x", "--1s"])("%j is no duration", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
