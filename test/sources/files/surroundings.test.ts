import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { readSources } from "../../../src/sources/index.ts";
import { prefilter } from "../prefilter.ts";

const folder = mkdtempSync(join(tmpdir(), "streamscope-around-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("what stands around a claim", () => {
  it("is told with the numbers of its lines, wherever in a large file they are", async () => {
    const path = join(folder, "chat.log");
    const hits = [9_000, 9_007, 16_000, 30_000];
    const lines = Array.from(
      { length: 40_000 },
      (_, i) => `word ${i + 1}${hits.includes(i + 1) ? " cancel" : ""} and more of it, as long as lines of logs are`,
    );
    writeFileSync(path, `${lines.join("\n")}\n`);
    const reading = readSources([path], { prefilter, timezone: "UTC", ringBytes: 1024 });
    const claims: SourceRecord[] = [];
    for await (const batch of reading) claims.push(...batch);
    expect(claims.map(({ place }) => "line" in place && place.line)).toEqual(hits);
    for (const { place } of claims) {
      if (!("source" in place)) throw new TypeError("a line of a file has a place in it");
      const around: SourceRecord[] = [];
      await reading.readAround({ span: null, moments: [], ids: [], places: [place] }, (more) => around.push(...more));
      expect(around.length).toBeGreaterThan(10);
      // What the reading stops in the middle of is the last one
      for (const { texts, place: own } of around.slice(0, -1))
        expect(texts[0]).toMatch(new RegExp(`^word ${"line" in own ? own.line : "?"} `));
    }
  });
});
