import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { DIALECTS, grpcCodeName } from "../../src/dialects/index.ts";
import { ATTRIBUTE } from "../../src/model/index.ts";
import { allCodes, NON_TTSTREAM } from "../../src/ttstream/index.ts";

const cascade = resolve(import.meta.dirname, "../../src/cascade");

const files = readdirSync(cascade, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => join(entry.parentPath, entry.name));

/** Words that the engine needs for itself and that some dialect uses, too. */
const ORDINARY = new Set(["cancel", "Go", "transport", "rst", "reset", "OK", "Unknown", "Aborted", "Internal"]);

/** What only dialects may know, taken from their own tables. */
const vocabulary = [
  ...DIALECTS.flatMap(({ name, product, needles }) => [name, product, ...needles]),
  ...allCodes().flatMap(({ code, sentence }) => (code > 1_000 ? [String(code), sentence] : [sentence])),
  ...Array.from({ length: 18 }, (_, code) => grpcCodeName(code)),
  ...Object.values(ATTRIBUTE),
  NON_TTSTREAM,
  "[triggered by",
  "[biz error]",
].filter((word) => !ORDINARY.has(word));

describe("the cascade engine", () => {
  it("has files to look at, and the dialects have words", () => {
    expect(files.length).toBeGreaterThan(15);
    expect(vocabulary).toEqual(expect.arrayContaining(["Kitex", "12007", "rpc error: code = ", "DeadlineExceeded"]));
  });

  it("knows no dialect: no name, no code, no product, no wording of one, not even in comments", () => {
    const found = files.flatMap((file) => {
      // A link to a page of the documentation may have any name
      const text = readFileSync(file, "utf8").replace(/docs\/[\w./#-]+/g, "");
      return vocabulary
        .filter((word) => new RegExp(`(?<!\\w)${escapeRegExp(word)}(?!\\w)`, "i").test(text))
        .map((word) => `${file}: ${word}`);
    });
    expect(found).toEqual([]);
  });
});

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
