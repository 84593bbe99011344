/** What the thread that searches ahead and the one that reads have in common: blocks of a file, and where patterns stand in them. */

/** The bytes of one block. */
export const BLOCK_BYTES: number = 1024 * 1024;
/** So many blocks are in memory: two that a window lies in, the next one, and the one that is being searched. */
export const SLOTS = 8;
/** Where more patterns stand in a block the reader searches it itself. */
export const MAX_MATCHES: number = 32 * 1024;

/** Whether a block may be overwritten. */
export const FREE = 0;
/** The reader has not let go of a block yet. */
export const TAKEN = 1;

/** What the searching thread is given. */
export interface SearchOrder {
  /** An open file. */
  readonly fd: number;
  readonly patterns: readonly string[];
  /** The blocks one behind the other. */
  readonly bytes: SharedArrayBuffer;
  /** For each block, {@link FREE} or {@link TAKEN}. */
  readonly states: SharedArrayBuffer;
  /** For each block, begin and end of each pattern by their distance from its first byte; one may begin in the block before. */
  readonly matches: SharedArrayBuffer;
}

/** A block is there. Blocks come in order; the last one is shorter than the others. */
export interface SearchedBlock {
  /** In bytes. */
  readonly length: number;
  /** How many patterns end in it; null where they are too many. */
  readonly matches: number | null;
}
