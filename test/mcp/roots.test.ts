import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesBelow } from "../../src/mcp/index.ts";

let all = "";
let root = "";
beforeEach(() => {
  all = realpathSync(mkdtempSync(join(tmpdir(), "roots-")));
  root = join(all, "logs");
  mkdirSync(join(root, "deep/er"), { recursive: true });
  for (const name of ["a.log", "deep/b.log", "deep/er/c*.log", ".hidden"]) writeFileSync(join(root, name), "x");
  writeFileSync(join(all, "secret.log"), "x");
  mkdirSync(join(all, "logs-of-others"));
  writeFileSync(join(all, "logs-of-others/d.log"), "x");
});
afterEach(() => rmSync(all, { recursive: true }));

const names = async (...paths: string[]): Promise<readonly string[]> =>
  (await filesBelow([root], paths)).map((file) => relative(root, file));

describe("the files that a model may have read", () => {
  it("are files, and folders with what lies below them", async () => {
    expect(await names(".")).toEqual(["a.log", "deep/b.log", "deep/er/c*.log"]);
    expect(await names("deep", "a.log", "deep/b.log")).toEqual(["deep/b.log", "deep/er/c*.log", "a.log"]);
    expect(await names(join(root, "a.log"))).toEqual(["a.log"]);
    expect(await names("deep/../a.log")).toEqual(["a.log"]);
  });

  it.each([
    "../secret.log",
    "..",
    "/etc/passwd",
    "deep/../../secret.log",
    "../logs-of-others/d.log",
    "nothing.log",
    "-",
    "",
    "a.log\0",
    "*.log",
  ])("are none by the path %j", async (path) => {
    if (path === "") expect(await names(path)).toHaveLength(3);
    else await expect(filesBelow([root], [path])).rejects.toThrow(/below the roots/);
  });

  it("are none by a link that leads out, named or met", async () => {
    symlinkSync(join(all, "secret.log"), join(root, "link.log"));
    symlinkSync(all, join(root, "up"));
    symlinkSync("b.log", join(root, "deep/inside.log"));
    await expect(filesBelow([root], ["link.log"])).rejects.toThrow(/below the roots/);
    await expect(filesBelow([root], ["up/secret.log"])).rejects.toThrow(/below the roots/);
    expect(await names(".")).toEqual(["a.log", "deep/b.log", "deep/er/c*.log"]);
  });

  it("are not hidden ones, by whatever path or link", async () => {
    mkdirSync(join(root, ".git"));
    mkdirSync(join(root, "node_modules"));
    writeFileSync(join(root, ".git/config"), "x");
    writeFileSync(join(root, "node_modules/e.log"), "x");
    symlinkSync("../.git/config", join(root, "deep/config.log"));
    for (const path of [".hidden", ".git", ".git/config", "deep/../.hidden", "node_modules/e.log", "deep/config.log"])
      await expect(filesBelow([root], [path])).rejects.toThrow(/left out/);
    expect(await names(".")).toEqual(["a.log", "deep/b.log", "deep/er/c*.log"]);
  });

  it("may lie below a root that is itself hidden, or below a hidden folder: a person named it", async () => {
    const inside = join(all, ".cache/logs");
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, "e.log"), "x");
    expect(await filesBelow([inside], ["."])).toEqual([join(inside, "e.log")]);
    expect(await filesBelow([all, inside], [join(inside, "e.log")])).toEqual([join(inside, "e.log")]);
    await expect(filesBelow([all], [".cache/logs/e.log"])).rejects.toThrow(/left out/);
  });

  it("are regular: a pipe that nobody writes to is not opened", async () => {
    execFileSync("mkfifo", [join(root, "pipe.log")]);
    expect(await names("pipe.log")).toEqual([]);
    expect(await names(".")).toHaveLength(3);
  });

  it("lie below any of several roots, one of which may be a link itself", async () => {
    symlinkSync(join(all, "logs-of-others"), join(all, "shortcut"));
    const found = await filesBelow([root, join(all, "shortcut")], ["d.log", "a.log"]);
    expect(found).toEqual([join(all, "logs-of-others/d.log"), join(root, "a.log")]);
  });
});
