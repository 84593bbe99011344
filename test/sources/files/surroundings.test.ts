import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SourceRecord } from "../../../src/model/index.ts";
import { type PastInput, Surroundings } from "../../../src/sources/files/surroundings.ts";
import { createShapeContext, RecordMaker } from "../../../src/sources/formats/record-maker.ts";
import { parseZone, type Zone } from "../../../src/sources/formats/zone.ts";
import { readSources } from "../../../src/sources/index.ts";
import type { RandomBytes } from "../../../src/sources/scan/bytes.ts";
import { Likeness } from "../../../src/sources/scan/likeness.ts";
import { LineMarks } from "../../../src/sources/scan/line-marks.ts";
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

  it("is read once for thousands of claims that stand near each other, from the beginning of a line on", async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `word ${i + 1} cancel and more of it, as long as lines of logs are`,
    );
    const log = Buffer.from(`${lines.join("\n")}\n`);
    let reads = 0;
    const bytes: RandomBytes = {
      readAt(target, position) {
        reads += 1;
        return Promise.resolve(log.copy(target, 0, position));
      },
      close: () => Promise.resolve(),
    };
    const clock = { zone: parseZone("UTC") as Zone, nearMs: 0 };
    const input: PastInput = {
      source: "chat.log",
      maker: new RecordMaker("chat.log", null, null, createShapeContext(prefilter, clock)),
      marks: new LineMarks(),
      bytes,
      extent: () => Promise.resolve({ from: 0, to: log.length }),
    };
    const places = Array.from({ length: 5_000 }, (_, i) => ({ source: "chat.log", byte: 400_000 + i * 57 }));
    const around: SourceRecord[] = [];
    const surroundings = new Surroundings([input], new Likeness([]));
    await surroundings.read({ span: null, moments: [], ids: [], places }, (more) => around.push(...more));
    expect(around.length).toBeGreaterThan(10);
    expect(around[0]?.texts[0]).toMatch(/^word \d+ cancel and more/);
    expect(reads).toBeLessThan(100);
  });
});
