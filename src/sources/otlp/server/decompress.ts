/** Compressed bodies. What grows beyond the limit is refused while it grows, not after. */
import { gunzip, inflate, zstdDecompress } from "node:zlib";
import { SnappyTooLarge, unsnappy } from "./snappy.ts";

type Decompress = typeof gunzip;

const METHODS: Readonly<Record<string, Decompress | undefined>> = {
  gzip: gunzip,
  zlib: inflate,
  deflate: inflate,
  zstd: zstdDecompress as Decompress | undefined,
};
const SNAPPY = ["snappy", "x-snappy-framed"];

/** True for the name of a compression that can be undone. */
export function canDecompress(encoding: string): boolean {
  return SNAPPY.includes(encoding) || (Object.hasOwn(METHODS, encoding) && METHODS[encoding] !== undefined);
}

/** A body that is longer than allowed when decompressed. */
export class TooLarge extends Error {}

/** Each may grow to the limit, and the thread pool has four threads: more at a time would only cost memory. */
const MAX_AT_ONCE = 4;

/** Undoes compressions, a few at a time; the others wait. */
export class Decompressor {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /**
   * Undoes a compression that {@link canDecompress}.
   *
   * @throws TooLarge where the result would be longer than `maxBytes`, another error where the bytes are damaged
   */
  async decompress(encoding: string, bytes: Buffer, maxBytes: number): Promise<Buffer> {
    if (SNAPPY.includes(encoding)) {
      try {
        return unsnappy(bytes, maxBytes);
      } catch (error) {
        throw error instanceof SnappyTooLarge ? new TooLarge() : error;
      }
    }
    const method = METHODS[encoding] as Decompress;
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((done) => this.#waiting.push(done));
    this.#running += 1;
    try {
      return await new Promise((done, fail) => {
        method(bytes, { maxOutputLength: maxBytes }, (error, result) => {
          if (error === null) done(result);
          else if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") fail(new TooLarge());
          else fail(error);
        });
      });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}
