/**
 * Bytes that a thread makes and searches, block by block, while those before are read: the text of a packed file.
 */
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ByteStream } from "../bytes.ts";
import type { Foreseen } from "../window.ts";
import { BLOCK_BYTES, Blocks, type SearchedBlock, type SharedBlocks } from "./blocks.ts";

/** What is kept of a block when its bytes have been read, as long as the reader may ask for it. */
interface PastBlock {
  readonly begin: number;
  readonly end: number;
  readonly matches: Int32Array | null;
  readonly lines: Int32Array;
}

/** What a stream is made of. */
export interface AheadSource {
  /** The thread, and what it is given besides the blocks, which it has to finish one after another. */
  readonly worker: URL;
  readonly order: { readonly blocks: SharedBlocks };
  /** Takes what the thread has to tell. It tells null where it was asked to say when a block is there. */
  readonly onMessage: (message: unknown) => void;
  /** Takes how much of what it reads the thread had read, in KiB. */
  readonly onTaken: (kibibytes: number) => void;
  /** What is read instead where the thread cannot begin. */
  readonly otherwise: () => ByteStream;
  /** Is told when the thread is done with. */
  readonly onClose: () => void;
}

/** The stream that a thread makes. */
export class AheadStream implements ByteStream {
  readonly #source: AheadSource;
  readonly #blocks: Blocks;
  readonly #past: PastBlock[] = [];
  #worker: Worker | null = null;
  #ended: Promise<void> | null = null;
  #failure: unknown = null;
  #instead: ByteStream | null = null;
  #arrived: () => void = () => undefined;
  #position = 0;
  /** Lines that were passed over are told as far as this. */
  #toldTo = 0;

  constructor(source: AheadSource) {
    this.#source = source;
    this.#blocks = new Blocks(source.order.blocks);
  }

  async read(target: Buffer): Promise<number> {
    if (this.#instead !== null) return this.#instead.read(target);
    this.#worker ??= this.#start();
    // Who reads all the time would never hear of anything else
    if (this.#position % BLOCK_BYTES === 0) await turn();
    const number = Math.floor(this.#position / BLOCK_BYTES);
    const from = this.#position % BLOCK_BYTES;
    for (;;) {
      const block = this.#blocks.find(number);
      if (block !== null) {
        if (from === 0) this.#keep(number, block);
        if (from < block.length) return this.#take(target, number, from, block.length);
        // What the thread still has to tell comes before its end
        await this.#ended;
      }
      if (this.#failure === null) {
        if (block !== null) return 0;
        await this.#wait(number);
      } else if (this.#position > 0 || block !== null) throw this.#failure;
      else {
        this.#instead = this.#source.otherwise();
        return this.#instead.read(target);
      }
    }
  }

  foreseen(position: number, length: number): Foreseen | null {
    while ((this.#past[0]?.end ?? Number.POSITIVE_INFINITY) <= Math.min(position, this.#toldTo)) this.#past.shift();
    const blocks = this.#past.filter(({ begin, end }) => begin < position + length && end > position);
    if (this.#instead !== null || blocks.some(({ matches }) => matches === null)) return null;
    return (take) => {
      for (const { begin, matches } of blocks) {
        const shift = begin - position;
        for (let at = 0; matches !== null && at < matches.length; at += 2) {
          const start = (matches[at] as number) + shift;
          if (start >= 0) take(start, (matches[at + 1] as number) + shift);
        }
      }
    };
  }

  passedOver(end: number): { readonly lines: number; readonly counted: number } {
    let [passed, counted] = [0, 0];
    for (const { begin, lines } of this.#past) {
      for (const line of lines) {
        const at = begin + (line >> 1);
        if (at <= this.#toldTo || at > end) continue;
        passed += 1;
        counted += line & 1;
      }
    }
    this.#toldTo = end;
    return { lines: passed, counted };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    await this.#ended;
    await this.#instead?.close();
    this.#source.onClose();
  }

  #start(): Worker {
    const { worker: url, order, onMessage } = this.#source;
    const worker = new Worker(url, { workerData: order, stdout: true, stderr: true });
    worker.on("message", (message: unknown) => {
      if (message === null) this.#arrived();
      else onMessage(message);
    });
    worker.on("error", (error) => {
      this.#failure = error;
    });
    this.#ended = new Promise((resolve) => {
      worker.on("exit", () => {
        resolve();
        this.#arrived();
      });
    });
    worker.unref();
    return worker;
  }

  #take(target: Buffer, number: number, from: number, to: number): number {
    const count = this.#blocks.bytesOf(number).copy(target, 0, from, to);
    this.#position += count;
    if (from + count === BLOCK_BYTES) this.#blocks.release(number + 1);
    return count;
  }

  /** Waits until a block may be there. */
  async #wait(number: number): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    this.#blocks.await();
    if (this.#blocks.find(number) !== null) return;
    this.#worker?.ref();
    await arrived;
    this.#worker?.unref();
  }

  #keep(number: number, { length, matches, lines, taken }: SearchedBlock): void {
    const begin = number * BLOCK_BYTES;
    this.#past.push({
      begin,
      end: begin + length,
      matches: matches === null ? null : this.#blocks.matchesOf(number).slice(0, matches * 2),
      lines: this.#blocks.linesOf(number).slice(0, lines),
    });
    this.#source.onTaken(taken);
  }
}
