import { describe, expect, it } from "vitest";
import { hasUnreadTime } from "../../../src/sources/formats/unread-time.ts";

describe("a time in a form that nobody knows", () => {
  it.each([
    "23-NOV-26 06.58.02 x",
    "2026-11-23 06h58m02s ERROR x",
    "ERROR 2026.327.06.58.02 x",
    "[23Nov 06:58:02.123] x",
    "11/23 06:58:02 x",
    "230658 06:58:02 x",
    "1795417082,123 x",
    "@1795417082 x",
    "20261123065802 x",
    "06:58:02 23/11 x",
  ])("is seen at the beginning of a line: %s", (line) => {
    expect(hasUnreadTime(line)).toBe(true);
  });

  it.each([
    "goroutine 25 [running]:",
    "    at Object.run (/app/a.js:12:30)",
    "\tat com.a.B.run(B.java:12)",
    "Caused by: context canceled",
    "12 of 30 streams failed",
    "10.0.0.1:8080: connection refused",
    "5 retries left",
    "[main] x",
    "rpc error: code = Canceled",
    "{",
    "",
    "May be closed",
    "1.2.3 is no version",
    "2026 calls",
    `${"x".repeat(70)} 2026-11-23 06h58`,
  ])("is not seen in what goes on with a line, or is one without a time: %s", (line) => {
    expect(hasUnreadTime(line)).toBe(false);
  });
});
