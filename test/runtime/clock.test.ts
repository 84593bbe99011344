import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";

const MONTH_MS = 30 * 24 * 3600 * 1000;

describe("a timer of more than 24.8 days", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("fires when it is due, not at the end of what setTimeout can count", () => {
    const fired = vi.fn();
    systemClock.timer(3 * MONTH_MS, fired);
    vi.advanceTimersByTime(3 * MONTH_MS - 1);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledTimes(1);
  });

  it("can be cancelled at any time of it", () => {
    const fired = vi.fn();
    const timer = systemClock.timer(3 * MONTH_MS, fired);
    vi.advanceTimersByTime(MONTH_MS);
    timer.cancel();
    vi.advanceTimersByTime(3 * MONTH_MS);
    expect(fired).not.toHaveBeenCalled();
  });
});
