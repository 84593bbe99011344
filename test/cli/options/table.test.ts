import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { longFlagOf, OPTIONS, optionsOf, optionsTable } from "../../../src/cli/options/table.ts";
import { root, runProgram } from "../program.ts";

describe("the table of options", () => {
  it("is in docs/cli.md (node scripts/options.ts writes it)", () => {
    expect(readFileSync(join(root, "docs/cli.md"), "utf8")).toContain(optionsTable());
  });

  it("names no option of a command twice", () => {
    for (const command of ["scan", "tui", "demo", "thrift"] as const) {
      const flags = optionsOf(command).map(longFlagOf);
      expect(new Set(flags).size).toBe(flags.length);
    }
  });

  it.each(["scan", "tui", "demo", "thrift"] as const)("is what %s --help shows", async (command) => {
    const { stdout } = await runProgram([command, "--help"]);
    const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
    expect(shown).toEqual([...optionsOf(command).map(longFlagOf), "--help"]);
  });

  it("collects what may be repeated, and keeps the default of what may not", async () => {
    const repeated = OPTIONS.filter((row) => row.repeats === true).map(longFlagOf);
    expect(repeated).toEqual([
      "--fail-on",
      "--allow",
      "--namespace",
      "--allow-host",
      "--redact",
      "--jaeger-service",
      "--jaeger-tag",
      "--root",
      "--where",
      "--service",
      "--timezone",
      "--dialects",
    ]);
    const twice = await runProgram([
      "scan",
      "--where",
      "kind=shutdown",
      "--where",
      "origin=oops",
      "--where",
      "kind=bad",
      "-",
    ]);
    expect(twice.stderr).toContain('no kind "bad"');
  });
});
