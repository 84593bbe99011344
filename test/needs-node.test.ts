import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tooOld } from "../src/needs-node.ts";

const root = join(import.meta.dirname, "..");

describe("an entry point", () => {
  it.each(["20.20.2", "22.14.9", "18.0.0", "9.99.0"])("says in one sentence that Node.js %s is too old", (version) => {
    expect(tooOld(version)).toBe(`streamscope needs Node.js 22.15 or newer; this is v${version}.`);
  });

  it.each(["22.15.0", "22.15.1", "22.20.0", "23.0.0", "24.9.0", "100.0.0"])("takes Node.js %s", (version) => {
    expect(tooOld(version)).toBeNull();
  });

  it("asks for what package.json promises", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };
    expect(tooOld("0.0.0")).toContain(`needs Node.js ${manifest.engines.node.slice(">=".length)} or newer`);
  });

  it.each(["index.ts", "runtime/index.ts", "tracer/index.ts"])("src/%s asks before it loads anything else", (file) => {
    const text = readFileSync(join(root, "src", file), "utf8");
    expect(text.match(/from "(.*)";|^import "(.*)";/m)?.[0]).toMatch(/needs-node\.ts/);
  });
});
