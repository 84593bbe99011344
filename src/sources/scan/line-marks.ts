/** Which line stands where in a source: known at some places, counted from there. */
import type { RandomBytes } from "./bytes.ts";

/** Where a reading stands, or begins. */
export interface Position {
  /** The offset in the source. */
  readonly byte: number;
  /** The number of the line there, counted from 1. */
  readonly line: number;
}

const BLOCK_BYTES = 1024 * 1024;
/** Marks lie so far apart at least. */
const APART_BYTES = 256 * 1024;

/** The marks of one source, in order. */
export class LineMarks {
  readonly #marks: Position[] = [{ byte: 0, line: 1 }];

  /** Takes one; it stands behind all others, or is known. */
  add(mark: Position): void {
    if (mark.byte >= (this.#marks.at(-1) as Position).byte + APART_BYTES) this.#marks.push(mark);
  }

  /** The number of the line in which a byte stands; the bytes from the mark before on have to be there. */
  async lineAt(byte: number, bytes: RandomBytes): Promise<number> {
    let low = 0;
    for (let high = this.#marks.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((this.#marks[middle] as Position).byte <= byte) low = middle;
      else high = middle;
    }
    let { byte: at, line } = this.#marks[low] as Position;
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, byte - at));
    while (at < byte) {
      const count = await bytes.readAt(block.subarray(0, Math.min(block.length, byte - at)), at);
      if (count === 0) break;
      for (let lf = block.indexOf(10); lf >= 0 && lf < count; lf = block.indexOf(10, lf + 1)) line += 1;
      at += count;
    }
    return line;
  }
}
