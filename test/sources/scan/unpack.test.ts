import { zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { unzstd } from "../../../src/sources/scan/unpack.ts";

describe("a zstd that makes ten thousand bytes of one", () => {
  it("is unpacked in small steps, so that what comes out of each fits in memory", async () => {
    const size = 64 * 1024 * 1024;
    const packed = zstdCompressSync(Buffer.alloc(size));
    let pulled = 0;
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let from = 0; from < packed.length; from += 256) {
        pulled += 256;
        yield packed.subarray(from, from + 256);
      }
    }
    let made = 0;
    let first = 0;
    for await (const chunk of unzstd(pieces(), () => undefined)) {
      if (made === 0) first = pulled;
      made += chunk.length;
    }
    expect(made).toBe(size);
    expect(first).toBeLessThanOrEqual(1024);
    expect(packed.length).toBeGreaterThan(1024);
  });
});
