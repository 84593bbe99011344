/**
 * A file that a second thread reads and searches ahead of whoever reads it, so that searching costs no time but its own.
 *
 * Where the thread cannot be had, or does not get through, the file is read as any other: nothing depends on it.
 */
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { FileBytes, type RandomBytes } from "../bytes.ts";
import type { SharedKnowledge } from "../known-lines.ts";
import type { TakeMatch } from "../matches.ts";
import type { Foreseen } from "../window.ts";
import { BlockSearch } from "./block-search.ts";
import { BLOCK_BYTES, Blocks, createSharedBlocks, type SearchedBlock } from "./blocks.ts";
import type { FileOrder } from "./search-worker.ts";

/** Beside the program's bundle, or the source beside this one. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./search-worker.ts" : "./search-worker.js", import.meta.url);
}

/** A file, searched ahead for patterns by a thread, and by its reader whenever that one would wait. It has to be read from front to back. */
export class AheadBytes implements RandomBytes {
  readonly #file: FileBytes;
  readonly #patterns: readonly string[];
  readonly #knowledge: SharedKnowledge;
  readonly #onClose: () => void;
  readonly #shared = createSharedBlocks();
  readonly #blocks = new Blocks(this.#shared);
  #order: FileOrder | null = null;
  #worker: Worker | null = null;
  #search: BlockSearch | null = null;
  #failed = false;
  /** The blocks before this one are not needed any more. */
  #first = 0;
  #arrived: () => void = () => undefined;
  /** Lines that were passed over are told as far as this; the next one, as far as it is known, by its block and its number there. */
  #passed = { end: 0, block: 0, line: 0 };

  readonly #helps: boolean;

  /** `helps`: whether its reader searches, too; `onClose` is told when the thread is done with. */
  constructor(
    path: string,
    patterns: readonly string[],
    knowledge: SharedKnowledge,
    helps: boolean,
    onClose: () => void,
  ) {
    this.#file = new FileBytes(path, true);
    this.#helps = helps;
    this.#patterns = patterns;
    this.#knowledge = knowledge;
    this.#onClose = onClose;
  }

  async readAt(target: Buffer, position: number): Promise<number> {
    const inOrder = position >= this.#first * BLOCK_BYTES && target.length <= BLOCK_BYTES;
    if (this.#failed || !inOrder) return this.#file.readAt(target, position);
    await this.#start();
    // Who reads all the time would never hear of anything else
    await turn();
    await this.#release(Math.floor(position / BLOCK_BYTES));
    let filled = 0;
    while (filled < target.length) {
      const at = position + filled;
      const number = Math.floor(at / BLOCK_BYTES);
      const block = await this.#block(number);
      if (block === null) return this.#file.readAt(target, position);
      const from = at - number * BLOCK_BYTES;
      const count = from >= block.length ? 0 : this.#blocks.bytesOf(number).copy(target, filled, from, block.length);
      filled += count;
      if (count === 0 || block.length < BLOCK_BYTES) break;
    }
    return filled;
  }

  foreseen(position: number, length: number): Foreseen | null {
    const numbers: number[] = [];
    for (let number = Math.floor(position / BLOCK_BYTES); number * BLOCK_BYTES < position + length; number += 1)
      numbers.push(number);
    // The memory of those before may be written to
    if (numbers.some((number) => number < this.#first || this.#blocks.find(number)?.matches == null)) return null;
    return (take) => {
      for (const number of numbers) this.#tell(number, position, take);
    };
  }

  passedOver(end: number): { readonly lines: number; readonly counted: number } {
    let [lines, counted] = [0, 0];
    for (let { block, line } = this.#passed; ; [block, line] = [block + 1, 0]) {
      const begin = block * BLOCK_BYTES;
      const ends = this.#blocks.linesOf(block);
      const passed = this.#blocks.find(block)?.lines ?? 0;
      for (; line < passed && begin + ((ends[line] as number) >> 1) <= end; line += 1) {
        if (begin + ((ends[line] as number) >> 1) <= this.#passed.end) continue;
        lines += 1;
        counted += (ends[line] as number) & 1;
      }
      if (begin + BLOCK_BYTES <= end) continue;
      this.#passed = { end, block, line };
      return { lines, counted };
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
    this.#failed = true;
    await this.#file.close();
    this.#onClose();
  }

  async #start(): Promise<void> {
    if (this.#order !== null) return;
    const order: FileOrder = {
      fd: await this.#file.descriptor(),
      patterns: this.#patterns,
      blocks: this.#shared,
      knowledge: this.#knowledge,
    };
    this.#order = order;
    const worker = new Worker(workerUrl(), { workerData: order, stdout: true, stderr: true });
    worker.on("message", () => this.#arrived());
    worker.on("error", () => {
      this.#failed = true;
      this.#arrived();
    });
    worker.unref();
    this.#worker = worker;
  }

  /** Gives back the memory of the blocks before one. Where some of them were never asked for, whoever still searches there is waited for. */
  async #release(first: number): Promise<void> {
    for (; this.#first < first && this.#blocks.isTaken(this.#first); this.#first += 1) await this.#block(this.#first);
    this.#first = first;
    this.#blocks.release(first);
  }

  /** A block, once it has been searched; null where it will not be. */
  async #block(number: number): Promise<SearchedBlock | null> {
    for (;;) {
      const block = this.#blocks.find(number);
      if (block !== null) return block;
      if (this.#failed) return null;
      if (this.#help()) continue;
      const arrived = new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      this.#blocks.await();
      if (this.#blocks.find(number) !== null) continue;
      this.#worker?.ref();
      await arrived;
      this.#worker?.unref();
    }
  }

  /** Searches a block that nobody has taken; false where there is none. */
  #help(): boolean {
    const block = this.#helps ? this.#blocks.take() : null;
    if (block === null || this.#order === null) return false;
    try {
      this.#search ??= new BlockSearch(this.#order);
      this.#search.searchFile(block, this.#order.fd);
    } catch {
      this.#failed = true;
    }
    return true;
  }

  /** Tells of the patterns of a block by their distance from a position. */
  #tell(number: number, position: number, take: TakeMatch): void {
    const shift = number * BLOCK_BYTES - position;
    const matches = this.#blocks.matchesOf(number);
    const end = (this.#blocks.find(number)?.matches ?? 0) * 2;
    for (let at = 0; at < end; at += 2) {
      const start = (matches[at] as number) + shift;
      if (start >= 0) take(start, (matches[at + 1] as number) + shift);
    }
  }
}
