/** Compressed bodies. What grows beyond the limit is refused while it grows, not after. */
import { gunzip, inflate, zstdDecompress } from "node:zlib";

type Unpacker = typeof gunzip;

const UNPACKERS: Readonly<Record<string, Unpacker | undefined>> = {
  gzip: gunzip,
  zlib: inflate,
  deflate: inflate,
  zstd: zstdDecompress as Unpacker | undefined,
};

/** True for the name of a compression that can be undone. */
export function canUnpack(encoding: string): boolean {
  return Object.hasOwn(UNPACKERS, encoding) && UNPACKERS[encoding] !== undefined;
}

/** A body that is longer than allowed when unpacked. */
export class TooLarge extends Error {}

/** Each may grow to the limit, and the thread pool has four threads: more at a time would only cost memory. */
const MOST_AT_ONCE = 4;
const waiting: (() => void)[] = [];
let running = 0;

/**
 * Undoes a compression.
 *
 * @throws TooLarge where the result would be longer than `most`, another error where the bytes are damaged
 */
export async function unpack(encoding: string, bytes: Uint8Array, most: number): Promise<Buffer> {
  const unpacker = UNPACKERS[encoding] as Unpacker;
  if (running >= MOST_AT_ONCE) await new Promise<void>((done) => waiting.push(done));
  running += 1;
  try {
    return await new Promise((done, fail) => {
      unpacker(bytes, { maxOutputLength: most }, (error, result) => {
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
