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
    ["999ns", 999n],
    ["1µs", 1_000n],
    ["999.999µs", 999_999n],
    ["1ms", 1_000_000n],
    ["999.999999ms", 999_999_999n],
    ["59.999999999s", 59_999_999_999n],
    ["1m0s", 60_000_000_000n],
    ["59m0s", 3_540_000_000_000n],
    ["1h0m0s", 3_600_000_000_000n],
    ["25h1m1s", 90_061_000_000_000n],
    ["-1.5ms", -1_500_000n],
    ["-1ns", -1n],
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

  it.each([
    ["1.5\u03bcs", 1_500n],
    ["1.5us", 1_500n],
    ["+2s", 2_000_000_000n],
    ["0", 0n],
    ["-0", 0n],
    ["+0", 0n],
    ["00.5s", 500_000_000n],
    ["1.9ns", 1n],
    ["0.1234567891s", 123_456_789n],
    ["1s1s", 2_000_000_000n],
    ["1h1ns", 3_600_000_000_001n],
    ["999999999999999999ns", 999_999_999_999_999_999n],
  ])("%s is read as %d ns", (text, nanos) => {
    expect(parseDuration(text)).toBe(nanos);
  });

  it.each([
    "",
    "1",
    "-",
    "+",
    "s",
    "2s+",
    "+-1s",
    "x1s",
    "1 s",
    "1234567890123456789ns",
    "1.1234567890123456789s",
    ".5s",
    "1x",
    "1.s",
    "1s x",
    "--1s",
  ])("%j is no duration", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
