/** The memory of a program that takes in evidence for hours and shows what it makes of it. */
import { setFlagsFromString } from "node:v8";
import type { CascadeStoreOptions } from "../../cascade/index.ts";

/** Open evidence takes 1.6 times as much while its cascades are shown, so screens hold less of it than a scan: some 110,000 spans. */
export const SCREEN_LIMITS: CascadeStoreOptions = { openBytes: 64 * 2 ** 20, cascadeBytes: 160 * 2 ** 20 };

/** A scan judges what is open when it takes so much, however little time it spans: some 80,000 lines. */
export const SCAN_LIMITS: CascadeStoreOptions = { openBytes: 64 * 2 ** 20 };

/**
 * Collects garbage once the heap has grown by half of what is in use. Left to itself the heap grows to three or four times of it, with
 * 1,000 cancels a second to more than a gigabyte (`npm run bench live`), for a few percent less of a processor. And the space of new
 * objects stays as small as it is at the start: evidence outlives it however large it grows, and from 64 MiB nothing is given back.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=50");
  setFlagsFromString("--semi-space-growth-factor=1");
}
