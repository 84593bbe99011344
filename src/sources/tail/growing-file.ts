/**
 * A file that others write to, rename, truncate and delete while it is read.
 *
 * It is held open, so that what is written to it after it was renamed or deleted is still read, and so that its number is nobody else's.
 */
import { type FileHandle, open, stat } from "node:fs/promises";
import type { RandomBytes } from "../scan/bytes.ts";

/** What the system says of a file at one moment. */
export interface FileFacts {
  readonly identity: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** False once no name leads to it any more. */
  readonly named: boolean;
}

type Stats = {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeMs: bigint;
  readonly nlink: bigint;
};

function factsOf({ dev, ino, size, mtimeMs, nlink }: Stats): FileFacts {
  return { identity: `${dev}:${ino}`, size: Number(size), modifiedMs: Number(mtimeMs), named: nlink > 0n };
}

/** One file, whatever its name is at the moment. */
export class GrowingFile implements RandomBytes {
  /** Where it was found last. */
  path: string;
  readonly identity: string;
  /** What a reader takes the end for that it comes to. */
  ending: "later" | "idle" | "no" = "later";
  readonly #held: boolean;
  #handle: FileHandle | null;

  private constructor(path: string, handle: FileHandle, identity: string, held: boolean) {
    this.path = path;
    this.identity = identity;
    this.#handle = handle;
    this.#held = held;
  }

  /**
   * Opens the file that a path leads to now.
   *
   * @param held false where there are so many files that they are opened for each reading only
   */
  static async open(path: string, held: boolean): Promise<{ file: GrowingFile; facts: FileFacts }> {
    const handle = await open(path, "r");
    const facts = factsOf(await handle.stat({ bigint: true }));
    const file = new GrowingFile(path, handle, facts.identity, held);
    await file.#rest();
    return { file, facts };
  }

  /** What the system says of it now; null where it is not held and another file has its name. */
  async facts(): Promise<FileFacts | null> {
    if (this.#handle !== null) return factsOf(await this.#handle.stat({ bigint: true }));
    const facts = await stat(this.path, { bigint: true }).then(factsOf, () => null);
    return facts?.identity === this.identity ? facts : null;
  }

  async readAt(target: Buffer, position: number): Promise<number> {
    this.#handle ??= await open(this.path, "r");
    let filled = 0;
    while (filled < target.length) {
      const { bytesRead } = await this.#handle.read(target, filled, target.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    await this.#rest();
    return filled;
  }

  async #rest(): Promise<void> {
    if (!this.#held) await this.release();
  }

  /** A reader that is done with it: another one may follow. */
  async close(): Promise<void> {}

  /** Lets go of it. */
  async release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}
