import { describe, expect, it } from "vitest";
import type { Cascade } from "../../src/model/index.ts";
import { hopRows, momentsOf } from "../../src/present/index.ts";
import { evidence, falseOriginCascade, reached } from "../story.ts";

const MS = 1_000_000n;

function worksOn(atMs: number, durationMs: number, lineMs: readonly number[]): Cascade {
  const zero = falseOriginCascade().firstAt as bigint;
  const at = (ms: number): bigint => zero + BigInt(ms) * MS;
  const cache = reached("cache", "gateway", { state: "still-running", at: at(atMs), delayMs: atMs });
  return falseOriginCascade({
    falseOrigins: [],
    reached: [cache],
    ghosts: [{ service: "cache", durationMs, messages: 0, places: [] }],
    evidence: lineMs.map((ms) => evidence({ service: "cache", line: 1, at: at(ms) })),
  });
}

describe("when a service that works on heard of the cancel", () => {
  it("is what its lines say, and its work is counted from there", () => {
    const [, cache] = momentsOf(worksOn(5, 3_500, [5, 3_505]), hopRows(worksOn(5, 3_500, [5, 3_505])));
    expect(cache).toMatchObject({ heardMs: 5, ghostMs: 3_505 });
  });

  it("is never, where all that is known of it is when its work ended", () => {
    // The calls that it made ended a little before its own answer
    const deaf = worksOn(2_339, 2_342, [2_339, 2_342]);
    const [, cache] = momentsOf(deaf, hopRows(deaf));
    expect(cache).toMatchObject({ heardMs: null, ghostMs: 2_342 });
  });
});
