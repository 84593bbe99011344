import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { WARNING_RULES } from "../../src/cascade/index.ts";
import { warningsDocument } from "../../src/present/advice.ts";
import { adviceOn } from "../../src/present/index.ts";

describe("advice", () => {
  it.each(WARNING_RULES)("is there about %s: why it matters, what to do, how it is known", (rule) => {
    const { name, why, todo, how } = adviceOn(rule);
    expect(name.length).toBeGreaterThan(3);
    for (const text of [why, todo, how]) expect(text).toMatch(/^[A-Z].{20,}[.…]$/);
  });

  it("is what docs/warnings.md says (node scripts/warnings.ts writes it)", () => {
    const page = readFileSync(new URL("../../docs/warnings.md", import.meta.url), "utf8");
    expect(page).toBe(warningsDocument());
    for (const rule of WARNING_RULES) expect(page).toContain(`\n## ${rule}\n`);
  });
});
