/**
 * One source -> its records, a window at a time.
 *
 * All readers of a run share one window, because only one of them reads at a time; what a reader keeps between two turns is small: a
 * position (files are read again from there) or, for a stream, the bytes that are not done yet.
 */
import type { Instant, SourceRecord } from "../../model/index.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { RecordMaker } from "../formats/record-maker.ts";
import { type ByteStream, NOTHING_NOW, type RandomBytes } from "./bytes.ts";
import type { KnownLines } from "./known-lines.ts";
import type { LineMarks, Position } from "./line-marks.ts";
import { LineTimes } from "./line-times.ts";
import type { Ring } from "./ring.ts";
import { lineNumber, MAX_EVENT_BYTES, MAX_LOOK_BACK_BYTES, nextEvent, type ScanState } from "./scan.ts";
import type { SharedWindow } from "./shared-window.ts";
import type { Tally } from "./tally.ts";

/** A longer line is cut: its rest is passed over and a diagnostic says so. */
const MAX_LINE_BYTES: number = 8 * 1024 * 1024;

/** What is told of a record that holds too much. */
const CUT = "a record with more values than are read: its last ones and what is nested deepest in it are left out";

/** What is told of a line that something cut at a length. */
const TORN = "a line of JSON that ends in the middle, as something cut it: what stood behind its end is lost";

/** How much of a stream is gathered before it is looked at, and for how long. */
const GATHERED_BYTES = 1024 * 1024;
const GATHERED_MS = 100;

/** What all readers of a run share, but for the counts. */
export interface ReaderLimits {
  readonly shared: SharedWindow;
  readonly windowBytes: number;
  /** How many records one turn may make, so that thousands of waiting readers stay small. */
  readonly recordsPerTurn: number;
  readonly diagnostics: Diagnostics;
  /** Of the input that is read. */
  readonly counts: Tally;
  /** Lines that need not be read because others like them said nothing; null where every line is asked. */
  readonly known: KnownLines | null;
}

/** What of a source is kept so that it can be looked at again. */
export interface Past {
  readonly marks: LineMarks;
  /** Null where the source itself can be read again. */
  readonly ring: Ring | null;
}

/** Whether more bytes come: at once, maybe soon, maybe some day, never. */
type More = "yes" | "later" | "idle" | "no";

/** How far a window can be understood. */
interface Look {
  /** How much of the window is filled, and how much of that is whole lines. */
  readonly end: number;
  readonly limit: number;
  readonly room: number;
  readonly more: More;
  /** Nothing that comes later belongs to the last event. */
  readonly final: boolean;
}

/** Reads one source, in turns. */
export class SourceReader {
  readonly #source: string;
  readonly #bytes: RandomBytes | ByteStream;
  readonly #maker: RecordMaker;
  readonly #limits: ReaderLimits;
  /** Bytes of a stream that belong to the next turn. */
  #kept: Buffer = Buffer.alloc(0);
  #store: Buffer = Buffer.alloc(0);
  /** The offset in the source of the next window's first byte. */
  #base = 0;
  #state: ScanState = { searched: 0, floor: 0, counted: 0, line: 1 };
  #skipping = false;
  /** Somebody else has searched the window. */
  #isForeseen = false;
  /** More than the usual window, after a turn that found an event longer than it. */
  #widened = 0;
  #ended = false;
  /** The window as this reader left it, with more events than one turn may take. */
  #unfinished: Look | null = null;
  /** Lines up to this one are in the counts. */
  #reported = 1;
  #position: Position = { byte: 0, line: 1 };
  #resting = false;
  readonly #past: Past | null;
  #reachedAt: Instant | null = null;
  readonly #times: LineTimes;

