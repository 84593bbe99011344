import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { attributesDocument } from "../../scripts/attributes.ts";
import { ATTRIBUTE, ATTRIBUTES, CONVENTION, METRIC, METRICS } from "../../src/model/index.ts";

describe("the table of attributes", () => {
  it("is what docs/attributes.md says (node scripts/attributes.ts writes it)", () => {
    expect(readFileSync(new URL("../../docs/attributes.md", import.meta.url), "utf8")).toBe(attributesDocument());
  });

  it("has a row for each name, once", () => {
    const rows = ATTRIBUTES.map((row) => row.name);
    expect(new Set(rows).size).toBe(rows.length);
    expect(new Set(rows)).toEqual(new Set([...Object.values(ATTRIBUTE), ...Object.values(CONVENTION)]));
    expect(METRICS.map((row) => row.name).sort()).toEqual(Object.values(METRIC).sort());
  });

  it("gives a unit where the name has one", () => {
    for (const { name, unit } of ATTRIBUTES) expect([name, unit === "ms"]).toEqual([name, name.endsWith("_ms")]);
  });
});
