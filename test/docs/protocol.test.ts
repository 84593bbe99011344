import { existsSync, globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { FRAME_TYPES, STRING_KEYS } from "../../src/runtime/wire/frame.ts";
import { allCodes } from "../../src/ttstream/index.ts";

const root = resolve(import.meta.dirname, "../..");
const text = readFileSync(join(root, "docs/protocol.md"), "utf8");

/** First cells of the rows of the table under a heading. */
function firstCells(heading: string): string[] {
  const [section = ""] = text.slice(text.indexOf(`### ${heading}\n`) + 4).split(/^#/m);
  return [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell as string);
}

describe("docs/protocol.md", () => {
  it("has a row for every code that has a meaning here", () => {
    const rows = firstCells("Code table");
    expect(rows).toEqual(expect.arrayContaining(allCodes().map(({ code }) => String(code))));
  });

  it("has a row for every frame type and every string key of the wire", () => {
    const rows = firstCells("Frame types");
    expect(rows).toEqual(expect.arrayContaining(Object.values(FRAME_TYPES).map(String)));
    const keys = [...firstCells("Keys"), ...firstCells("Own keys")].join(" ");
    expect(Object.values(STRING_KEYS).filter((key) => !keys.includes(`\`${key}\``))).toEqual([]);
  });

  it("names only recordings and files that are in the repository", () => {
    const seen = [...text.matchAll(/(?:seen|captured)[^()]*\(([^)]*)\)/g)].flatMap(([, list]) =>
      [...(list as string).matchAll(/`([a-z]+\d*[a-z]*_[\w*]+)(?:\.c2s\.hex)?`/g)].map(([, name]) => name as string),
    );
    expect(seen.length).toBeGreaterThan(20);
    const found = (name: string) =>
      globSync(`test/fixtures/{kitex/klog/${name},kitex*/json/${name}.jsonl,wire/${name}.c2s.hex}`, { cwd: root })
        .length > 0;
    expect(seen.filter((name) => !found(name))).toEqual([]);
    const files = [...text.matchAll(/`((?:src|test)\/[\w/.-]+)`/g)].map(([, path]) => path as string);
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
