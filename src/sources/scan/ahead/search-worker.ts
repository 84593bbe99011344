/** A thread that searches ahead: takes one block after another and writes down what stands in them. */
import { parentPort, workerData } from "node:worker_threads";
import { BlockSearch, type SearchOrder } from "./block-search.ts";
import { BLOCK_BYTES, Blocks, WAITING } from "./blocks.ts";

function searchAll(order: SearchOrder): void {
  const search = new BlockSearch(order);
  const blocks = new Blocks(order.blocks);
  for (let length = BLOCK_BYTES; length === BLOCK_BYTES; ) {
    const block = blocks.take();
    if (block === null) {
      blocks.waitForRoom();
      continue;
    }
    length = search.search(block);
    if (Atomics.exchange(blocks.states, WAITING, 0) !== 0) parentPort?.postMessage(null);
  }
}

searchAll(workerData as SearchOrder);
