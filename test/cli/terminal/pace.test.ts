import { describe, expect, it } from "vitest";
import { createPace } from "../../../src/cli/terminal/pace.ts";

describe("the pause after a picture", () => {
  it("is four times of what pictures take", () => {
    expect(createPace()(300)).toBe(1_200);
  });

  it("is no longer after a single one that took long, and is after three of five", () => {
    const pace = createPace();
    for (const _ of "12345") pace(40);
    expect([1_000, 1_000, 1_000].map(pace)).toEqual([160, 160, 4_000]);
  });
});