  /** `start`: where to begin; the stream begins there, too. `past`: null where nobody looks at the source again. */
  constructor(
    source: string,
    bytes: RandomBytes | ByteStream,
    maker: RecordMaker,
    limits: ReaderLimits,
    start: Position = { byte: 0, line: 1 },
    past: Past | null = null,
  ) {
    this.#past = past;
    this.#source = source;
    this.#bytes = bytes;
    this.#maker = maker;
    this.#times = new LineTimes((line) => maker.timeOf(line));
    this.#limits = limits;
    this.#position = start;
    this.#base = start.byte;
    this.#state.line = start.line;
    this.#reported = start.line;
  }

  /** Behind the last event, or the last line without one, that is done. */
  get position(): Position {
    return this.#position;
  }

  /** How far in time a turn came that found nothing; null where that is not known. */
  get reachedAt(): Instant | null {
    return this.#reachedAt;
  }

  /** True where the last turn took all that is there, and more may come. */
  get resting(): boolean {
    return this.#resting;
  }

  /** The records of the next turn, maybe none; null at the end. Never throws: damage is a diagnostic and the end. */
  async read(): Promise<SourceRecord[] | null> {
    if (this.#ended) return null;
    try {
      return await this.#turn();
    } catch (error) {
      this.#tellDamage(error, true);
      await this.close();
      return null;
    }
  }

  #tellDamage(error: unknown, nothingNew: boolean): void {
    const reason = error instanceof Error ? error.message : String(error);
    const { diagnostics } = this.#limits;
    if (nothingNew && this.#base === 0) diagnostics.leaveOut(this.#source, `cannot be read: ${reason}`);
    else diagnostics.cut(this.#source, `cannot be read on: ${reason}`);
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#unfinished = null;
    this.#store = Buffer.alloc(0);
    this.#kept = this.#store;
    await this.#bytes.close().catch(() => undefined);
  }

  async #fill(room: number): Promise<{ readonly end: number; readonly more: More }> {
    const { window } = this.#limits.shared;
    window.reserve(room);
    if ("readAt" in this.#bytes) {
      const count = await this.#bytes.readAt(window.bytes.subarray(0, room), this.#base);
      return { end: count, more: count < room ? (this.#bytes.ending ?? "no") : "yes" };
    }
    let end = this.#kept.length;
    this.#kept.copy(window.bytes);
    // A pipe hands out 64 KiB at a time: gather some, but let nobody wait for a line that is there
    const enough = Math.min(room, end + GATHERED_BYTES);
    const started = performance.now();
    let more: More = "yes";
    while (end < enough && more === "yes") {
      try {
        const count = await this.#bytes.read(window.bytes.subarray(end, room));
        if (count > 0) end += count;
        else if (count === 0) more = "no";
        else more = count === NOTHING_NOW ? "later" : "idle";
      } catch (error) {
        // What came before is still to be read
        this.#tellDamage(error, end === 0);
        more = "no";
      }
      if (performance.now() - started > GATHERED_MS) break;
    }
    return { end, more };
  }

  /** Fills the window and finds how far it can be understood; widens it where one line does not fit. */
  async #look(): Promise<Look> {
    const { windowBytes } = this.#limits;
    const { window } = this.#limits.shared;
    const state = this.#state;
    let room = Math.max(windowBytes, this.#widened, this.#kept.length + windowBytes / 2);
    let { end, more } = await this.#fill(room);
    // A hole that goes on behind the window is no line that is too long
    const inHole = this.#passHole(end) && state.searched === end;
    let limit = this.#wholeLines(end, more === "no");
    while (
      !inHole &&
      limit <= state.searched &&
      more === "yes" &&
      end - state.searched < MAX_LINE_BYTES &&
      !this.#skipping
    ) {
      this.#save(0, end);
      if (end === room) room = Math.min(room * 2, MAX_LINE_BYTES * 2);
      ({ end, more } = await this.#fill(room));
      limit = this.#wholeLines(end, more === "no");
    }
    const foreseen = this.#bytes.foreseen?.(this.#base, end) ?? null;
    this.#isForeseen = foreseen !== null;
    window.changed(foreseen);
    if (this.#skipping) limit = this.#skipLine(end, more === "no");
    else if (inHole) limit = end;
    else if (limit <= state.searched && more === "yes") {
      limit = state.searched + MAX_LINE_BYTES;
      this.#skipping = true;
      this.#limits.diagnostics.add(
        { source: this.#source, line: this.#lineAt(state.searched) },
        `a line longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB: the rest of it is left out`,
        `long ${this.#source}`,
      );
    }
    return {
      end,
      limit,
      room,
      more,
      final: more === "idle" || more === "no" || this.#skipping || end - limit > MAX_EVENT_BYTES,
    };
  }

  async #turn(): Promise<SourceRecord[]> {
    const { shared, counts } = this.#limits;
    const { window } = shared;
    shared.take(this);
    const look = this.#unfinished ?? (await this.#look());
    this.#unfinished = null;
    this.#resting = false;
    const records: SourceRecord[] = [];
    if (this.#takeEvents(records, look)) {
      this.#unfinished = look;
    } else {
      this.#resting = look.more === "later" || look.more === "idle";
      const done = look.more === "no";
      if (records.length === 0) this.#reachedAt = this.#times.last(window.bytes, look.limit) ?? this.#reachedAt;
      if (done && look.end > 0 && window.bytes[look.end - 1] !== 10) counts.addRecords(1);
      this.#countPassedOver();
      const moved = this.#keep(look.end);
      this.#widened = moved === 0 && look.more === "yes" ? Math.min(look.room * 2, MAX_LINE_BYTES * 2) : 0;
      if (done) await this.close();
    }
    counts.addRecords(this.#state.line - this.#reported);
    this.#reported = this.#state.line;
    return records;
  }

  /** Another reader takes the window: what is not done yet is kept aside. */
  leave(): void {
    if (this.#unfinished !== null) {
      this.#countPassedOver();
      this.#keep(this.#unfinished.end);
    }
    this.#unfinished = null;
  }

  /** Counts lines of a window that is done which whoever searched it has passed over. */
  #countPassedOver(): void {
    const passed = this.#bytes.passedOver?.(this.#base + this.#state.searched);
    if (passed === undefined || !this.#isForeseen) return;
    this.#limits.counts.addEvents(passed.lines);
    this.#limits.known?.addCounted(passed.counted);
  }

  /** Passes over NULs at the beginning of a line: a log that was truncated while its writer went on begins with a hole of them. */
  #passHole(end: number): boolean {
    const { bytes } = this.#limits.shared.window;
    const state = this.#state;
    const from = state.searched;
    let at = from;
    while (at < end && bytes[at] === 0) at += 1;
    if (at === from) return false;
    state.searched = at;
    state.floor = at;
    this.#limits.diagnostics.add(
      { source: this.#source, byte: this.#base + from },
      "NUL bytes, as a truncated or torn log has them: they are passed over",
      `nul ${this.#source}`,
    );
    return true;
  }

  #wholeLines(end: number, final: boolean): number {
    return final ? end : this.#limits.shared.window.bytes.subarray(0, end).lastIndexOf(10) + 1;
  }

  #lineAt(offset: number): number {
    const { counted, line } = this.#state;
    return line + (offset > counted ? this.#limits.shared.window.countLines(counted, offset) : 0);
  }

  /** Passes over the rest of a line that was cut. */
  #skipLine(end: number, final: boolean): number {
    const state = this.#state;
    const lf = this.#limits.shared.window.bytes.subarray(0, end).indexOf(10, state.searched);
    state.searched = lf < 0 ? end : lf + 1;
    state.floor = state.searched;
    this.#skipping = lf < 0 && !final;
    return lf < 0 ? end : this.#wholeLines(end, final);
  }

  /** True where there are more events in the window than a turn may take. */
  #takeEvents(records: SourceRecord[], { limit, final }: Look): boolean {
    const { recordsPerTurn, known, counts } = this.#limits;
    const { window } = this.#limits.shared;
    const state = this.#state;
    if (this.#skipping && state.searched >= limit) {
      nextEvent(window, state, limit, final);
      return false;
    }
    for (;;) {
      if (records.length >= recordsPerTurn) return true;
      const event = nextEvent(window, state, limit, final);
      if (event === null) return false;
      counts.addEvents(1);
      const kind = known === null ? Number.NaN : known.likenessOf(window.bytes, event);
      if (known !== null && !Number.isNaN(kind) && known.passesOver(kind)) continue;
      const line = lineNumber(window, state, event.from);
      // Around an event may be read again, and lines need not be counted from the beginning of its window then
      this.#past?.marks.add({ byte: this.#base + state.counted, line: state.line });
      const text = window.bytes.toString("utf8", event.from, event.to);
      if (text.includes("\ufffd")) {
        this.#limits.diagnostics.add(
          { source: this.#source, line },
          "bytes that are not UTF-8",
          `utf8 ${this.#source}`,
        );
      }
      const {
        records: made,
        extra,
        cut,
        torn,
      } = this.#maker.read(text.includes("\0") ? text.replaceAll("\0", "") : text, line, this.#base + event.from);
      counts.addRecords(extra);
      if (cut) this.#limits.diagnostics.add({ source: this.#source, line }, CUT, `cut ${this.#source}`);
      if (torn) this.#limits.diagnostics.add({ source: this.#source, line }, TORN, `torn ${this.#source}`);
      for (const record of made)
        records.push(this.#completed(record, text, event.from, Number.isNaN(kind) ? null : kind));
    }
  }

  /** What is known of a line where not every line is read. */
  #completed(record: SourceRecord, text: string, from: number, likeness: number | null): SourceRecord {
    if (likeness === null) return record;
    if (record.at !== null || record.span !== undefined) return { ...record, likeness };
    return { ...record, ...this.#times.above(text, this.#limits.shared.window.bytes, from, this.#base), likeness };
  }

  /** Keeps a part of the window for the next turn; a file is simply read again. One store is used again and again: copies would pile up. */
  #save(from: number, end: number): void {
    if ("readAt" in this.#bytes) return;
    const length = end - from;
    if (length > this.#store.length)
      this.#store = Buffer.allocUnsafeSlow(Math.max(length, Math.min(this.#store.length * 2, MAX_LINE_BYTES)));
    this.#limits.shared.window.bytes.copy(this.#store, 0, from, end);
    this.#kept = this.#store.subarray(0, length);
  }

  /** Moves the window's origin: what is searched goes, but a little before stays, for an event that begins there. */
  #keep(end: number): number {
    const { counts } = this.#limits;
    const { window } = this.#limits.shared;
    const state = this.#state;
    const done = state.searched;
    this.#position = { byte: this.#base + done, line: this.#lineAt(done) };
    const lookBack = Math.min(MAX_LOOK_BACK_BYTES, Math.max(4096, this.#limits.windowBytes / 4));
    let from = Math.max(0, Math.min(done, Math.max(state.floor, done - lookBack)));
    // Only whole lines are looked back at
    if (from > 0 && from < done && window.bytes[from - 1] !== 10) {
      const lf = window.bytes.indexOf(10, from);
      from = lf < 0 || lf >= done ? done : lf + 1;
    }
    if (state.counted < from) {
      state.line += window.countLines(state.counted, from);
      state.counted = from;
    }
    this.#save(from, end);
    this.#past?.ring?.push(window.bytes.subarray(0, from));
    this.#past?.marks.add({ byte: this.#base + state.counted, line: state.line });
    this.#base += from;
    counts.addBytes(from);
    if ("readAt" in this.#bytes) counts.reach(this.#position.byte);
    state.searched = done - from;
    state.floor = Math.max(0, state.floor - from);
    state.counted -= from;
    // The bytes move, and the file may have been written to
    state.behind = undefined;
    return from;
  }
}
