import { describe, expect, it } from "vitest";
import { captureCallSite } from "../../../src/runtime/cancel/call-site.ts";

/** Seconds apart from those of the other tests, so that each has its own budget. */
let second = 1_000_000;
function fresh(): number {
  second += 10_000;
  return second;
}

describe("the call site of a cancel", () => {
  it("is the file, line and function of the code that called into the runtime", () => {
    function cancels() {
      return captureCallSite(fresh());
    }
    const site = cancels();
    expect(site?.file).toBe(import.meta.filename);
    expect(site?.function).toBe("cancels");
    expect(site?.line).toBeGreaterThan(10);
    expect(site?.column).toBeGreaterThan(0);
  });

  it("is found behind frames of Node", () => {
    const signal = new AbortController();
    let file: string | undefined;
    signal.signal.addEventListener("abort", () => {
      file = captureCallSite(fresh())?.file;
    });
    signal.abort();
    expect(file).toBe(import.meta.filename);
  });

  it("is read 500 times a second and no more, however often it is asked for", () => {
    const now = fresh();
    const sites = Array.from({ length: 502 }, () => captureCallSite(now) !== null);
    expect([sites.filter(Boolean).length, sites[499], sites[500]]).toEqual([500, true, false]);
    expect(captureCallSite(now + 999)).toBeNull();
    expect(captureCallSite(now + 1000)).not.toBeNull();
  });

  it("is read again at once where another clock is asked, which is behind", () => {
    const now = fresh();
    for (let asked = 0; asked < 501; asked += 1) captureCallSite(now);
    expect(captureCallSite(now)).toBeNull();
    expect(captureCallSite(now - 5_000)).not.toBeNull();
  });
});
