import { describe, expect, it } from "vitest";
import { joinPath, splitPath } from "../../../src/runtime/wire/index.ts";

describe("a path on the wire", () => {
  it("is split at its commas; no text is no path", () => {
    expect(splitPath("a,b,c")).toEqual(["a", "b", "c"]);
    expect(splitPath("a")).toEqual(["a"]);
    expect(splitPath("a,,b")).toEqual(["a", "", "b"]);
    expect(splitPath("")).toEqual([]);
    expect(splitPath(undefined)).toEqual([]);
  });

  it("is the names with commas between", () => {
    expect(joinPath(["A", "B", "C"])).toBe("A,B,C");
    expect(joinPath([])).toBe("");
  });

  it("loses names of its middle where it is too long: the origin and the direct caller stay", () => {
    const path = ["origin", ...Array.from({ length: 9000 }, (_, i) => `service-${i}`), "caller"];
    const names = joinPath(path).split(",");
    expect(Buffer.byteLength(names.join(","))).toBeLessThanOrEqual(65535);
    expect([names[0], names.at(-1)]).toEqual(["origin", "caller"]);
    expect(names.length).toBeGreaterThan(1000);
    expect(path.join(",").length).toBeGreaterThan(65535);
  });

  it("fits to the byte", () => {
    const exact = ["a".repeat(32767), "b".repeat(32767)];
    expect(joinPath(exact)).toBe(exact.join(","));
    const over = ["a".repeat(32767), "x", "b".repeat(32767)];
    expect(joinPath(over)).toBe(exact.join(","));
    const three = ["a".repeat(32766), "", "b".repeat(32767)];
    expect(joinPath(three)).toBe(three.join(","));
  });

  it("keeps two names however long they are", () => {
    const two = ["a".repeat(70_000), "b"];
    expect(joinPath(two)).toBe(two.join(","));
  });
});
