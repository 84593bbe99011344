/** The thread that searches ahead: reads a file block by block and writes down where patterns stand. */
import { readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { createSimdWindow } from "../simd-window.ts";
import { BLOCK_BYTES, MAX_MATCHES, type SearchedBlock, type SearchOrder, SLOTS, TAKEN } from "./blocks.ts";

/** How many bytes of a block are looked at again with the next one; no pattern is longer. */
const OVERLAP = 4096;

function searchAll({ fd, patterns, bytes, states, matches }: SearchOrder): void {
  const window = createSimdWindow(patterns, OVERLAP + BLOCK_BYTES);
  if (window === null) throw new Error("this machine has no vectors");
  const taken = new Int32Array(states);
  const shared = Buffer.from(bytes);
  let before = 0;
  for (let block = 0, length = BLOCK_BYTES; length === BLOCK_BYTES; block += 1) {
    const slot = block % SLOTS;
    while (Atomics.load(taken, slot) === TAKEN) Atomics.wait(taken, slot, TAKEN);
    // The end of the block before stands in front of this one
    window.bytes.copyWithin(OVERLAP - before, OVERLAP + BLOCK_BYTES - before, OVERLAP + BLOCK_BYTES);
    length = 0;
    while (length < BLOCK_BYTES) {
      const count = readSync(fd, window.bytes, OVERLAP + length, BLOCK_BYTES - length, block * BLOCK_BYTES + length);
      if (count === 0) break;
      length += count;
    }
    window.changed();
    // A typed array copies into shared memory byte by byte
    window.bytes.copy(shared, slot * BLOCK_BYTES, OVERLAP, OVERLAP + length);
    const found = new Int32Array(matches, slot * MAX_MATCHES * 8, MAX_MATCHES * 2);
    let count = 0;
    window.forEachMatch(OVERLAP - before, OVERLAP + length, (start, end) => {
      if (end <= OVERLAP || count > MAX_MATCHES) return;
      if (count < MAX_MATCHES) found.set([start - OVERLAP, end - OVERLAP], count * 2);
      count += 1;
    });
    before = OVERLAP;
    Atomics.store(taken, slot, TAKEN);
    parentPort?.postMessage({ length, matches: count > MAX_MATCHES ? null : count } satisfies SearchedBlock);
  }
}

searchAll(workerData as SearchOrder);
