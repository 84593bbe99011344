import { describe, expect, it } from "vitest";
import { Turns } from "../../src/pipeline/pauses.ts";

describe("a reading with work at hand", () => {
  it("gives others a turn once its own has lasted long enough, and not before", async () => {
    let now = 0;
    const turns = new Turns(() => now);
    let others = 0;
    setImmediate(() => {
      others += 1;
    });
    await turns.share();
    expect(others).toBe(0);
    now = 20;
    await turns.share();
    expect(others).toBe(1);
    setImmediate(() => {
      others += 1;
    });
    await turns.share();
    expect(others).toBe(1);
  });
});
