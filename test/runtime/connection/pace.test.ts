import { describe, expect, it } from "vitest";
import { Pace } from "../../../src/runtime/connection/pace.ts";

describe("the pace of a connection", () => {
  it("is as fast as the peer writes, whatever it sends but calls and resets", () => {
    const pace = new Pace(0);
    for (let i = 0; i < 1000; i += 1) expect(pace.after({ opened: 1, reset: 1 }, i)).toBeNull();
  });

  it("lets the others have a turn after a chunk full of new calls", () => {
    expect(new Pace(0).after({ opened: 300, reset: 0 }, 0)).toBe(0);
  });

  it("is 20,000 resets a second for a peer that makes more, in pauses of at most 50 ms", () => {
    const pace = new Pace(0);
    let now = 0;
    let resets = 0;
    while (now < 10_000) {
      const wait = pace.after({ opened: 0, reset: 300 }, now);
      resets += 300;
      if (wait !== null) expect(wait).toBeLessThanOrEqual(50);
      now += wait === null || wait === 0 ? 0.1 : wait;
    }
    expect(resets / 10).toBeGreaterThan(20_000);
    expect(resets / 10).toBeLessThan(23_000);
  });
});
