/** A thread that unpacks a file and searches its text. */
import { parentPort, workerData } from "node:worker_threads";
import { BlockSearch, OVERLAP, type SearchOrder } from "../scan/ahead/block-search.ts";
import { BLOCK_BYTES } from "../scan/ahead/blocks.ts";
import { chunksOf, FileBytes, type RandomBytes } from "../scan/bytes.ts";
import { unpacked } from "./unpacked.ts";

/** What the thread is given: what to search for, and the file. */
export type UnpackOrder = SearchOrder & { readonly path: string };

/** What it tells of damage in the file. */
export interface UnpackDamage {
  readonly packing: string;
  readonly message: string;
}

async function unpackAll(order: UnpackOrder): Promise<void> {
  const search = new BlockSearch(order);
  const { blocks, bytes } = search;
  const file = new FileBytes(order.path, true);
  let taken = 0;
  const counting: RandomBytes = {
    async readAt(target, position) {
      const count = await file.readAt(target, position);
      taken = position + count;
      return count;
    },
    close: () => file.close(),
  };
  const onDamage = (packing: string, message: string): void => {
    parentPort?.postMessage({ packing, message } satisfies UnpackDamage);
  };
  let before = 0;
  let length = 0;
  const finish = (): void => {
    let block = blocks.take();
    for (; block === null; block = blocks.take()) blocks.waitForRoom();
    search.search(block, before, length, Math.ceil(taken / 1024));
    if (blocks.isAwaited()) parentPort?.postMessage(null);
    bytes.copyWithin(0, BLOCK_BYTES, OVERLAP + BLOCK_BYTES);
    before = OVERLAP;
    length = 0;
  };
  let failure: unknown = null;
  try {
    for await (const chunk of unpacked(chunksOf(counting), onDamage)) {
      for (let from = 0; from < chunk.length; ) {
        const count = Math.min(chunk.length - from, BLOCK_BYTES - length);
        bytes.set(chunk.subarray(from, from + count), OVERLAP + length);
        length += count;
        from += count;
        if (length === BLOCK_BYTES) finish();
      }
    }
  } catch (error) {
    // What came before is still to be read
    failure = error;
  }
  await counting.close();
  finish();
  if (failure !== null) throw failure;
}

await unpackAll(workerData as UnpackOrder);
