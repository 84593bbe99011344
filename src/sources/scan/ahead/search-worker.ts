/** A thread that searches ahead: takes one block after another and writes down what stands in them. */
import { parentPort, workerData } from "node:worker_threads";
import { BlockSearch, type SearchOrder } from "./block-search.ts";
import { BLOCK_BYTES } from "./blocks.ts";

/** What the thread is given: what to search for, and an open file. */
export type FileOrder = SearchOrder & { readonly fd: number };

function searchAll(order: FileOrder): void {
  const search = new BlockSearch(order);
  const { blocks } = search;
  for (let length = BLOCK_BYTES; length === BLOCK_BYTES; ) {
    const block = blocks.take();
    if (block === null) {
      blocks.waitForRoom();
      continue;
    }
    length = search.searchFile(block, order.fd);
    if (blocks.isAwaited()) parentPort?.postMessage(null);
  }
}

searchAll(workerData as FileOrder);
