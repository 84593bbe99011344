import { describe, expect, it } from "vitest";
import { groupAlike } from "../../src/present/index.ts";
import { deadlineCascade, falseOriginCascade, unknownCascade } from "../story.ts";

describe("like cascades", () => {
  it("share a group, counted by their own counts", () => {
    const groups = groupAlike([
      deadlineCascade("a", 0),
      { ...deadlineCascade("b", 1), count: 40 },
      falseOriginCascade(),
      deadlineCascade("c", 2, "other"),
    ]);
    expect(groups.map(({ example, count }) => [example.origin.service, count])).toEqual([
      ["billing", 41],
      ["gateway", 1],
      ["other", 1],
    ]);
  });

  it("differ where their origin, kind, confidence or shape differs", () => {
    const base = falseOriginCascade();
    const weaker = { ...base, id: "w", origin: { ...base.origin, confidence: "weak" as const } };
    const shorter = { ...base, id: "s", reached: base.reached.slice(0, 1) };
    expect(groupAlike([base, weaker, shorter]).length).toBe(3);
  });

  it("of equal weight stand in order of time, those without one last", () => {
    const timeless = { ...deadlineCascade("t", 5, "x") };
    const { firstAt: _, ...rest } = timeless;
    const groups = groupAlike([rest, deadlineCascade("b", 2, "z"), deadlineCascade("a", 1, "y")]);
    expect(groups.map((group) => group.example.id)).toEqual(["a", "b", "t"]);
  });

  it("put errors that cancelled nobody last, however many they are", () => {
    const error = { ...unknownCascade("e", "error"), count: 1000 };
    expect(groupAlike([error, deadlineCascade("d")]).map((group) => group.example.id)).toEqual(["d", "e"]);
  });
});
