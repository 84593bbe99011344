import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSources } from "../../../src/sources/index.ts";
import { prefilter } from "../prefilter.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parts-"));
});
afterEach(() => rm(folder, { recursive: true }));

const TEXT = Array.from(
  { length: 40 },
  (_, i) => `2026/11/23 06:57:${10 + i}.000000 a.go:1: [Error] recv: cancel ${i}\n`,
).join("");

/** Writes pieces of a content under the names; the last one takes the rest. */
async function cut(content: Uint8Array, bytes: number, names: readonly string[]): Promise<void> {
  for (const [i, name] of names.entries())
    await writeFile(
      join(folder, name),
      content.subarray(i * bytes, i === names.length - 1 ? undefined : (i + 1) * bytes),
    );
}

async function read() {
  const reading = readSources([folder], { prefilter, timezone: "UTC", ringBytes: 1_000_000 });
  const records = [];
  for await (const batch of reading) records.push(...batch);
  return {
    texts: records.map(({ texts }) => texts[0]),
    services: [...new Set(records.map(({ service }) => service))],
    sources: reading.summary.inputs.map(({ source }) => source.slice(folder.length + 1)),
    last: records.at(-1)?.place,
  };
}

const ALL = Array.from({ length: 40 }, (_, i) => `recv: cancel ${i}`);

describe("a file that was cut into parts", () => {
  it.each([
    [["chat.log.aa", "chat.log.ab", "chat.log.ac"], "chat.log.a{a…c}"],
    [["chat.log.00", "chat.log.01", "chat.log.02"], "chat.log.0{0…2}"],
    [["chat.log.part1", "chat.log.part2", "chat.log.part3"], "chat.log.part{1…3}"],
  ])("in the middle of its lines is read as one: %s", async (names, source) => {
    await cut(Buffer.from(TEXT), 1001, names);
    const { texts, services, sources, last } = await read();
    expect(texts).toEqual(ALL);
    expect(services).toEqual(["chat"]);
    expect(sources).toEqual([source]);
    expect(last).toMatchObject({ line: 40 });
  });

  it("is read as one where it was packed before it was cut", async () => {
    const packed = gzipSync(TEXT);
    await cut(packed, Math.ceil(packed.length / 3), ["chat.log.gz.aa", "chat.log.gz.ab", "chat.log.gz.ac"]);
    expect((await read()).texts).toEqual(ALL);
  });

  it("between its lines is read part by part", async () => {
    const line = TEXT.indexOf("\n") + 1;
    await cut(Buffer.from(TEXT).subarray(0, line * 10), line * 5, ["chat.log.aa", "chat.log.ab"]);
    const { texts, sources } = await read();
    expect(texts).toEqual(ALL.slice(0, 10));
    expect(sources).toEqual(["chat.log.aa", "chat.log.ab"]);
  });

  it("is several where a part is missing, and where the lengths are those of different files", async () => {
    await cut(Buffer.from(TEXT), 1001, ["chat.log.aa", "chat.log.ac", "chat.log.ae"]);
    expect((await read()).sources).toHaveLength(3);
    await writeFile(join(folder, "chat.log.ab"), TEXT);
    expect((await read()).sources).toHaveLength(4);
  });
});
