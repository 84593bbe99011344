/** Compressed bodies. What grows beyond the limit is refused while it grows, not after. */
import { gunzip, inflate, zstdDecompress } from "node:zlib";

type Decompress = typeof gunzip;

const DECOMPRESSORS: Readonly<Record<string, Decompress | undefined>> = {
  gzip: gunzip,
  zlib: inflate,
  deflate: inflate,
  zstd: zstdDecompress as Decompress | undefined,
};

/** True for the name of a compression that can be undone. */
export function canDecompress(encoding: string): boolean {
  return Object.hasOwn(DECOMPRESSORS, encoding) && DECOMPRESSORS[encoding] !== undefined;
}

/** A body that is longer than allowed when unpacked. */
export class TooLarge extends Error {}

/** Each may grow to the limit, and the thread pool has four threads: more at a time would only cost memory. */
const MAX_AT_ONCE = 4;
const waiting: (() => void)[] = [];
let running = 0;

/**
 * Undoes a compression.
 *
 * @throws TooLarge where the result would be longer than `most`, another error where the bytes are damaged
 */
export async function unpack(encoding: string, bytes: Uint8Array, most: number): Promise<Buffer> {
  const decompressor = DECOMPRESSORS[encoding] as Decompress;
  if (running >= MAX_AT_ONCE) await new Promise<void>((done) => waiting.push(done));
  running += 1;
  try {
    return await new Promise((done, fail) => {
      decompressor(bytes, { maxOutputLength: most }, (error, result) => {
        if (error === null) done(result);
        else if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") fail(new TooLarge());
        else fail(error);
      });
    });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
