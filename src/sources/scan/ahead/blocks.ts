/**
 * What the threads that search a file ahead of its reader have in common: blocks of the file, and what stands in them.
 *
 * Whoever has time takes the next block that nobody has taken, so that no thread waits while another one searches. Blocks are read in order.
 */

/** The bytes of one block. */
export const BLOCK_BYTES: number = 1024 * 1024;
/** So many blocks are in memory: two that a window lies in, the next ones, and those that are being searched. */
export const SLOTS = 8;
/** Who waits for room is told when so many more blocks may be there. */
const WOKEN_FOR: number = SLOTS / 2;
/** Where more patterns stand in a block the reader searches it itself. */
export const MAX_MATCHES: number = 32 * 1024;

/** The places of what the threads tell each other: the first block that nobody has taken, and the first that is still needed. */
const NEXT = 0;
const NEEDED = 1;
/** Not zero while the reader waits to be told of a block. */
const WAITING = 2;
/** From here on: for each slot the number of the block that is in it, counted from 1, and what is known of it. */
const SLOT_STATES = 3;
const [DONE, LENGTH, MATCHES, LINES, TAKEN] = [0, 1, 2, 3, 4];
const STATES_PER_SLOT = 5;

/** The memory that threads share. */
export interface SharedBlocks {
  /** The blocks one behind the other. */
  readonly bytes: SharedArrayBuffer;
  readonly states: SharedArrayBuffer;
  /** For each block, begin and end of each pattern by their distance from its first byte; one may begin in the block before. */
  readonly matches: SharedArrayBuffer;
  /** For each block, where lines end that need not be read, twice, and one more where such a line is to be counted all the same. */
  readonly lines: SharedArrayBuffer;
}

/** Memory for the blocks of one file. */
export function createSharedBlocks(): SharedBlocks {
  return {
    bytes: new SharedArrayBuffer(SLOTS * BLOCK_BYTES),
    states: new SharedArrayBuffer((SLOT_STATES + SLOTS * STATES_PER_SLOT) * 4),
    matches: new SharedArrayBuffer(SLOTS * MAX_MATCHES * 8),
    lines: new SharedArrayBuffer(SLOTS * MAX_MATCHES * 4),
  };
}

/** A block that has been searched. */
export interface SearchedBlock {
  /** In bytes; the last block of a file is shorter than the others. */
  readonly length: number;
  /** How many patterns end in it; null where they are too many. */
  readonly matches: number | null;
  /** How many lines of it need not be read. */
  readonly lines: number;
  /** How much of a packed file was read to get as far as its end, in KiB. */
  readonly taken: number;
}

/** One thread's view of the blocks. */
export class Blocks {
  readonly #bytes: Buffer;
  readonly #states: Int32Array;
  readonly #matches: Int32Array;
  readonly #lines: Int32Array;

  constructor({ bytes, states, matches, lines }: SharedBlocks) {
    this.#bytes = Buffer.from(bytes);
    this.#states = new Int32Array(states);
    this.#matches = new Int32Array(matches);
    this.#lines = new Int32Array(lines);
  }

  /** Takes the next block that nobody has taken; null while there is no room for it. */
  take(): number | null {
    const states = this.#states;
    for (;;) {
      const next = Atomics.load(states, NEXT);
      const needed = Atomics.load(states, NEEDED);
      const block = Math.max(next, needed);
      if (block >= needed + SLOTS) return null;
      if (Atomics.compareExchange(states, NEXT, next, block + 1) === next) return block;
    }
  }

  /** True for a block that somebody has taken. */
  isTaken(block: number): boolean {
    return block < Atomics.load(this.#states, NEXT);
  }

  /** Says that the blocks before this one are not needed any more. */
  release(block: number): void {
    const needed = Atomics.load(this.#states, NEEDED);
    if (needed >= block) return;
    Atomics.store(this.#states, NEEDED, block);
    // Who waits for room has searched all that is needed next, and is not woken for each block of it
    if (Math.floor(block / WOKEN_FOR) > Math.floor(needed / WOKEN_FOR)) Atomics.notify(this.#states, NEEDED);
  }

  /** Waits, and lets nothing else be done, until there is room for another block. */
  waitForRoom(): void {
    const needed = Atomics.load(this.#states, NEEDED);
    if (Atomics.load(this.#states, NEXT) >= needed + SLOTS) Atomics.wait(this.#states, NEEDED, needed);
  }

  /** The memory of a block. */
  bytesOf(block: number): Buffer {
    const begin = (block % SLOTS) * BLOCK_BYTES;
    return this.#bytes.subarray(begin, begin + BLOCK_BYTES);
  }

  /** The memory of its patterns. */
  matchesOf(block: number): Int32Array {
    const begin = (block % SLOTS) * MAX_MATCHES * 2;
    return this.#matches.subarray(begin, begin + MAX_MATCHES * 2);
  }

  /** The memory of its lines that need not be read. */
  linesOf(block: number): Int32Array {
    const begin = (block % SLOTS) * MAX_MATCHES;
    return this.#lines.subarray(begin, begin + MAX_MATCHES);
  }

  /** Says that a block has been searched. */
  finish(block: number, { length, matches, lines, taken }: SearchedBlock): void {
    const at = stateOf(block);
    this.#states[at + LENGTH] = length;
    this.#states[at + MATCHES] = matches ?? -1;
    this.#states[at + LINES] = lines;
    this.#states[at + TAKEN] = taken;
    Atomics.store(this.#states, at + DONE, block + 1);
  }

  /** Says that the reader wants to be told of a block. */
  await(): void {
    Atomics.store(this.#states, WAITING, 1);
  }

  /** True where the reader wants to be told of a block; asking takes the wish away. */
  isAwaited(): boolean {
    return Atomics.exchange(this.#states, WAITING, 0) !== 0;
  }

  /** A block; null until it has been searched. */
  find(block: number): SearchedBlock | null {
    const at = stateOf(block);
    if (Atomics.load(this.#states, at + DONE) !== block + 1) return null;
    const matches = this.#states[at + MATCHES] as number;
    return {
      length: this.#states[at + LENGTH] as number,
      matches: matches < 0 ? null : matches,
      lines: this.#states[at + LINES] as number,
      taken: this.#states[at + TAKEN] as number,
    };
  }
}

function stateOf(block: number): number {
  return SLOT_STATES + (block % SLOTS) * STATES_PER_SLOT;
}
