/**
 * Where in a request the prefilter's words stand. The request lies in the memory that is searched with vectors, so one pass costs less
 * than looking at the fields.
 */
import { createWindow } from "../../scan/simd-window.ts";
import type { ScanWindow } from "../../scan/window.ts";

const FIRST_CAPACITY = 1024 * 1024;

/** A request in memory, and questions about its words, asked from front to back. */
export class NeedleIndex {
  readonly #window: ScanWindow;
  #length = 0;
  #next = -1;
  #from = 0;

  constructor(patterns: readonly string[]) {
    this.#window = createWindow(patterns, FIRST_CAPACITY);
  }

  /** Puts the chunks of a request one behind the other and returns them. They stay until the next load. */
  load(chunks: readonly Uint8Array[], length: number): Buffer {
    this.#window.reserve(length);
    let at = 0;
    for (const chunk of chunks) {
      this.#window.bytes.set(chunk, at);
      at += chunk.length;
    }
    this.#window.changed();
    this.#length = length;
    this.#next = -1;
    this.#from = 0;
    return this.#window.bytes;
  }

  /** True where a word begins in `[from, to)`. */
  within(from: number, to: number): boolean {
    if (from < this.#from || (this.#next >= 0 && this.#next < from) || this.#next === -1) {
      const found = this.#window.find(from, this.#length);
      this.#next = found < 0 ? Number.POSITIVE_INFINITY : found;
      this.#from = from;
    }
    return this.#next < to;
  }
}
