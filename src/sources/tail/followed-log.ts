/**
 * One log that is followed: its file, how far it is read, and by what it would be known again.
 *
 * It has generations: one ends when the file is truncated, and what was in it may be in a copy.
 */
import type { Input } from "../files/inputs.ts";
import type { Mergeable } from "../files/merge.ts";
import { limitsFor, makerOf, type OpenOptions, openFile, readBeginning, unpackedFile } from "../files/open-file.ts";
import type { RandomBytes } from "../scan/bytes.ts";
import type { Position } from "../scan/line-marks.ts";
import { type ReaderLimits, SourceReader } from "../scan/reader.ts";
import { type Candidate, type Content, HEAD_BYTES, MARK_BYTES, readMark } from "./content.ts";
import type { FileFacts, GrowingFile } from "./growing-file.ts";
import { type LaneReader, passOver } from "./lane.ts";
import { skip } from "./skipped.ts";

/** Silence after which the last event of a log counts as complete. */
const IDLE_MS = 250;
/** A packed file that has not changed for so long is taken for complete. */
const PACKED_MS = 1_000;
const BEGINNING: Position = { byte: 0, line: 1 };

/** How a log is begun: where, and whether it may be begun at all. */
export type Verdict = Position | "wait";

/** Says of a log that is about to be begun how far it is known. */
export type Judge = (log: FollowedLog) => Promise<Verdict>;

/** What the next pass does with a log. */
type State = "new" | "under-way" | "complete" | "refused";

/** A log under way. */
export class FollowedLog implements Candidate {
  readonly file: GrowingFile;
  readonly #input: Input;
  readonly #options: OpenOptions;
  readonly #made: ReturnType<typeof makerOf>;
  #state: State = "new";
  #reader: LaneReader | null = null;
  /** How many bytes were read of a document, which has no positions. */
  #taken = 0;
  #startAt: Mergeable["startAt"] = null;
  #position: Position = BEGINNING;
  #mark: Buffer = Buffer.alloc(0);
  #modifiedMs: number;
  #news = false;
  /** The last event counts as complete. */
  #settled = false;
  /** The first bytes of its text; empty before it is begun. */
  head: Buffer = Buffer.alloc(0);
  packed = false;
  /** Counts truncations. */
  generation = 0;
  size = 0;
  changedAt: number;

  constructor(file: GrowingFile, facts: FileFacts, input: Input, options: OpenOptions, nowMs: number) {
    this.file = file;
    this.#input = input;
    this.#options = options;
    this.#made = makerOf(input, options);
    this.size = facts.size;
    this.#modifiedMs = facts.modifiedMs;
    this.changedAt = nowMs;
  }

  /** True while it has text of its own that a copy could have. */
  get isUnderWay(): boolean {
    return this.#state === "under-way" || this.#state === "complete";
  }

