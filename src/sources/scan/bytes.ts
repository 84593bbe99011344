/**
 * Where bytes come from: a file (read at a position, so that thousands of them can wait without an open descriptor) or a stream.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { KnownLines } from "./known-lines.ts";
import type { Foreseen } from "./window.ts";

/** Bytes that somebody may have searched already. */
interface MaybeSearched {
  /** What is to be found in a part that has been read; null where nobody has searched all of it. */
  foreseen?(position: number, length: number): Foreseen | null;
  /**
   * Lines that end by a position, none of them told before, that whoever has searched found not worth reading: what is foreseen leaves them
   * out. `counted`: how many of them are to be counted, see {@link KnownLines.passesOver}.
   */
  passedOver?(end: number): { readonly lines: number; readonly counted: number };
}

/** A source of bytes that can only be read once, in order. */
export interface ByteStream extends MaybeSearched {
  /** Fills the beginning of `target` and says how far; 0 at the end, {@link NOTHING_MORE}, {@link NOTHING_NOW}. */
  read(target: Buffer): Promise<number>;
  close(): Promise<void>;
}

/** Some files of the system wait for what is to come (`/proc/kmsg`): that is an error here, for a read that waits cannot be ended. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What a stream reads where nothing came for a while. */
export const NOTHING_MORE: number = -1;
/** What a stream that makes nobody wait reads where nothing is there, and what was read last may go on. */
export const NOTHING_NOW: number = -2;

/** A source of bytes that can be read at positions, again and again. */
export interface RandomBytes extends MaybeSearched {
  /** Fills `target` from a position on as far as there is something; says how far. */
  readAt(target: Buffer, position: number): Promise<number>;
  /**
   * What its end means: `no` (nothing comes any more; so it is where this is left out), `idle` (nothing came for a while), `later` (what was
   * read last may go on).
   */
  readonly ending?: "no" | "idle" | "later";
  close(): Promise<void>;
}

/** Other bytes up to a position, at their own positions. They stay open. */
export function upTo(bytes: RandomBytes, end: number): RandomBytes {
  return {
    readAt: (target, position) =>
      position >= end ? Promise.resolve(0) : bytes.readAt(target.subarray(0, end - position), position),
    close: () => Promise.resolve(),
  };
}

/** A file, read at positions. */
export class FileBytes implements RandomBytes {
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
    const handle = this.#handle ?? (await open(this.path, READ));
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

  /** The number by which the system knows the file, which stays open. */
  async descriptor(): Promise<number> {
    this.#handle ??= await open(this.path, READ);
    return this.#handle.fd;
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
        if (result === null) return NOTHING_MORE;
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

/** A file that is read through is read in steps of so many bytes. */
const STEP_BYTES = 64 * 1024;

/** A file's bytes as chunks; not kept open in between where `FileBytes` does not. */
export async function* chunksOf(file: RandomBytes): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafeSlow(STEP_BYTES);
    const count = await file.readAt(chunk, position);
    if (count === 0) return;
    position += count;
    yield chunk.subarray(0, count);
  }
}

/** The bytes that were already taken from a stream, put back before what is still in it. */
export function putBack(taken: readonly Buffer[], stream: ByteStream): ByteStream {
  const chunks = [...taken];
  return {
    async read(target) {
      const first = chunks.shift();
      if (first === undefined) return stream.read(target);
      const count = Math.min(first.length, target.length);
      first.copy(target, 0, 0, count);
      if (count < first.length) chunks.unshift(first.subarray(count));
      return count;
    },
    close: () => stream.close(),
  };
}
