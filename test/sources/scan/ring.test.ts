import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ring } from "../../../src/sources/scan/ring.ts";

const MIB = 2 ** 20;

describe("the ring", () => {
  it("gives back the last bytes of a stream at their positions, however they came", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 700_000 }), { maxLength: 12 }), async (sizes) => {
        const ring = new Ring(2 * MIB);
        const all = Buffer.alloc(sizes.reduce((sum, size) => sum + size, 0));
        for (let i = 0; i < all.length; i += 4) all.writeUInt8((i * 31) & 0xff, i);
        let from = 0;
        for (const size of sizes) {
          ring.push(all.subarray(from, from + size));
          from += size;
        }
        expect(ring.end).toBe(all.length);
        expect(ring.end - ring.start).toBeGreaterThanOrEqual(Math.min(all.length, 2 * MIB));
        const target = Buffer.alloc(all.length - ring.start);
        expect(await ring.readAt(target, ring.start)).toBe(target.length);
        expect(target.equals(all.subarray(ring.start))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("gives nothing of what it no longer holds, and nothing of what has not come", async () => {
    const ring = new Ring(MIB);
    ring.push(Buffer.alloc(5 * MIB, 1));
    expect(ring.start).toBeGreaterThan(0);
    expect(await ring.readAt(Buffer.alloc(10), 0)).toBe(0);
    expect(await ring.readAt(Buffer.alloc(10), 5 * MIB)).toBe(0);
  });

  it("does not grow", () => {
    const ring = new Ring(MIB);
    for (let i = 0; i < 40; i += 1) ring.push(Buffer.alloc(MIB / 2));
    expect(ring.end - ring.start).toBeLessThanOrEqual(2 * MIB);
  });
});
