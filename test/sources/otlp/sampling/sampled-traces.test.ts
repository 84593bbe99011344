import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SampledTraces } from "../../../../src/sources/otlp/sampling/sampled-traces.ts";

const KEEP_MS = 5_000;

function trace(id: number): Uint32Array {
  return Uint32Array.of(id, 0, 0, id);
}

describe("the traces that matter", () => {
  it("are known for their time after they were last heard of, and a second longer at most", () => {
    const step = fc.record({ id: fc.nat(3), adds: fc.boolean(), ms: fc.nat(3_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const traces = new SampledTraces(KEEP_MS);
        const heardAt = new Map<number, number>();
        let nowMs = 0;
        for (const { id, adds, ms } of steps) {
          nowMs += ms;
          traces.advance(nowMs);
          const since = nowMs - (heardAt.get(id) ?? Number.NEGATIVE_INFINITY);
          const known = traces.has(trace(id));
          if (since < KEEP_MS) expect(known).toBe(true);
          if (since >= KEEP_MS + 1_000) expect(known).toBe(false);
          if (!adds) continue;
          expect(traces.add(trace(id))).toBe(!known);
          heardAt.set(id, nowMs);
        }
      }),
    );
  });
});
