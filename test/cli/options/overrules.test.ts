import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOverrules, writeOverrules } from "../../../src/cli/options/overrules.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "overrules-"));
  file = join(folder, "said.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const word = (id: string, by: string) => ({ about: { id }, by, note: "" });

function reading(data: unknown): () => unknown {
  writeFileSync(file, typeof data === "string" ? data : JSON.stringify(data));
  return () => readOverrules(file);
}

describe("a file of overrules", () => {
  it("comes back as it was written", () => {
    const words = [word("a1", "users"), { about: { alike: "gateway > cancel > model" }, by: "users", note: "tabs" }];
    writeOverrules(file, words);
    expect(readOverrules(file)).toEqual(words);
  });

  it("is read without a version, which people leave out", () => {
    expect(reading({ overrules: [word("a1", "users")] })()).toHaveLength(1);
  });

  it("of a newer release is refused: its words may mean something else", () => {
    expect(reading({ version: 2, overrules: [] })).toThrow(/its version is 2, and this streamscope knows 1: update/);
  });

  it("with two starters of the same cancels is refused, as after a merge", () => {
    const clash = { version: 1, overrules: [word("a1", "users"), word("b2", "chat"), word("a1", "chat")] };
    expect(reading(clash)).toThrow(/entries 1 and 3 name two who started the same cancels/);
    const alike = { about: { alike: "a1" }, by: "chat", note: "" };
    expect(reading({ version: 1, overrules: [word("a1", "users"), alike, word("a1", "users")] })()).toHaveLength(3);
  });

  it.each(["", "[]", "{}", '{"overrules":{}}', '{"overrules":[{"by":"x"}]}'])("that holds %j is refused", (text) => {
    expect(reading(text)).toThrow(/--overrules .*: (?:is no JSON|has no list|entry 1 needs)/);
  });
});
