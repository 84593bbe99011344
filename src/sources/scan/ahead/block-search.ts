/** Searches bytes block by block: finds where patterns stand, and which lines need not be read although some do. */
import { readSync } from "node:fs";
import { KnownLines, type SharedKnowledge } from "../known-lines.ts";
import { Likeness } from "../likeness.ts";
import { beginsObject } from "../scan.ts";
import { createSimdWindow, type SearchingWindow } from "../simd-window.ts";
import { BLOCK_BYTES, Blocks, MAX_MATCHES, type SharedBlocks } from "./blocks.ts";

/** How many bytes before a block are looked at again with it; no pattern is longer. */
export const OVERLAP = 4096;
const [NUL, LF, CR, ESC] = [0, 10, 13, 0x1b];

/** What a thread needs to search. */
export interface SearchOrder {
  readonly patterns: readonly string[];
  readonly blocks: SharedBlocks;
  readonly knowledge: SharedKnowledge;
}

/** The search of one thread. */
export class BlockSearch {
  readonly blocks: Blocks;
  readonly #window: SearchingWindow;
  readonly #known: KnownLines;

  /** @throws Error where this machine or the patterns do not allow it */
  constructor({ patterns, blocks, knowledge }: SearchOrder) {
    const window = createSimdWindow(patterns, OVERLAP + BLOCK_BYTES);
    if (window === null) throw new Error("this machine has no vectors");
    this.#window = window;
    this.#known = new KnownLines(new Likeness(knowledge.figures), { left: 0 }, knowledge);
    this.blocks = new Blocks(blocks);
  }

  /** Room for what stands before a block, of which as much is looked at again as no pattern is longer, and for the block. */
  get bytes(): Buffer {
    return this.#window.bytes;
  }

  /** Searches a block of a file that is open; says how long it is. */
  searchFile(block: number, fd: number): number {
    const { bytes } = this;
    const before = Math.min(OVERLAP, block * BLOCK_BYTES);
    const end = OVERLAP + BLOCK_BYTES;
    let to = OVERLAP - before;
    for (;;) {
      const count = to < end ? readSync(fd, bytes, to, end - to, block * BLOCK_BYTES - OVERLAP + to) : 0;
      if (count === 0) break;
      to += count;
    }
    const length = Math.max(0, to - OVERLAP);
    this.search(block, before, length, 0);
    return length;
  }

  /** Searches the block that stands in {@link bytes}, `before` bytes of what is before it in front; `taken` as {@link SearchedBlock} has it. */
  search(block: number, before: number, length: number, taken: number): void {
    this.#window.changed();
    this.bytes.copy(this.blocks.bytesOf(block), 0, OVERLAP, OVERLAP + length);
    this.blocks.finish(block, {
      length,
      taken,
      ...this.#searchBytes(block, OVERLAP - before, OVERLAP + length),
    });
  }

  #searchBytes(block: number, from: number, to: number): { readonly matches: number | null; readonly lines: number } {
    const { bytes } = this;
    const matches = this.blocks.matchesOf(block);
    const lines = this.blocks.linesOf(block);
    // What stands around a hole, and patterns that are torn by colours, only the reader finds
    const isPlain = ![NUL, ESC].some((byte) => {
      const at = bytes.indexOf(byte, OVERLAP);
      return at >= 0 && at < to;
    });
    let [found, passed, lineEnd] = [0, 0, 0];
    let isSilent = false;
    this.#window.forEachMatch(from, to, (start, end) => {
      if (end <= OVERLAP || found >= MAX_MATCHES) return;
      if (start >= lineEnd) {
        const lf = this.#window.lineFeed(start, to);
        lineEnd = lf < 0 ? to : lf + 1;
        const says = isPlain && lf >= 0 && passed < MAX_MATCHES ? this.#saysOf(start, lf) : null;
        isSilent = says !== null;
        if (says !== null) {
          lines[passed] = (lineEnd - OVERLAP) * 2 + (says === "counted" ? 1 : 0);
          passed += 1;
        }
      }
      if (isSilent) return;
      matches[found * 2] = start - OVERLAP;
      matches[found * 2 + 1] = end - OVERLAP;
      found += 1;
    });
    return found < MAX_MATCHES ? { matches: found, lines: passed } : { matches: null, lines: 0 };
  }

  /** What is known of the line around a pattern, which is all of an event; null where it has to be read. */
  #saysOf(start: number, lf: number): "silent" | "counted" | null {
    const { bytes } = this;
    const from = this.#window.lineFeedBefore(start) + 1;
    if (from < OVERLAP || !beginsObject(bytes, from)) return null;
    let to = lf;
    while (to > start && (bytes[to - 1] === CR || bytes[to - 1] === LF)) to -= 1;
    const kind = this.#known.likenessOf(bytes, { from, to, hit: start });
    return Number.isNaN(kind) ? null : this.#known.says(kind);
  }
}
