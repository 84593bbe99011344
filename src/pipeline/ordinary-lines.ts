/** Ordinary lines that are kept because they may tell who is where, as long as they are not too many. */
import type { SourceRecord } from "../model/index.ts";

/** More facts about who is where than a small log has are not kept. */
const MOST = 200_000;
/** So many ordinary lines before the first cancel of something that is followed. */
const MOST_FOLLOWED = 20_000;

/** The ordinary lines of a reading. */
export class OrdinaryLines {
  readonly #follows: boolean;
  /** Null where there were too many. */
  #lines: SourceRecord[] | null = [];

  constructor(follows: boolean) {
    this.#follows = follows;
  }

  /** True as long as none is missing. */
  get isWhole(): boolean {
    return this.#lines !== null;
  }

  /** Keeps a line of a small input; `everyLine`: whether every line of the inputs is read. Spans are none. */
  keep(record: SourceRecord, everyLine: boolean): void {
    if (record.span !== undefined || this.#lines === null) return;
    if (this.#follows) {
      // What was long before the next cancel tells little of it
      if (this.#lines.length >= MOST_FOLLOWED) this.#lines.splice(0, MOST_FOLLOWED / 2);
      if (everyLine) this.#lines.push(record);
    } else if (everyLine && this.#lines.length < MOST) this.#lines.push(record);
    else this.#lines = null;
  }

  /** Those that were kept since the last time. */
  take(): readonly SourceRecord[] {
    const lines = this.#lines ?? [];
    this.#lines = [];
    return lines;
  }
}
