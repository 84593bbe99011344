import { describe, expect, it } from "vitest";
import { formatPlaces } from "../../src/present/index.ts";

const at = (source: string, line: number) => ({ source, line });

describe("several places", () => {
  it("of one source share its name", () => {
    expect(formatPlaces([at("a", 5), at("a", 9), at("b", 1)], 6)).toEqual(["a:5, 9", "b:1"]);
  });

  it("beyond the limit are counted, also a single one", () => {
    expect(formatPlaces([at("a", 1), at("a", 2), at("a", 3)], 2)).toEqual(["a:1, 2", "1 more"]);
    expect(formatPlaces([at("a", 1), at("a", 2)], 2)).toEqual(["a:1, 2"]);
  });
});
