import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../../src");
const door = join(src, "runtime/index.ts");

/** What importing a file loads: files, and modules that are none. Types and import() cost nothing. */
function loadedBy(entry: string): { readonly files: ReadonlySet<string>; readonly modules: ReadonlySet<string> } {
  const files = new Set<string>();
  const modules = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    for (const [, clause = "", target = ""] of text.matchAll(
      /^(?:import|export)\b([^;"]*?\bfrom\s*|\s*)"([^"]+)";$/gms,
    )) {
      if (/^\s*type\b/.test(clause)) continue;
      if (target.startsWith(".")) visit(resolve(dirname(file), target));
      else modules.add(target);
    }
  };
  visit(entry);
  return { files, modules };
}

describe('import("streamscope/runtime")', () => {
  const { files, modules } = loadedBy(door);

  it("loads the check of Node's release, the runtime, the text of errors and the words of the model, and nothing else of this package", () => {
    const rooms = new Set([...files].map((file) => relative(src, file).split("/")[0]));
    expect([...rooms].sort()).toEqual(["model", "needs-node.ts", "runtime", "ttstream"]);
    expect(files.size).toBeGreaterThan(30);
  });

  it("loads no package, only modules of Node", () => {
    expect([...modules].filter((each) => !each.startsWith("node:"))).toEqual([]);
    expect(modules).toContain("node:net");
  });

  it("does not pull in TLS or HTTP/2", () => {
    const script = `await import(${JSON.stringify(door)}); console.log(JSON.stringify(process.moduleLoadList))`;
    const list = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    const heavy = (JSON.parse(list) as string[]).filter((each) =>
      /NativeModule (tls|_tls_wrap|http2?|https)$/.test(each),
    );
    expect(heavy).toEqual([]);
  });
});
