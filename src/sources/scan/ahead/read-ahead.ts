/** Which files are searched ahead: large ones, one at a time, because two threads are what most machines can spare. */
import { availableParallelism } from "node:os";
import { type ByteStream, FileBytes, type RandomBytes } from "../bytes.ts";
import type { SharedKnowledge } from "../known-lines.ts";
import { AheadBytes } from "./ahead-bytes.ts";
import { type AheadSource, AheadStream } from "./ahead-stream.ts";
import type { SearchOrder } from "./block-search.ts";
import { createSharedBlocks } from "./blocks.ts";

/** Below this a second thread has not started before the first one is done. */
const LARGE_BYTES: number = 32 * 1024 * 1024;

/** Below this the reader of a file has not prepared to search in it as well before the thread is done. */
const VERY_LARGE_BYTES: number = 128 * 1024 * 1024;

/** A packed file is several times as large. */
const LARGE_PACKED_BYTES: number = 4 * 1024 * 1024;

/** How a packed file is made a stream. */
export type PackedSource = Omit<AheadSource, "order" | "onClose"> & { readonly order: object };

/** Opens the files of one run. */
export class ReadAhead {
  readonly #patterns: readonly string[];
  readonly #knowledge: SharedKnowledge;
  #busy: boolean;

  constructor(patterns: readonly string[], knowledge: SharedKnowledge) {
    this.#patterns = patterns;
    this.#knowledge = knowledge;
    this.#busy = availableParallelism() < 2;
  }

  /** A file to be read from front to back; `size` as far as it is known. `keepOpen` as {@link FileBytes} has it. */
  open(path: string, size: number | null, keepOpen: boolean): RandomBytes {
    if (this.#busy || !keepOpen || size === null || size < LARGE_BYTES) return new FileBytes(path, keepOpen);
    this.#busy = true;
    return new AheadBytes(path, this.#patterns, this.#knowledge, size >= VERY_LARGE_BYTES, () => {
      this.#busy = false;
    });
  }

  /**
   * What a thread makes of a packed file, searched; null where the file is read without one. `source`: as {@link AheadSource} has it, the order
   * without what every search needs.
   */
  openPacked(size: number | null, keepOpen: boolean, source: PackedSource): ByteStream | null {
    if (this.#busy || !keepOpen || size === null || size < LARGE_PACKED_BYTES) return null;
    this.#busy = true;
    const order = {
      ...source.order,
      patterns: this.#patterns,
      blocks: createSharedBlocks(),
      knowledge: this.#knowledge,
    } satisfies SearchOrder;
    const onClose = (): void => {
      this.#busy = false;
    };
    return new AheadStream({ ...source, order, onClose });
  }
}
