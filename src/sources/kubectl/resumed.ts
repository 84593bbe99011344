/**
 * Lines of `kubectl logs --prefix --timestamps` that is run again and again -> each line once.
 *
 * A run begins some time before the last line of the one before. Inside one container the times never go back, so what it repeats are the
 * lines before its last time, and as many of that very time as have been seen.
 */

/** Where one container's log stands. */
interface Seen {
  readonly time: bigint;
  /** How many lines of that time. */
  readonly lines: number;
}

const LINE = /^(\[pod\/[^\]]+\]) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;

/** Passes each line on once. */
export class ResumedLines {
  readonly #seen = new Map<string, Seen>();
  /** What is left to be repeated of each container in this run. */
  #repeated = new Map<string, Seen>();
  #newest: bigint | null = null;

  /** A new run begins: it repeats lines. */
  begin(): void {
    this.#repeated = new Map(this.#seen);
  }

  /** The newest time of all lines, in nanoseconds since the epoch; null before the first. */
  get newest(): bigint | null {
    return this.#newest;
  }

  /** Says whether a line is a new one. */
  isNew(line: string): boolean {
    const match = LINE.exec(line);
    if (match === null) return true;
    const [, container = "", seconds = "", fraction = "", zone = ""] = match;
    const time = BigInt(Date.parse(`${seconds}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
    const before = this.#repeated.get(container);
    if (before !== undefined) {
      if (time < before.time) return false;
      if (time === before.time && before.lines > 0) {
        this.#repeated.set(container, { time, lines: before.lines - 1 });
        return false;
      }
      this.#repeated.delete(container);
    }
    const last = this.#seen.get(container);
    this.#seen.set(container, { time, lines: last?.time === time ? last.lines + 1 : 1 });
    if (this.#newest === null || time > this.#newest) this.#newest = time;
    return true;
  }
}
