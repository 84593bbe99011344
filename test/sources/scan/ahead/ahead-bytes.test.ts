import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { AheadBytes } from "../../../../src/sources/scan/ahead/ahead-bytes.ts";
import { BLOCK_BYTES, Blocks, createSharedBlocks, SLOTS } from "../../../../src/sources/scan/ahead/blocks.ts";
import { ReadAhead } from "../../../../src/sources/scan/ahead/read-ahead.ts";
import { FileBytes } from "../../../../src/sources/scan/bytes.ts";
import { createKnowledge, KnownLines } from "../../../../src/sources/scan/known-lines.ts";
import { Likeness } from "../../../../src/sources/scan/likeness.ts";
import { createPlainWindow } from "../../../../src/sources/scan/window.ts";

const PATTERNS = ["ttstream error, code=", "cancel", " 499"];
/** Of no line is anything known. */
const NOTHING = createKnowledge([], []);
const nobody = (): void => undefined;
const folder = mkdtempSync(join(tmpdir(), "streamscope-ahead-"));
afterAll(() => rmSync(folder, { recursive: true }));

function writeLog(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("who waits for room", () => {
  it("is told of some blocks at once, and not of each", () => {
    const notify = vi.spyOn(Atomics, "notify");
    const blocks = new Blocks(createSharedBlocks());
    const told = Array.from({ length: SLOTS }, (_, block) => {
      blocks.release(block + 1);
      return notify.mock.calls.length;
    });
    notify.mockRestore();
    expect(told.at(-1)).toBe(2);
    expect(told.indexOf(1)).toBeLessThan(SLOTS - 2);
  });
});

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
    const foreseen = bytes.foreseen(position, count);
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
    for (const [windowBytes, again, helps] of [
      [BLOCK_BYTES, 30_000, false],
      [BLOCK_BYTES, 30_000, true],
      [BLOCK_BYTES / 4 + 13, 99, true],
    ] as const) {
      const closed: boolean[] = [];
      const bytes = new AheadBytes(path, PATTERNS, NOTHING, helps, () => closed.push(true));
      const { text, places, unsearched } = await readThrough(bytes, windowBytes, again);
      await bytes.close();
      expect(text.equals(log)).toBe(true);
      expect(places).toEqual(expected);
      expect(unsearched).toBe(0);
      expect(closed).toEqual([true]);
    }
  });

  it("is read by itself where more is asked for than is searched at once, and goes on behind that", async () => {
    const bytes = new AheadBytes(path, PATTERNS, NOTHING, true, nobody);
    const large = Buffer.alloc(BLOCK_BYTES * 3);
    await bytes.readAt(large.subarray(0, 100), 0);
    expect(await bytes.readAt(large, 5)).toBe(large.length);
    expect(large.equals(log.subarray(5, 5 + large.length))).toBe(true);
    const far = Buffer.alloc(1000);
    expect(await bytes.readAt(far, (SLOTS + 1) * BLOCK_BYTES)).toBe(1000);
    expect(far.equals(log.subarray((SLOTS + 1) * BLOCK_BYTES, (SLOTS + 1) * BLOCK_BYTES + 1000))).toBe(true);
    expect(bytes.foreseen((SLOTS + 1) * BLOCK_BYTES, 1000)).not.toBeNull();
    expect(await bytes.readAt(far, 0)).toBe(1000);
    expect(bytes.foreseen(0, 1000)).toBeNull();
    await bytes.close();
  });

  it("is read all the same where the thread cannot search", async () => {
    for (const helps of [true, false]) {
      const bytes = new AheadBytes(path, ["ab"], NOTHING, helps, nobody);
      const window = Buffer.alloc(1000);
      expect(await bytes.readAt(window, 3)).toBe(1000);
      expect(window.equals(log.subarray(3, 1003))).toBe(true);
      expect(bytes.foreseen(3, 1000)).toBeNull();
      await bytes.close();
    }
  });

  it("leaves a block to its reader in which too much stands", async () => {
    const dense = writeLog("dense.log", Buffer.alloc(BLOCK_BYTES + 10, "cancel\n"));
    const bytes = new AheadBytes(dense, PATTERNS, NOTHING, true, nobody);
    const { text, unsearched } = await readThrough(bytes, BLOCK_BYTES, 7);
    await bytes.close();
    expect(text.length).toBe(BLOCK_BYTES + 10);
    expect(unsearched).toBeGreaterThan(0);
  });
});

