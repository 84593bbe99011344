import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Diagnostics } from "../../../src/sources/diagnostics.ts";
import { expandInputs } from "../../../src/sources/files/inputs.ts";

const root = mkdtempSync(join(tmpdir(), "streamscope-inputs-"));
mkdirSync(join(root, "a/b/c"), { recursive: true });
for (const path of ["1.log", "a/2.log", "a/b/3.log", "a/b/c/4.log"]) writeFileSync(join(root, path), "x\n");
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The files that a glob finds, and the folders that are looked into for it. */
async function expand(glob: string): Promise<{ readonly files: string[]; readonly folders: string[] }> {
  const folders: string[] = [];
  const { readdir } = fsPromises;
  const watched = async (path: string, options: object): Promise<unknown> => {
    folders.push(path.slice(root.length));
    return await readdir(path, options as never);
  };
  fsPromises.readdir = watched as typeof readdir;
  syncBuiltinESMExports();
  try {
    const inputs = await expandInputs([join(root, glob)], new Diagnostics(10));
    return { files: inputs.map(({ source }) => source.slice(root.length + 1)), folders };
  } finally {
    fsPromises.readdir = readdir;
    syncBuiltinESMExports();
  }
}

describe("a glob", () => {
  it.each([
    ["*.log", ["1.log"], [""]],
    ["*/*.log", ["a/2.log"], ["", "/a"]],
    ["a/*/3.log", ["a/b/3.log"], ["/a", "/a/b"]],
    ["**/*.log", ["1.log", "a/2.log", "a/b/3.log", "a/b/c/4.log"], ["", "/a", "/a/b", "/a/b/c"]],
    ["{1.log,a/b/*.log}", ["1.log", "a/b/3.log"], ["", "/a", "/a/b", "/a/b/c"]],
  ])("looks into no folder deeper than it can find anything: %s", async (glob, files, folders) => {
    expect(await expand(glob)).toEqual({ files, folders });
  });
});
