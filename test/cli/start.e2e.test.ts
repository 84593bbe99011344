import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bin, root } from "./program.ts";

/** Modules of Node that a run of the program has loaded at its end. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const atEnd = `data:text/javascript,process.on("exit", () => process.stderr.write(JSON.stringify(process.moduleLoadList)))`;
  const script = `${JSON.stringify(process.execPath)} --import ${JSON.stringify(atEnd)} ${JSON.stringify(bin)} ${args.join(" ")} 2>&1 >/dev/null`;
  const list = JSON.parse(execFileSync("sh", ["-c", script], { cwd: root, encoding: "utf8" })) as string[];
  return list.map((each) => each.replace(/^(?:NativeModule|Internal Binding) /, ""));
}

describe("a scan of files", () => {
  it("loads nothing that speaks over a network: that would take half of its start", () => {
    const loaded = loadedBy("scan", "examples/recordings/1-cancel.jsonl");
    expect(loaded).toContain("worker_threads");
    for (const heavy of ["http", "https", "http2", "tls", "internal/deps/undici/undici"])
      expect(loaded).not.toContain(heavy);
  });
});
