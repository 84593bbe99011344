/** The times of lines that are not read: of the last one in a window, and of those above a line that has none. */
import type { Instant, SourceRecord } from "../../model/index.ts";
import { hasUnreadTime } from "../formats/unread-time.ts";

/** How far above a line without a time one with a time is looked for. */
const MAX_LINES_ABOVE = 250;

/** Asks the lines of one source for their times. */
export class LineTimes {
  readonly #timeOf: (line: string) => Instant | null;
  /** Where the last line without a time stands, and the time above it. */
  #above: { readonly byte: number; readonly at: Instant | null } = { byte: 0, at: null };

  constructor(timeOf: (line: string) => Instant | null) {
    this.#timeOf = timeOf;
  }

  /** The time of the last whole line before `limit`. */
  last(bytes: Buffer, limit: number): Instant | null {
    if (limit < 2) return null;
    const from = bytes.lastIndexOf(10, limit - 2) + 1;
    return this.#timeOf(bytes.toString("utf8", from, limit));
  }

  /**
   * A line without a time was written after the one above it: that one's, and that it is not known better than to a second. None where the line,
   * or one above it, has a time in a form that is not known: hours may lie between.
   *
   * @param line the beginning of the line
   * @param base where in the source the bytes begin
   */
  above(line: string, bytes: Buffer, from: number, base: number): Pick<SourceRecord, "at" | "stepMs"> {
    if (hasUnreadTime(line)) return { at: null };
    let at: Instant | null = null;
    let next = from;
    for (let lines = 0; lines < MAX_LINES_ABOVE && next > 0 && at === null; lines += 1) {
      // The lines above the last one that was asked for are known
      if (base + next <= this.#above.byte) {
        ({ at } = this.#above);
        break;
      }
      const begin = next < 2 ? 0 : bytes.lastIndexOf(10, next - 2) + 1;
      const line = bytes.toString("utf8", begin, next);
      at = this.#timeOf(line);
      next = begin;
      // What stands above that is no nearer to this line
      if (at === null && hasUnreadTime(line)) break;
    }
    this.#above = { byte: base + from, at };
    return at === null ? { at } : { at, stepMs: 1_000 };
  }
}
