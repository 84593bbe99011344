import { describe, expect, it, vi } from "vitest";
import { nextId } from "../../../src/runtime/cancel/ids.ts";

describe("ids", () => {
  it("are sixteen hex digits, all different, with one beginning for the process", () => {
    const ids = Array.from({ length: 1000 }, nextId);
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(ids.map((id) => id.slice(0, 8))).size).toBe(1);
  });

  it("count up from a random number, over its end as well, and keep their zeros", async () => {
    vi.resetModules();
    const random = vi.spyOn(crypto, "getRandomValues").mockImplementation((words) => {
      (words as unknown as Uint32Array).set([0x12, 0xffff_fffe]);
      return words;
    });
    const { nextId: next } = await import("../../../src/runtime/cancel/ids.ts");
    expect([next(), next(), next()]).toEqual(["00000012ffffffff", "0000001200000000", "0000001200000001"]);
    expect(random).toHaveBeenCalledTimes(1);
    random.mockRestore();
  });
});
