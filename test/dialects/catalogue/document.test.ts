import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dialectsDocument } from "../../../scripts/dialects.ts";
import { CATALOGUE, SIGNS } from "../../../src/dialects/catalogue/index.ts";

describe("the document of dialects", () => {
  it("is what docs/dialects.md says (node scripts/dialects.ts writes it)", () => {
    expect(readFileSync(new URL("../../../docs/dialects.md", import.meta.url), "utf8")).toBe(dialectsDocument());
  });

  it("has every wording and every sign once", () => {
    const rows = dialectsDocument().split("\n");
    for (const { id } of CATALOGUE) expect(rows.filter((row) => row.startsWith(`| ${id} |`))).toHaveLength(1);
    for (const { product, sign } of SIGNS)
      expect(rows.filter((row) => row.startsWith(`| ${product} | \`${sign}\` |`))).toHaveLength(1);
  });
});
