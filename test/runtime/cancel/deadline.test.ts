import { describe, expect, it } from "vitest";
import { deadlinePassed, readOwner, writeOwner } from "../../../src/runtime/cancel/deadline.ts";

describe("whose deadline a call has", () => {
  it("comes back from the wire: nanoseconds and the path of its cancel", () => {
    for (const path of [["A"], ["A", "B b", "C"], []]) {
      const owner = { nanos: 299_972_198n, path };
      expect(readOwner(writeOwner(owner))).toEqual(owner);
    }
    expect(writeOwner({ nanos: 5n, path: ["A", "B"] })).toBe("5 A,B");
  });

  it("may have a line break in a name that is not ours", () => {
    expect(readOwner("5 A\nB")).toEqual({ nanos: 5n, path: ["A\nB"] });
  });

  it.each([
    undefined,
    "",
    "5",
    " A",
    "x A",
    "-5 A",
    "5.5 A",
    "12345678901234567890 A",
    "x5 A",
    "5  A".replace("  ", "\t"),
  ])("is not known from %j", (text) => {
    expect(readOwner(text)).toBeNull();
  });

  it("is told in Kitex's sentence when it has passed", () => {
    expect(deadlinePassed(1_500_000_000n)).toEqual({
      code: 12015,
      text: "stream timeout, timeout in ctx: 1.5s",
      kind: "deadline",
    });
  });
});
