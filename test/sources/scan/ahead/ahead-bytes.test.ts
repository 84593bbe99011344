import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AheadBytes } from "../../../../src/sources/scan/ahead/ahead-bytes.ts";
import { BLOCK_BYTES, SLOTS } from "../../../../src/sources/scan/ahead/blocks.ts";
import { ReadAhead } from "../../../../src/sources/scan/ahead/read-ahead.ts";
import { FileBytes } from "../../../../src/sources/scan/bytes.ts";
import { createPlainWindow } from "../../../../src/sources/scan/window.ts";

const PATTERNS = ["ttstream error, code=", "cancel", " 499"];
const folder = mkdtempSync(join(tmpdir(), "streamscope-ahead-"));
afterAll(() => rmSync(folder, { recursive: true }));

function writeLog(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** More blocks than are in memory at once. */
const BLOCKS = SLOTS + 2;

/** So many blocks and a bit, with patterns at the edges of all of them. */
function makeLog(): Buffer {
  const log = Buffer.alloc(BLOCK_BYTES * BLOCKS + 12_345, "an ordinary line of a log\n");
  for (let block = 0; block <= BLOCKS; block += 1) {
    log.write("Cancel", Math.max(0, block * BLOCK_BYTES - 3));
    log.write("ttstream error, code=", block * BLOCK_BYTES + 700 + block * 17);
    log.write('" 499 ', block * BLOCK_BYTES + 9_001);
  }
  return log;
}

/** Reads a file as a reader does: some of each window comes again with the next one. */
async function readThrough(
  bytes: AheadBytes,
  windowBytes: number,
  again: number,
): Promise<{ readonly text: Buffer; readonly places: readonly number[]; readonly unsearched: number }> {
  const parts: Buffer[] = [];
  const places = new Set<number>();
  let unsearched = 0;
  for (let position = 0; ; ) {
    const window = Buffer.alloc(windowBytes);
    const count = await bytes.readAt(window, position);
    const foreseen = bytes.foreseen();
    if (foreseen === null) unsearched += 1;
    foreseen?.((start, end) => {
      if (end <= count) places.add(position + start);
    });
    parts.push(window.subarray(0, count < windowBytes ? count : windowBytes - again));
    if (count < windowBytes) break;
    position += windowBytes - again;
  }
  return { text: Buffer.concat(parts), places: [...places].sort((a, b) => a - b), unsearched };
}

describe("a file that is searched ahead", () => {
  const log = makeLog();
  const path = writeLog("large.log", log);
  const plain = createPlainWindow(PATTERNS, log.length);
  log.copy(plain.bytes);
  plain.changed();
  const expected: number[] = [];
  for (let at = plain.find(0, log.length); at >= 0; at = plain.find(at + 1, log.length)) expected.push(at);

  it("has the bytes of the file and all that stands in them, also across its blocks", async () => {
    for (const [windowBytes, again] of [
      [BLOCK_BYTES, 30_000],
      [BLOCK_BYTES / 4 + 13, 99],
    ] as const) {
      const closed: boolean[] = [];
      const bytes = new AheadBytes(path, PATTERNS, () => closed.push(true));
      const { text, places, unsearched } = await readThrough(bytes, windowBytes, again);
      await bytes.close();
      expect(text.equals(log)).toBe(true);
      expect(places).toEqual(expected);
      expect(unsearched).toBe(0);
      expect(closed).toEqual([true]);
    }
  });

  it("is read by itself where more is asked for than is searched at once, and goes on behind that", async () => {
    const bytes = new AheadBytes(path, PATTERNS, () => undefined);
    const large = Buffer.alloc(BLOCK_BYTES * 3);
    await bytes.readAt(large.subarray(0, 100), 0);
    expect(await bytes.readAt(large, 5)).toBe(large.length);
    expect(large.equals(log.subarray(5, 5 + large.length))).toBe(true);
    expect(bytes.foreseen()).toBeNull();
    const far = Buffer.alloc(1000);
    expect(await bytes.readAt(far, (SLOTS + 1) * BLOCK_BYTES)).toBe(1000);
    expect(far.equals(log.subarray((SLOTS + 1) * BLOCK_BYTES, (SLOTS + 1) * BLOCK_BYTES + 1000))).toBe(true);
    expect(bytes.foreseen()).not.toBeNull();
    expect(await bytes.readAt(far, 0)).toBe(1000);
    expect(bytes.foreseen()).toBeNull();
    await bytes.close();
  });

  it("is read all the same where the thread cannot search", async () => {
    const bytes = new AheadBytes(path, ["ab"], () => undefined);
    const window = Buffer.alloc(1000);
    expect(await bytes.readAt(window, 3)).toBe(1000);
    expect(window.equals(log.subarray(3, 1003))).toBe(true);
    expect(bytes.foreseen()).toBeNull();
    await bytes.close();
  });

  it("leaves a block to its reader in which too much stands", async () => {
    const dense = writeLog("dense.log", Buffer.alloc(BLOCK_BYTES + 10, "cancel\n"));
    const bytes = new AheadBytes(dense, PATTERNS, () => undefined);
    const { text, unsearched } = await readThrough(bytes, BLOCK_BYTES, 7);
    await bytes.close();
    expect(text.length).toBe(BLOCK_BYTES + 10);
    expect(unsearched).toBeGreaterThan(0);
  });
});

describe("files of a run", () => {
  it("are searched ahead where they are large, one at a time", async () => {
    const ahead = new ReadAhead(PATTERNS);
    const large = ahead.open("a.log", 2 ** 30, true);
    expect(ahead.open("small.log", 2 ** 20, true)).toBeInstanceOf(FileBytes);
    expect(ahead.open("b.log", 2 ** 30, true)).toBeInstanceOf(FileBytes);
    await large.close();
    expect(ahead.open("b.log", 2 ** 30, true)).toBeInstanceOf(AheadBytes);
  });
});
