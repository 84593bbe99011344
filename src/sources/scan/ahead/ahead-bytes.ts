/**
 * A file that a second thread reads and searches ahead of whoever reads it, so that searching costs no time but its own.
 *
 * Where the thread cannot be had, or does not get through, the file is read as any other: nothing depends on it.
 */
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { FileBytes, type RandomBytes } from "../bytes.ts";
import type { TakeMatch } from "../matches.ts";
import type { Foreseen } from "../window.ts";
import { BLOCK_BYTES, FREE, MAX_MATCHES, type SearchedBlock, type SearchOrder, SLOTS } from "./blocks.ts";

/** Beside the program's bundle, or the source beside this one. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./search-worker.ts" : "./search-worker.js", import.meta.url);
}

/** A file, searched ahead for patterns. It has to be read from front to back. */
export class AheadBytes implements RandomBytes {
  readonly #file: FileBytes;
  readonly #patterns: readonly string[];
  readonly #onClose: () => void;
  readonly #bytes = Buffer.from(new SharedArrayBuffer(SLOTS * BLOCK_BYTES));
  readonly #states = new Int32Array(new SharedArrayBuffer(SLOTS * 4));
  readonly #matches = new Int32Array(new SharedArrayBuffer(SLOTS * MAX_MATCHES * 8));
  #worker: Worker | null = null;
  #failed = false;
  #ended = false;
  /** What came from the thread and is still in memory, beginning with the block of this number. */
  #first = 0;
  readonly #blocks: SearchedBlock[] = [];
  #arrived: () => void = () => undefined;
  /** What was read last, where all of it came from the thread. */
  #last: { readonly position: number; readonly length: number } | null = null;

  /** `onClose` is told when the thread is done with. */
  constructor(path: string, patterns: readonly string[], onClose: () => void) {
    this.#file = new FileBytes(path, true);
    this.#patterns = patterns;
    this.#onClose = onClose;
  }

  async readAt(target: Buffer, position: number): Promise<number> {
    this.#last = null;
    const inOrder = position >= this.#first * BLOCK_BYTES && target.length <= BLOCK_BYTES;
    if (this.#failed || !inOrder) return this.#file.readAt(target, position);
    await this.#start();
    // Who reads all the time would never hear of anything else
    await turn();
    let filled = 0;
    while (filled < target.length) {
      const at = position + filled;
      const number = Math.floor(at / BLOCK_BYTES);
      const block = await this.#block(number, position);
      if (block === null) return this.#file.readAt(target, position);
      const count = this.#copy(number, block, at - number * BLOCK_BYTES, target.subarray(filled));
      filled += count;
      if (count === 0 || block.length < BLOCK_BYTES) break;
    }
    this.#last = { position, length: filled };
    return filled;
  }

  foreseen(): Foreseen | null {
    const last = this.#last;
    if (last === null) return null;
    const begin = Math.floor(last.position / BLOCK_BYTES);
    const numbers: number[] = [];
    for (let number = begin; number * BLOCK_BYTES < last.position + last.length; number += 1) numbers.push(number);
    if (numbers.some((number) => this.#blocks[number - this.#first]?.matches == null)) return null;
    return (take) => {
      for (const number of numbers) this.#tell(number, last.position, take);
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
    this.#failed = true;
    await this.#file.close();
    this.#onClose();
  }

  async #start(): Promise<void> {
    if (this.#worker !== null) return;
    const order: SearchOrder = {
      fd: await this.#file.descriptor(),
      patterns: this.#patterns,
      bytes: this.#bytes.buffer as unknown as SharedArrayBuffer,
      states: this.#states.buffer as unknown as SharedArrayBuffer,
      matches: this.#matches.buffer as unknown as SharedArrayBuffer,
    };
    const worker = new Worker(workerUrl(), { workerData: order, stdout: true, stderr: true });
    worker.on("message", (block: SearchedBlock) => {
      this.#blocks.push(block);
      this.#ended = block.length < BLOCK_BYTES;
      this.#arrived();
    });
    worker.on("error", () => {
      this.#failed = true;
      this.#arrived();
    });
    worker.unref();
    this.#worker = worker;
  }

  /** Lets the thread overwrite the blocks before a position. */
  #release(position: number): void {
    while (this.#blocks.length > 0 && (this.#first + 1) * BLOCK_BYTES <= position) {
      const slot = this.#first % SLOTS;
      this.#blocks.shift();
      this.#first += 1;
      Atomics.store(this.#states, slot, FREE);
      Atomics.notify(this.#states, slot);
    }
  }

  /** A block, once it is there; null where it will not come. What lies before `position` is let go of. */
  async #block(number: number, position: number): Promise<SearchedBlock | null> {
    for (;;) {
      this.#release(position);
      const block = this.#blocks[number - this.#first];
      if (block !== undefined) return block;
      if (this.#failed || this.#ended) return null;
      this.#worker?.ref();
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      this.#worker?.unref();
    }
  }

  #copy(number: number, block: SearchedBlock, from: number, target: Buffer): number {
    const begin = (number % SLOTS) * BLOCK_BYTES;
    return from >= block.length ? 0 : this.#bytes.copy(target, 0, begin + from, begin + block.length);
  }

  /** Tells of the patterns of a block by their distance from a position. */
  #tell(number: number, position: number, take: TakeMatch): void {
    const shift = number * BLOCK_BYTES - position;
    const begin = (number % SLOTS) * MAX_MATCHES * 2;
    const count = this.#blocks[number - this.#first]?.matches ?? 0;
    for (let at = begin; at < begin + count * 2; at += 2) {
      const start = (this.#matches[at] as number) + shift;
      if (start >= 0) take(start, (this.#matches[at + 1] as number) + shift);
    }
  }
}