describe("lines that are known to say nothing", () => {
  const knowledge = createKnowledge(["ttstream error, code="], [499]);
  const known = new KnownLines(new Likeness(knowledge.figures), { left: 0 }, knowledge);
  const learn = (line: string, counted: boolean): void => {
    const bytes = Buffer.from(line);
    known.learn(known.likenessOf(bytes, { from: 0, to: bytes.length, hit: bytes.indexOf("cancel") }), counted);
  };
  learn('{"msg":"order 1 cancelled"}', false);
  learn('{"msg":"job 1 cancelled"}', true);
  /** Each with the lines in it that are passed over, and those of them that are counted. */
  const kinds: readonly (readonly [line: string, lines: number, counted: number])[] = [
    ['{"msg":"order 17 cancelled"}', 1, 0],
    ['{"msg":"job 17 cancelled, cancelled"}', 0, 0],
    ['{"msg":"job 17 cancelled"}\r', 1, 1],
    ['{"msg":"stream 17 cancelled"}', 0, 0],
    ['2026-11-23 10:00:00 {"msg":"order 17 cancelled"}', 0, 0],
    ['{"msg":"ttstream error, code=1 cancelled"}', 0, 0],
    ["an ordinary line of a log", 0, 0],
  ];

  /** Lines of all kinds, so many bytes of them. */
  function makeKinds(size: number): { readonly log: Buffer; readonly lines: number; readonly counted: number } {
    const parts: string[] = [];
    let [length, lines, counted] = [0, 0, 0];
    for (let i = 0; length < size; i += 1) {
      const [line, passed, told] = kinds[(i * i) % kinds.length] as (typeof kinds)[number];
      parts.push(line);
      length += line.length + 1;
      lines += passed;
      counted += told;
    }
    return { log: Buffer.from(`${parts.join("\n")}\n`), lines, counted };
  }

  it("are told by their number, each once, and not by their patterns; but for those that two blocks share", async () => {
    const { log, lines, counted } = makeKinds(BLOCK_BYTES * 3);
    const bytes = new AheadBytes(writeLog("kinds.log", log), PATTERNS, knowledge, true, nobody);
    const window = Buffer.alloc(BLOCK_BYTES);
    let [passed, told] = [0, 0];
    const read = new Set<number>();
    for (let position = 0; position < log.length; ) {
      const count = await bytes.readAt(window, position);
      const end = window.subarray(0, count).lastIndexOf("\n") + 1;
      bytes.foreseen(
        position,
        count,
      )?.((start) => {
        if (start < end) read.add(log.lastIndexOf("\n", position + start) + 1);
      });
      const over = bytes.passedOver(position + end);
      passed += over.lines;
      told += over.counted;
      // What has been told is not told again
      expect(bytes.passedOver(position + end)).toEqual({ lines: 0, counted: 0 });
      position += end;
    }
    await bytes.close();
    const readAsKnown = [...read].filter((at) =>
      /^\{"msg":"(?:order|job) 17 cancelled"\}/.test(log.toString("utf8", at, at + 30)),
    );
    expect(readAsKnown.length).toBeLessThanOrEqual(3);
    expect(passed).toBe(lines - readAsKnown.length);
    expect(counted - told).toBeLessThanOrEqual(readAsKnown.length);
    expect(told).toBeGreaterThan(1_000);
  });

  it("are read where a hole or a colour stands in their block", async () => {
    for (const odd of ["\0", "\x1b[31m"]) {
      const { log } = makeKinds(BLOCK_BYTES / 2);
      log.write(odd, 100);
      const bytes = new AheadBytes(writeLog("odd.log", log), PATTERNS, knowledge, true, nobody);
      await bytes.readAt(Buffer.alloc(BLOCK_BYTES), 0);
      expect(bytes.passedOver(log.length)).toEqual({ lines: 0, counted: 0 });
      await bytes.close();
    }
  });
});

describe("files of a run", () => {
  it("are searched ahead where they are large, one at a time", async () => {
    const ahead = new ReadAhead(PATTERNS, NOTHING);
    const large = ahead.open("a.log", 2 ** 30, true);
    expect(ahead.open("small.log", 2 ** 20, true)).toBeInstanceOf(FileBytes);
    expect(ahead.open("b.log", 2 ** 30, true)).toBeInstanceOf(FileBytes);
    await large.close();
    expect(ahead.open("b.log", 2 ** 30, true)).toBeInstanceOf(AheadBytes);
  });
});