  /** True where a pass has something to do. */
  isDue(nowMs: number): boolean {
    if (this.#reader === null) return false;
    return this.#news || (!this.#settled && nowMs - this.changedAt >= IDLE_MS);
  }

  /** True while somebody reads it. */
  get isOpen(): boolean {
    return this.#reader !== null;
  }

  /** What it is known by, as far as it has been read. */
  get content(): Content {
    return { head: this.head, position: this.#position, mark: this.#mark };
  }

  /** Takes what the system says of it now. Returns the content that it had where that is gone. */
  async update({ size, modifiedMs }: Pick<FileFacts, "size" | "modifiedMs">, nowMs: number): Promise<Content | null> {
    if (size === this.size && modifiedMs === this.#modifiedMs) return null;
    this.size = size;
    this.#modifiedMs = modifiedMs;
    this.changedAt = nowMs;
    this.#news = true;
    if (!this.isUnderWay) return null;
    this.#limits.counts.resize(size);
    const { content } = this;
    if (this.packed || (await this.#isTheSame())) {
      if (this.#state === "complete") this.#state = "new";
      return null;
    }
    this.#forget();
    return content;
  }

  async #isTheSame(): Promise<boolean> {
    return this.size >= this.#position.byte && (await this.#stillHolds(this.content));
  }

  /** Before a first event is complete only the head tells a log from what was written over it. */
  async #stillHolds({ head, position, mark }: Content): Promise<boolean> {
    const first = Buffer.alloc(head.length);
    const count = await this.file.readAt(first, 0);
    return first.subarray(0, count).equals(head) && (await readMark(this.file, position.byte)).equals(mark);
  }

  #forget(): void {
    void this.#reader?.close();
    this.#reader = null;
    this.#state = "new";
    this.#position = BEGINNING;
    this.#mark = Buffer.alloc(0);
    this.head = this.#mark;
    this.generation += 1;
  }

  /** Passes over what is there: only what comes later is read. */
  async passOver(): Promise<void> {
    const beginning = await readBeginning(this.file, this.size, this.#made.clock, this.#options.scratch);
    this.head = Buffer.from(beginning.first.subarray(0, HEAD_BYTES));
    this.packed = beginning.packed;
    this.#state = beginning.refusal === null ? "complete" : "refused";
    await this.#moveTo({ byte: this.packed ? 0 : this.size, line: 1 });
  }

  /** Begins to read it, or to read it on; does nothing while that makes no sense yet. `now` leaves it no more time to become complete. */
  async begin(nowMs: number, judge: Judge, now: boolean): Promise<void> {
    if (this.#state !== "new" || this.size === 0) return;
    const { scratch, limits } = this.#options;
    const { source } = this.#input;
    try {
      const beginning = await readBeginning(this.file, this.size, this.#made.clock, scratch);
      this.packed = beginning.packed;
      const quietMs = nowMs - this.changedAt;
      const whole = beginning.packed ? quietMs >= PACKED_MS : beginning.first.includes(10) || quietMs >= IDLE_MS;
      if (!whole && !now) return;
      if (beginning.refusal !== null) {
        this.#state = "refused";
        limits.diagnostics.leaveOut(source, beginning.refusal);
        return;
      }
      this.head = Buffer.from(beginning.first.subarray(0, HEAD_BYTES));
      const known = this.#position.byte > 0 ? this.#position : await judge(this);
      if (known === "wait") return;
      this.#startAt = beginning.startAt;
      this.#limits.counts.resize(this.size);
      if (!this.packed) this.#limits.counts.reach(known.byte);
      await this.#moveTo(known);
      this.#reader =
        known.byte === 0 && !beginning.packed
          ? openFile(
              source,
              beginning.document ? this.#counted() : this.file,
              beginning,
              this.#made.maker,
              this.#limits,
            )
          : await this.#readOn(known);
      this.#state = "under-way";
      this.#news = true;
    } catch (error) {
      this.#state = "refused";
      limits.diagnostics.leaveOut(source, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** What is read is counted by its name from the first time on that it is read. */
  get #limits(): ReaderLimits {
    return limitsFor(this.#input, this.#options);
  }

  #counted(): RandomBytes {
    return {
      readAt: async (target, position) => {
        const count = await this.file.readAt(target, position);
        this.#taken = Math.max(this.#taken, position + count);
        return count;
      },
      close: async () => undefined,
    };
  }

  async #readOn(start: Position): Promise<SourceReader> {
    const { source } = this.#input;
    const { maker } = this.#made;
    if (!this.packed) return new SourceReader(source, this.file, maker, this.#limits, start);
    const stream = unpackedFile(source, this.file, this.#limits);
    await skip(stream, start.byte, 0);
    return new SourceReader(source, stream, maker, this.#limits, start);
  }

  get textBytes(): number | null {
    return this.packed ? null : this.size;
  }

  async markAt(position: number): Promise<Buffer | null> {
    if (!this.packed) return position > this.size ? null : await readMark(this.file, position);
    const stream = unpackedFile(this.#input.source, this.file, this.#options.limits);
    try {
      return await skip(stream, position, MARK_BYTES);
    } finally {
      await stream.close();
    }
  }

  /** One pass over what is there. `last`: nothing comes any more. */
  pass(nowMs: number, last: boolean): Mergeable {
    const reader = this.#reader as LaneReader;
    const idle = nowMs - this.changedAt >= IDLE_MS;
    this.file.ending = last ? "no" : idle ? "idle" : "later";
    this.#news = false;
    this.#settled = idle;
    const startAt = this.#startAt;
    this.#startAt = null;
    return passOver(reader, startAt, (ended) => {
      if (ended) this.#state = "complete";
    });
  }

  /** Remembers how far the last pass came. Returns the content that it had where it was truncated meanwhile. */
  async afterPass(): Promise<Content | null> {
    const { position } = this.#reader ?? {};
    if (this.#state === "complete") this.#reader = null;
    else if (position === undefined) return null;
    // One document has no positions: what is written behind it is read on as lines
    const reached = position ?? { byte: this.#taken, line: 1 };
    if (reached.byte === this.#position.byte) return null;
    const { content } = this;
    if (this.packed || (await this.#stillHolds(content))) {
      await this.#moveTo(reached);
      return null;
    }
    this.#forget();
    return content;
  }

  async #moveTo(position: Position): Promise<void> {
    this.#position = position;
    this.#mark = this.packed ? Buffer.alloc(0) : await readMark(this.file, position.byte);
  }
}
