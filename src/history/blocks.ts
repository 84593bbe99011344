/**
 * Bodies of cascades, several of which are compressed together: cascades are much alike, and one call of zstd costs more than what it
 * compresses. The column `body` of such a cascade is a number: 64 times the key of the block, and which of it. A block has the key of its first
 * cascade, and as that it is never used again.
 */
import * as zlib from "node:zlib";
import type { Cascade } from "../model/index.ts";
import type { HistoryFile } from "./file.ts";
import { readCascade } from "./read.ts";

/** So many bodies make a block: half of what single ones take, and each is read within a fraction of a millisecond. */
export const PER_BLOCK = 16;
/** Room for numbers of bodies in a block. */
const PLACES = 64;
/** A block is closed once it has more: a long cascade stands alone. */
const ENOUGH_LENGTH = 256 * 1024;
/** No more than so many cascades lie between the first and the last of a block, so that who leaves it finds the others soon. */
const FARTHEST = 1_000n;
/** A block of cascades of millions of hops would be none. */
const MOST_BYTES = 16 * 1024 * 1024;
/** The blocks that were read last: lists are read in order. */
const REMEMBERED = 4;
/** Level 1: of the time that level 3 takes it takes half, and what it makes is as small. */
const COMPRESSION = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };
/** JSON has no line break outside of texts, and none inside that is not escaped. */
const BETWEEN = "\n";

/** Reads what the column `body` holds, in whichever form. */
export class BlockReader {
  readonly #file: HistoryFile;
  readonly #blocks = new Map<number, readonly string[]>();

  constructor(file: HistoryFile) {
    this.#file = file;
  }

  /** The cascade of a body; null where it is damaged. */
  read(body: unknown): Cascade | null {
    if (typeof body !== "number" && typeof body !== "bigint") return readCascade(body);
    const place = Number(body);
    return readCascade(this.#textsOf(Math.floor(place / PLACES))[place % PLACES]);
  }

  #textsOf(key: number): readonly string[] {
    const known = this.#blocks.get(key) ?? textsOf(this.#file.prepare("SELECT body FROM block WHERE key = ?").get(key));
    this.#blocks.delete(key);
    this.#blocks.set(key, known);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= REMEMBERED) break;
      this.#blocks.delete(oldest);
    }
    return known;
  }
}

function textsOf(row: Record<string, unknown> | undefined): readonly string[] {
  const body = row?.["body"];
  if (!(body instanceof Uint8Array)) return [];
  try {
    return zlib.zstdDecompressSync(body, { maxOutputLength: MOST_BYTES }).toString().split(BETWEEN);
  } catch {
    return [];
  }
}

/** Fills blocks. A place is given before the row that names it is written; the block itself is written when it is full, or at the end. */
export class BlockWriter {
  readonly #file: HistoryFile;
  #texts: string[] = [];
  #length = 0;
  #key = 0n;
  #last = 0n;

  constructor(file: HistoryFile) {
    this.#file = file;
  }

  /** Where a text will stand, for the column `body` of the row with a key. Keys grow. */
  place(text: string, key: bigint): bigint {
    const isFull = this.#texts.length >= PER_BLOCK || this.#length > ENOUGH_LENGTH;
    if (isFull || key - this.#key > FARTHEST) this.end();
    if (this.#texts.length === 0) this.#key = key;
    this.#last = key;
    this.#length += text.length;
    this.#texts.push(text);
    return this.#key * BigInt(PLACES) + BigInt(this.#texts.length - 1);
  }

  /** Writes what has been placed. */
  end(): void {
    if (this.#texts.length === 0) return;
    const body = zlib.zstdCompressSync(this.#texts.join(BETWEEN), COMPRESSION);
    this.#file.prepare("INSERT INTO block (key, last, body) VALUES (?, ?, ?)").run(this.#key, this.#last, body);
    this.forget();
  }

  /** Takes back what has been placed and not been written. */
  forget(): void {
    this.#texts = [];
    this.#length = 0;
  }

  /** The row of a place is gone; with the last of a block the block goes. */
  left(place: bigint): void {
    const key = place / BigInt(PLACES);
    const [from, to] = [key * BigInt(PLACES), (key + 1n) * BigInt(PLACES) - 1n];
    const sql = `DELETE FROM block WHERE key = ? AND NOT EXISTS (
      SELECT 1 FROM cascade WHERE cascade.key BETWEEN block.key AND block.last AND cascade.body BETWEEN ? AND ?)`;
    this.#file.prepare(sql).run(key, from, to);
  }
}
