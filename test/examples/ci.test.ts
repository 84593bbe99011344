import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bin, root } from "../cli/program.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ci-gate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the gate around a load test; its exit code and the report that it wrote. */
function gate(...load: readonly string[]): { readonly code: number | null; readonly report: string } {
  const report = join(folder, "streamscope.xml");
  const { status } = spawnSync(join(root, "examples/ci/gate.sh"), [join(folder, "logs"), report, ...load], {
    cwd: root,
    env: { ...process.env, STREAMSCOPE: `${process.execPath} ${bin}` },
    encoding: "utf8",
  });
  return { code: status, report: readFileSync(report, "utf8") };
}

const load = (...flags: readonly string[]): readonly string[] => [
  process.execPath,
  "examples/ci/load.ts",
  join(folder, "logs"),
  ...flags,
];

describe("the gate of a load test in examples/ci", () => {
  it("is open where every cancel has been accepted", () => {
    const { code, report } = gate(...load());
    expect(code).toBe(0);
    expect(report).toContain('failures="0" errors="0"');
  });

  it("is closed by a cancel that nobody has accepted, and the report shows it", () => {
    const { code, report } = gate(...load("--slow"));
    expect(code).toBe(1);
    expect(report).toMatch(/<failure message="1 cancel: gateway started it: its 100 ms for model ran out/);
  });

  it("is closed where the load test fails, whatever the logs say", () => {
    gate(...load());
    expect(gate("sh", "-c", "exit 42").code).toBe(42);
  });

  it("is closed where there are no logs", () => {
    expect(gate("true").code).toBe(3);
  });
});
