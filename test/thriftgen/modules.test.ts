import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { Struct } from "../../src/runtime/index.ts";
import { root } from "../cli/program.ts";
import { Request as HandMade } from "../support/chat.ts";
import { fixtureModule } from "./idl.ts";

const runtime = join(root, "src/runtime/index.ts");
const folder = mkdtempSync(join(tmpdir(), "streamscope-thrift-"));
afterAll(() => rmSync(folder, { recursive: true }));

function tool(name: string, args: readonly string[], input = ""): { readonly code: number; readonly text: string } {
  try {
    const text = execFileSync(join(root, "node_modules/.bin", name), args, { cwd: root, input, encoding: "utf8" });
    return { code: 0, text };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, text: stdout + stderr };
  }
}

describe.each(["chat", "everything"])("the module made of %s.thrift", (name) => {
  const { text } = fixtureModule(`${name}.thrift`);

  it("is typed as strictly as this project", () => {
    const here = join(folder, name);
    mkdirSync(here);
    writeFileSync(join(here, "package.json"), '{ "type": "module" }');
    writeFileSync(join(here, "made.ts"), text);
    const compilerOptions = {
      typeRoots: [join(root, "node_modules/@types")],
      paths: { "streamscope/runtime": [runtime] },
    };
    const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["made.ts"] };
    writeFileSync(join(here, "tsconfig.json"), JSON.stringify(config));
    expect(tool("tsc", ["-p", here, "--noEmit"])).toEqual({ code: 0, text: "" });
  });

  it("is left alone by formatter and linter", () => {
    const file = join(root, "src", "made.ts");
    expect(tool("biome", ["check", "--write", `--stdin-file-path=${file}`], text)).toEqual({ code: 0, text });
  });

  it("runs, and every struct in it takes its own defaults through encode and decode", async () => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, text.replace('"streamscope/runtime"', JSON.stringify(pathToFileURL(runtime).href)));
    const made = (await import(file)) as Record<string, Partial<Struct<unknown>>>;
    const structs = Object.values(made).filter(({ create }) => typeof create === "function") as Struct<unknown>[];
    expect(structs.length).toBeGreaterThan(1);
    for (const each of structs) {
      const message = each.create();
      expect(each.decode(Buffer.from(each.encode(message)))).toEqual(message);
    }
  });
});

describe("the module made of the peer's IDL", () => {
  it("has the bytes of the structs written by hand", async () => {
    const file = join(folder, "bytes.ts");
    const { text } = fixtureModule("chat.thrift");
    writeFileSync(file, text.replace('"streamscope/runtime"', JSON.stringify(pathToFileURL(runtime).href)));
    const { Request } = (await import(file)) as { Request: Struct<HandMade> };
    const message = HandMade.create({ message: "hello", count: 3n, payload: Buffer.from("abc") });
    expect(Request.encode(message)).toEqual(HandMade.encode(message));
  });
});
