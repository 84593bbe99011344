import { describe, expect, it } from "vitest";
import { changesOf } from "../../src/history/index.ts";

const shape = { service: "gateway", starter: "gateway", kind: "cancel", code: 12007, reached: ["chat"], victims: 1 };
const DAY = 86_400_000;

/** What is said of a shape with so many before and after. */
function said(before: number, after: number, beforeMs = 7 * DAY, afterMs = DAY): string | undefined {
  return changesOf([{ shape, key: 1, counts: [before, after] }], beforeMs, afterMs)[0]?.kind;
}

describe("a shape of cancels", () => {
  it("that never came before is new", () => expect(said(0, 1)).toBe("new"));

  it("is as before while chance does as much", () => {
    expect(said(70, 10)).toBe("alike");
    expect(said(70, 18)).toBe("alike");
    expect(said(70, 3)).toBe("alike");
    expect(said(1, 1)).toBe("alike");
    expect(said(7, 0)).toBe("alike");
  });

  it("is more or fewer where chance hardly does it", () => {
    expect(said(70, 40)).toBe("more");
    expect(said(700, 30)).toBe("fewer");
    expect(said(700, 0)).toBe("gone");
  });

  it("is judged by the lengths of both times", () => {
    expect(said(70, 70, 7 * DAY, 7 * DAY)).toBe("alike");
    expect(said(70, 70, 70 * DAY, 7 * DAY)).toBe("more");
  });

  it("comes before those that say less, and the weightier first", () => {
    const counts = [
      { shape, key: 1, counts: [70, 10] },
      { shape, key: 2, counts: [0, 2] },
      { shape, key: 3, counts: [0, 9] },
      { shape, key: 4, counts: [700, 0] },
    ];
    expect(changesOf(counts, 7 * DAY, DAY).map(({ key }) => key)).toEqual([3, 2, 4, 1]);
  });
});
