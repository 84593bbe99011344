import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeenSpans } from "../../../../src/sources/otlp/sampling/seen-spans.ts";

function words(trace: number, span: number): Uint32Array {
  return Uint32Array.of(trace, 0, 0, trace, span, ~span);
}

describe("the set of spans that were seen", () => {
  it("does what a set of trace, span and kind does", () => {
    const span = fc.tuple(fc.nat(5), fc.nat(20), fc.nat(2));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
        const seen = new SeenSpans();
        const naive = new Set<string>();
        for (const [trace, id, kind] of spans) {
          const key = `${trace} ${id} ${kind}`;
          expect(seen.add(words(trace, id), kind)).toBe(!naive.has(key));
          naive.add(key);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("knows a span again after half a million others, in memory of a fixed size", () => {
    const seen = new SeenSpans();
    expect(seen.add(words(0, 0), 1)).toBe(true);
    let fresh = 0;
    for (let i = 1; i <= 600_000; i += 1) if (seen.add(words(i, i), 1)) fresh += 1;
    expect(fresh).toBe(600_000);
    expect(seen.add(words(0, 0), 1)).toBe(false);
    for (let i = 600_001; i <= 1_200_000; i += 1) seen.add(words(i, i), 1);
    expect(seen.add(words(0, 0), 1)).toBe(true);
  });
});
