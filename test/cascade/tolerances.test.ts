import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const cascade = resolve(import.meta.dirname, "../../src/cascade");
const table = readFileSync(join(cascade, "tolerances.ts"), "utf8");

describe("the table of tolerances", () => {
  it("says of each what was observed, and what a larger and a smaller one would break", () => {
    const entries = [...table.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*export const (\w+) = [\d_.]+;/gs)];
    expect(entries.length).toBe(table.match(/^export const /gm)?.length);
    const silent = entries.filter(([, doc]) => !/Observed: .+Larger: .+Smaller: /s.test(doc as string));
    expect(silent.map(([, , name]) => name)).toEqual([]);
  });

  it("has every span of time that hops, links, requests, incidents and verdicts depend on", () => {
    const files = readdirSync(cascade, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && file !== "tolerances.ts",
    );
    expect(files.length).toBeGreaterThan(20);
    const own = files.flatMap((file) =>
      [...readFileSync(join(cascade, file), "utf8").matchAll(/const (\w+_MS) = [\d_.]+;/g)].map(
        ([, name]) => `${file}: ${name}`,
      ),
    );
    expect(own).toEqual([]);
  });
});
