/**
 * The last bytes of a stream: what is around a line is asked for when the line has gone by.
 */
import type { RandomBytes } from "./bytes.ts";

const PIECE_BYTES = 1024 * 1024;

/** Keeps so many bytes at least, and forgets the oldest. Takes memory only for what it holds. */
export class Ring implements RandomBytes {
  readonly #pieces: Buffer[] = [];
  readonly #most: number;
  #start = 0;
  #end = 0;

  /** `capacity` in bytes; it is rounded up to whole MiB. */
  constructor(capacity: number) {
    this.#most = Math.max(1, Math.ceil(capacity / PIECE_BYTES));
  }

  /** The position in the stream of the oldest byte that is held. */
  get start(): number {
    return this.#start;
  }

  /** The position behind the newest. */
  get end(): number {
    return this.#end;
  }

  /** Takes the next bytes of the stream; they are copied. */
  push(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const filled = this.#end % PIECE_BYTES;
      if (filled === 0) this.#pieces.push(this.#emptyPiece());
      const piece = this.#pieces.at(-1) as Buffer;
      const count = bytes.copy(piece, filled, from, Math.min(bytes.length, from + PIECE_BYTES - filled));
      this.#end += count;
      from += count;
    }
  }

  #emptyPiece(): Buffer {
    if (this.#pieces.length <= this.#most) return Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#start += PIECE_BYTES;
    return this.#pieces.shift() as Buffer;
  }

  /** Reads at a position of the stream; nothing where that is no longer held. */
  readAt(target: Buffer, position: number): Promise<number> {
    let filled = 0;
    for (let at = position; at >= this.#start && at < this.#end && filled < target.length; ) {
      const piece = this.#pieces[Math.floor((at - this.#start) / PIECE_BYTES)] as Buffer;
      const from = at % PIECE_BYTES;
      const count = piece.copy(target, filled, from, Math.min(PIECE_BYTES, from + this.#end - at));
      filled += count;
      at += count;
    }
    return Promise.resolve(filled);
  }

  /** Forgets everything. */
  close(): Promise<void> {
    this.#pieces.length = 0;
    this.#start = this.#end;
    return Promise.resolve();
  }
}
