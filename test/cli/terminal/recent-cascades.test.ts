import { describe, expect, it } from "vitest";
import { RecentCascades } from "../../../src/cli/terminal/recent-cascades.ts";
import { deadlineCascade } from "../../story.ts";

const [a, b] = [deadlineCascade("a", 1), deadlineCascade("b", 2)];

describe("cascades that are new", () => {
  it("are fresh for three seconds and young for one, and again when a line is added", () => {
    const recent = new RecentCascades();
    recent.take([a], 0, true);
    expect([...recent.at(0).fresh]).toEqual([]);
    recent.take([a, b], 1_000, false);
    expect([...recent.at(1_900).fresh]).toEqual(["b"]);
    expect([...recent.at(1_900).young]).toEqual(["b"]);
    expect([...recent.at(2_100).young]).toEqual([]);
    recent.take([{ ...a, evidenceCount: a.evidenceCount + 1 }, b], 2_500, false);
    expect([...recent.at(2_600).fresh]).toEqual(["b", "a"]);
    expect([...recent.at(4_100).fresh]).toEqual(["a"]);
    expect([...recent.at(5_600).fresh]).toEqual([]);
  });

  it("are the same sets while nothing changes, so that no picture is drawn for them", () => {
    const recent = new RecentCascades();
    recent.take([a], 0, false);
    expect(recent.at(10)).toBe(recent.at(900));
    expect(recent.at(900)).not.toBe(recent.at(1_100));
  });

  it("are none where a picture only judges the same lines again", () => {
    const recent = new RecentCascades();
    recent.take([a], 0, false);
    recent.take([{ ...a }], 10_000, false);
    expect([...recent.at(10_000).fresh]).toEqual([]);
  });
});
