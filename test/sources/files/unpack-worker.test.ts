import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { createDialects } from "../../../src/dialects/index.ts";
import type { SourceRecord } from "../../../src/model/index.ts";
import { readSources } from "../../../src/sources/index.ts";
import { AheadStream } from "../../../src/sources/scan/ahead/ahead-stream.ts";
import { createSharedBlocks } from "../../../src/sources/scan/ahead/blocks.ts";

const { prefilter } = createDialects();
const folder = mkdtempSync(join(tmpdir(), "streamscope-unpack-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A log that stays large when it is packed: figures that nobody can foresee, a cancel and an order in some lines. */
function makeLog(lines: number): string {
  let seed = 7;
  const random = (): string => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed.toString(36);
  };
  return Array.from({ length: lines }, (_, i) => {
    const words = Array.from({ length: 12 }, random).join("");
    const at = new Date(1_790_000_000_000 + i * 40).toISOString();
    if (i % 997 === 0) return `{"time":"${at}","service":"a","err":"rpc error: code = Canceled desc = ${words}"}`;
    return `{"time":"${at}","service":"a","msg":"${i % 97 === 0 ? `order ${i} cancelled` : words}","of":"${words}"}`;
  }).join("\n");
}

const log = makeLog(90_000);
const packed = gzipSync(log, { level: 1 });

function writeLog(name: string, bytes: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** What is read of a file, as its reader tells it, without its name. */
async function readAll(path: string) {
  const reading = readSources([path], { prefilter });
  const records: SourceRecord[] = [];
  for await (const batch of reading) {
    records.push(...batch);
    for (const record of batch)
      if (record.texts.some((text) => text.startsWith("order"))) reading.passOver(record, true);
  }
  const { hits, passedOver, diagnostics, inputs, records: lines } = reading.summary;
  const nameless = records.map(({ place, ...rest }) => ({ ...rest, place: { ...place, source: "" } }));
  return { records: nameless, hits, passedOver, lines, diagnostics, inputs };
}

describe("a large packed file", () => {
  it("is read as its text is, every line and every count", async () => {
    const plain = await readAll(writeLog("a.log", log));
    const unpacked = await readAll(writeLog("a.log.gz", packed));
    expect(packed.length).toBeGreaterThan(4 * 1024 * 1024);
    expect(plain.records.length).toBeGreaterThan(90);
    expect(unpacked.records.map(({ place }) => place)).toEqual(plain.records.map(({ place }) => place));
    expect(unpacked.records).toEqual(plain.records);
    for (const count of ["hits", "passedOver", "lines"] as const) expect(unpacked[count]).toBe(plain[count]);
    expect(unpacked.diagnostics).toEqual([]);
    expect(unpacked.inputs[0]).toMatchObject({ size: packed.length, taken: packed.length });
  });

  it("that is cut gives all that is whole, and says so", async () => {
    const { records, diagnostics } = await readAll(writeLog("cut.log.gz", packed.subarray(0, packed.length - 1_000)));
    expect(records.length).toBeGreaterThan(80);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "the gzip data is damaged: unexpected end of file; what is whole is read",
    ]);
  });

  it("is unpacked by its reader where no thread can begin", async () => {
    const told: boolean[] = [];
    const stream = new AheadStream({
      worker: new URL("./no-such-thread.ts", import.meta.url),
      order: { blocks: createSharedBlocks() },
      onMessage: () => undefined,
      onTaken: () => undefined,
      otherwise: () => ({
        read: (target) => Promise.resolve(target.write("as it is")),
        close: () => Promise.resolve(),
      }),
      onClose: () => told.push(true),
    });
    const target = Buffer.alloc(100);
    expect(target.toString("utf8", 0, await stream.read(target))).toBe("as it is");
    expect(stream.foreseen(0, 8)).toBeNull();
    await stream.close();
    expect(told).toEqual([true]);
  });
});
