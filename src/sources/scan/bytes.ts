/**
 * Where bytes come from: a file (read at a position, so that thousands of them can wait without an open descriptor), a gzip file, a
 * stream.
 */
import { type FileHandle, open } from "node:fs/promises";
import { createGunzip } from "node:zlib";

/** A source of bytes that can only be read once, in order. */
export interface ByteStream {
  /** Fills the beginning of `target` and says how far; 0 at the end, -1 where nothing came for a while. */
  read(target: Buffer): Promise<number>;
  close(): Promise<void>;
}

/** A file, read at positions. */
export class FileBytes {
  readonly path: string;
  readonly #keepOpen: boolean;
  #handle: FileHandle | null = null;

  /** `keepOpen`: false where there are so many files that descriptors could run out. */
  constructor(path: string, keepOpen: boolean) {
    this.path = path;
    this.#keepOpen = keepOpen;
  }

  /** Reads at a position; 0 at the end. */
  async readAt(target: Buffer, position: number): Promise<number> {
    const handle = this.#handle ?? (await open(this.path, "r"));
    if (this.#keepOpen) this.#handle = handle;
    try {
      let filled = 0;
      while (filled < target.length) {
        const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    } finally {
      if (!this.#keepOpen) await handle.close();
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}

/**
 * A stream from chunks that arrive when they like. With `idleMs`, a silence of that length is told (-1). Where `signal` is aborted it is at
 * its end, whatever its writer does.
 */
export function streamOf(
  chunks: AsyncIterable<Uint8Array | string>,
  idleMs: number | null,
  signal?: AbortSignal,
): ByteStream {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let coming: Promise<IteratorResult<Uint8Array | string>> | null = null;

  const next = async (): Promise<IteratorResult<Uint8Array | string> | null> => {
    if (signal?.aborted === true) return END;
    coming ??= iterator.next();
    // A rejection that nobody awaits yet must not end the process; it is seen by the next call.
    coming.catch(() => undefined);
    if (idleMs === null && signal === undefined) return coming;
    let timer: NodeJS.Timeout | undefined;
    let stop = (): void => undefined;
    const otherwise = new Promise<IteratorResult<Uint8Array | string> | null>((resolve) => {
      if (idleMs !== null) timer = setTimeout(resolve, idleMs, null);
      stop = () => resolve(END);
      signal?.addEventListener("abort", stop);
    });
    const result = await Promise.race([coming, otherwise]);
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    return result;
  };

  return {
    async read(target) {
      while (rest.length === 0) {
        const result = await next();
        if (result === null) return -1;
        if (result === END) return 0;
        coming = null;
        if (result.done === true) return 0;
        rest =
          typeof result.value === "string"
            ? Buffer.from(result.value)
            : Buffer.from(result.value.buffer, result.value.byteOffset, result.value.byteLength);
      }
      const count = Math.min(rest.length, target.length);
      rest.copy(target, 0, 0, count);
      rest = rest.subarray(count);
      return count;
    },
    async close() {
      const left = iterator.return?.();
      // A generator that waits for its next chunk leaves only when that has come
      if (coming === null) await left;
      else left?.catch(() => undefined);
    },
  };
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** So much of a gzip goes in at once: at the highest compression there is (1 to 1032) what comes out still fits in memory. */
const GZIP_STEP = 8 * 1024;

/**
 * The text inside a gzip, members one after another. What could be read before the damage of a broken or cut one is kept: `onDamage` is
 * called and the stream ends.
 */
export async function* gunzip(
  compressed: AsyncIterable<Uint8Array>,
  onDamage: (message: string) => void,
): AsyncGenerator<Uint8Array> {
  const inflater = createGunzip({ chunkSize: 32 * 1024 });
  // Flowing, not iterated: an error would throw away chunks that nobody has taken yet
  let ready: Buffer[] = [];
  let damage: Error | null = null;
  inflater.on("data", (chunk: Buffer) => ready.push(chunk));
  const ended = new Promise<void>((resolve) => {
    inflater.on("end", resolve);
    inflater.on("close", resolve);
    inflater.on("error", (error) => {
      damage = error;
      resolve();
    });
  });
  try {
    for await (const chunk of compressed) {
      for (let from = 0; from < chunk.length && damage === null; from += GZIP_STEP) {
        await Promise.race([
          new Promise<void>((resolve) => inflater.write(chunk.subarray(from, from + GZIP_STEP), () => resolve())),
          ended,
        ]);
        const taken = ready;
        ready = [];
        yield* taken;
      }
      if (damage !== null) break;
    }
    if (damage === null) {
      inflater.end();
      await ended;
    }
    yield* ready;
    if (damage !== null) onDamage((damage as Error).message);
  } finally {
    inflater.destroy();
  }
}

/** A file's bytes as chunks, each of which is overwritten by the next; not kept open in between where `FileBytes` does not. */
export async function* chunksOf(file: FileBytes): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.allocUnsafeSlow(GZIP_STEP);
  for (let position = 0; ; ) {
    const count = await file.readAt(chunk, position);
    if (count === 0) return;
    position += count;
    yield chunk.subarray(0, count);
  }
}
