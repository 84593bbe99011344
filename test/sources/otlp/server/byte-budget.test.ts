import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteBudget } from "../../../../src/sources/otlp/server/byte-budget.ts";

describe("the byte budget", () => {
  it("never gives more than its limit, and gives again what came back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.boolean()), { maxLength: 50 }), (steps) => {
        const budget = new ByteBudget(100);
        const held: number[] = [];
        for (const [bytes, gives] of steps) {
          const used = held.reduce((sum, each) => sum + each, 0);
          if (gives && held.length > 0) budget.release(held.shift() as number);
          else {
            const taken = budget.reserve(bytes);
            expect(taken).toBe(used + bytes <= 100);
            if (taken) held.push(bytes);
          }
        }
      }),
    );
  });
});
