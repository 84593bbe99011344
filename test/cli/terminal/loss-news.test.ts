import { describe, expect, it } from "vitest";
import { LossNews } from "../../../src/cli/terminal/loss-news.ts";

describe("news of losses", () => {
  it("come at once, and then once a minute at most, however much gets lost", () => {
    const news = new LossNews();
    const at = (seconds: number, lost: number): boolean => news.isNew(lost, seconds * 1000);
    expect([at(0, 0), at(1, 1), at(2, 5), at(60, 99), at(61, 99), at(62, 100)]).toEqual([
      ...[false, true, false, false, true, false],
    ]);
  });

  it("are none where no more got lost than was said", () => {
    const news = new LossNews();
    expect([news.isNew(3, 0), news.isNew(3, 1e9), news.isNew(4, 2e9)]).toEqual([true, false, true]);
  });
});
