import { describe, expect, it } from "vitest";
import { FAIL_ON_WORDS, parseFailOn } from "../../../src/cli/options/fail-on.ts";
import type { Cascade } from "../../../src/model/index.ts";
import { deadlineCascade, diagnosisOf, falseOriginCascade, seen } from "../../story.ts";

function cascade(origin: Partial<Cascade["origin"]>, count = 1): Cascade {
  const base = deadlineCascade("d");
  return { ...base, count, origin: { ...base.origin, ...origin } };
}

function countOf(condition: string, ...cascades: readonly Cascade[]): number {
  return parseFailOn(condition)(diagnosisOf(cascades)).count;
}

describe("--fail-on", () => {
  it("any counts each cancel that was folded into one cascade", () => {
    expect(countOf("any", cascade({}, 3), cascade({ kind: "cancel" }))).toBe(4);
  });

  it("any does not count errors that cancelled no stream", () => {
    expect(countOf("any", cascade({ kind: "error" }))).toBe(0);
  });

  it("unexplained holds where the origin is unknown, and where it is a guess", () => {
    expect(countOf("unexplained", cascade({ service: null, confidence: "weak" }))).toBe(1);
    expect(countOf("unexplained", cascade({ confidence: "guess" }))).toBe(1);
    for (const confidence of ["weak", "strong", "proven"] as const)
      expect(countOf("unexplained", cascade({ confidence }))).toBe(0);
  });

  it("false-origin counts cascades with a service that only looks like the origin", () => {
    expect(countOf("false-origin", falseOriginCascade(), deadlineCascade("d"))).toBe(1);
  });

  it("ghost-work counts the warnings of that rule", () => {
    const warnings = [
      { rule: "ghost-work", text: "chat", ...seen("a") },
      { rule: "silent-hop", text: "agent", ...seen("a") },
    ];
    expect(parseFailOn("ghost-work")(diagnosisOf([], { warnings })).count).toBe(1);
  });

  it("takes the conditions of --where", () => {
    const cascades = [cascade({ service: "billing" }), cascade({ service: "chat", kind: "cancel", code: 12007 })];
    expect(countOf("kind=deadline", ...cascades)).toBe(1);
    expect(countOf("origin=chat", ...cascades)).toBe(1);
    expect(countOf("origin!=chat", ...cascades)).toBe(1);
    expect(countOf("code=12007", ...cascades)).toBe(1);
  });

  it("names its words and the conditions where there is none", () => {
    expect(() => parseFailOn("sometimes")).toThrow(`use ${Object.keys(FAIL_ON_WORDS).join(", ")}, or a condition`);
    expect(() => parseFailOn("kind=oops")).toThrow('there is no kind "oops"');
  });
});
