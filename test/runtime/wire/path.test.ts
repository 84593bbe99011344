import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText, fitPath, joinPath, splitPath } from "../../../src/runtime/wire/index.ts";

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

describe("a path that must fit into every header", () => {
  it("is left alone where it fits", () => {
    const path = ["origin", "relay", "caller"];
    expect(fitPath(path)).toBe(path);
    const long = ["a".repeat(1024), "b".repeat(1024)];
    expect(fitPath(long)).toEqual(long);
  });

  it("has its long names cut between two characters, and says so", () => {
    expect(fitPath(["a".repeat(1025), "é".repeat(600)])).toEqual([`${"a".repeat(1021)}…`, `${"é".repeat(510)}…`]);
  });

  it("loses names of its middle, and says where", () => {
    const path = ["origin", ...Array.from({ length: 9000 }, (_, i) => `service-${i}`), "caller"];
    const fitted = fitPath(path);
    expect(Buffer.byteLength(joinPath(fitted))).toBeLessThanOrEqual(16 * 1024 + 8);
    expect([fitted[0], fitted.at(-1)]).toEqual(["origin", "caller"]);
    expect(fitted.filter((name) => name === "…")).toHaveLength(1);
    expect(fitted.length).toBeGreaterThan(500);
    expect(fitPath(fitted)).toEqual(fitted);
  });

  it("fits whatever it was", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 3000 }), { maxLength: 60 }), (path) => {
        const fitted = fitPath(path);
        expect(Buffer.byteLength(joinPath(fitted))).toBeLessThanOrEqual(17 * 1024);
        if (path.length > 0) expect(fitted[0]).toBe(cutText(path[0] as string, 1024));
        if (path.length > 1) expect(fitted.at(-1)).toBe(cutText(path.at(-1) as string, 1024));
      }),
    );
  });
});
