import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../../src/sources/retry-after.ts";

const NOW = Date.parse("2026-11-23T06:00:00Z");

describe("Retry-After", () => {
  it.each([
    ["7", 7_000],
    ["0", 0],
    [" 120 ", 120_000],
    ["Mon, 23 Nov 2026 06:00:30 GMT", 30_000],
    ["Mon, 23 Nov 2026 05:00:00 GMT", 0],
  ])("%j is a time to wait", (text, ms) => {
    expect(retryAfterMs({ "retry-after": text }, NOW)).toBe(ms);
  });

  it("by a date counts from what the server calls now", () => {
    const date = "Mon, 23 Nov 2026 07:00:00 GMT";
    expect(retryAfterMs({ "retry-after": "Mon, 23 Nov 2026 07:00:05 GMT", date }, NOW)).toBe(5_000);
    expect(retryAfterMs({ "retry-after": "Mon, 23 Nov 2026 06:00:05 GMT", date: "now" }, NOW)).toBe(5_000);
  });

  it.each([undefined, "", "soon", "-1", "1.5", "1e9", "99999999", "2026-11-23", "Mon, 23 Foo 2026 06:00:30 GMT"])(
    "%j says nothing",
    (text) => {
      expect(retryAfterMs(text === undefined ? {} : { "retry-after": text }, NOW)).toBeNull();
    },
  );
});
