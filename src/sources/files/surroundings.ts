/**
 * What stands around claims, read a second time: of files where they lie, of streams what a ring still holds.
 *
 * The first reading looks for words of those who end streams; who asked for it, who was at work and who stopped stands in ordinary lines.
 */
import type { Instant, SourcePlace, SourceRecord } from "../../model/index.ts";
import { Diagnostics } from "../diagnostics.ts";
import type { RecordMaker } from "../formats/record-maker.ts";
import { type RandomBytes, upTo } from "../scan/bytes.ts";
import type { Likeness } from "../scan/likeness.ts";
import type { LineMarks } from "../scan/line-marks.ts";
import { createOrdinaryWindow, type Wanted } from "../scan/ordinary-window.ts";
import { SourceReader } from "../scan/reader.ts";
import { SharedWindow } from "../scan/shared-window.ts";
import { createWindow } from "../scan/simd-window.ts";
import { Tally } from "../scan/tally.ts";
import { type ByteRange, rangeOfSpan } from "../scan/time-search.ts";
import type { ScanWindow } from "../scan/window.ts";

/** Around which claims is read. */
export interface Around {
  /** The span of time in which ordinary lines matter; null where the claims have no time. */
  readonly span: { readonly from: Instant; readonly to: Instant } | null;
  /** When the claims were made, in order. */
  readonly moments: readonly Instant[];
  /** Ids that the claims carry. */
  readonly ids: readonly string[];
  /** Where claims without a time stand. */
  readonly places: readonly SourcePlace[];
}

/** An input that can be looked at again. */
export interface PastInput {
  readonly source: string;
  readonly maker: RecordMaker;
  readonly marks: LineMarks;
  readonly bytes: RandomBytes;
  /** From where on it can be read, and how far it has been written. */
  extent(): Promise<ByteRange>;
}

/** A part that is no longer is read whole, and so much in all. */
const WHOLE_BYTES = 256 * 1024;
const MOST_WHOLE_BYTES = 4 * 1024 * 1024;
/** How far around a claim without a time. */
const BESIDE_BYTES = 128 * 1024;
const WINDOW_BYTES = 1024 * 1024;
/** How much is looked at in all, and how many lines of it are read. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_RECORDS = 30_000;

/** Reads around claims, within a budget for the whole run. */
export class Surroundings {
  readonly #inputs: readonly PastInput[];
  readonly #likeness: Likeness;
  /** Inputs without times that were read as a whole. */
  readonly #known = new Set<PastInput>();
  /** One for all ranges: they are read one after another. */
  #window: ScanWindow | null = null;
  #bytesLeft = MOST_BYTES;
  #wholeLeft = MOST_WHOLE_BYTES;
  #recordsLeft = MOST_RECORDS;

  constructor(inputs: readonly PastInput[], likeness: Likeness) {
    this.#inputs = inputs;
    this.#likeness = likeness;
  }

  /** Hands the records around some claims to `take`, source by source. False where some could not be read. */
  async read(around: Around, take: (records: readonly SourceRecord[]) => void): Promise<boolean> {
    let whole = true;
    if (this.#bytesLeft <= 0 || this.#recordsLeft <= 0) return false;
    for (const input of this.#inputs) {
      for (const range of await this.#rangesOf(input, around)) {
        if (range === null) whole = false;
        else whole = (await this.#readRange(input, range, around, take)) && whole;
      }
    }
    return whole;
  }

  /** The parts of an input to look at; null for one that is gone. */
  async #rangesOf(input: PastInput, { span, places }: Around): Promise<(ByteRange | null)[]> {
    const extent = await input.extent();
    const timeOf = (line: string): Instant | null => input.maker.timeOf(line);
    const ranges: (ByteRange | null)[] = [];
    for (const { source, byte = 0 } of places) {
      if (source !== input.source) continue;
      const from = Math.max(extent.from, byte - BESIDE_BYTES);
      if (from > byte) ranges.push(null);
      else ranges.push({ from, to: Math.min(extent.to, byte + BESIDE_BYTES) });
    }
    if (span === null) return await atLines(input.bytes, merged(ranges));
    const from = await lineStart(input.bytes, extent.from);
    const found = await rangeOfSpan(input.bytes, { from, to: extent.to }, span, timeOf);
    if (found.startAt !== null) {
      if (extent.from > 0 && found.startAt > span.from) ranges.push(null);
      if (found.to > found.from) ranges.push(found);
    } else if (extent.to - from <= WHOLE_BYTES && extent.from === 0) {
      if (!this.#known.has(input)) ranges.push({ from, to: extent.to });
      this.#known.add(input);
    } else if (ranges.length === 0) ranges.push(null);
    return await atLines(input.bytes, merged(ranges));
  }

  async #readRange(
    input: PastInput,
    range: ByteRange,
    { moments, ids }: Around,
    take: (records: readonly SourceRecord[]) => void,
  ): Promise<boolean> {
    const to = Math.min(range.to, range.from + this.#bytesLeft);
    this.#bytesLeft -= to - range.from;
    const length = range.to - range.from;
    const all = length <= Math.min(WHOLE_BYTES, this.#wholeLeft);
    if (all) this.#wholeLeft -= length;
    const wanted: Wanted = { moments, ids, all };
    const timeOf = (line: string): Instant | null => input.maker.timeOf(line);
    this.#window ??= createWindow([], WINDOW_BYTES);
    const window = createOrdinaryWindow(this.#window, wanted, this.#likeness, timeOf);
    const reader = new SourceReader(
      input.source,
      upTo(input.bytes, to),
      input.maker,
      {
        shared: new SharedWindow(window),
        windowBytes: WINDOW_BYTES,
        recordsPerTurn: 1024,
        diagnostics: new Diagnostics(0),
        counts: new Tally(),
        known: null,
      },
      { byte: range.from, line: await input.marks.lineAt(range.from, input.bytes) },
    );
    for (let records = await reader.read(); records !== null; records = await reader.read()) {
      take(records.slice(0, this.#recordsLeft));
      this.#recordsLeft -= records.length;
      if (this.#recordsLeft <= 0) {
        this.#recordsLeft = 0;
        await reader.close();
        return false;
      }
    }
    return to === range.to;
  }
}

/** Ranges that overlap as one. */
function merged(ranges: readonly (ByteRange | null)[]): (ByteRange | null)[] {
  const known = ranges.filter((range) => range !== null).sort((a, b) => a.from - b.from);
  const found: (ByteRange | null)[] = ranges.includes(null) ? [null] : [];
  for (const range of known) {
    const last = found.at(-1);
    if (last == null || last.to < range.from) found.push(range);
    else found[found.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return found;
}

/** The same ranges, each from the beginning of a line on. */
async function atLines(bytes: RandomBytes, ranges: readonly (ByteRange | null)[]): Promise<(ByteRange | null)[]> {
  const found: (ByteRange | null)[] = [];
  for (const range of ranges) {
    const from = range === null ? 0 : await lineStart(bytes, range.from);
    if (range === null) found.push(null);
    else if (from < range.to) found.push({ from, to: range.to });
  }
  return found;
}

/** Where the first line begins that begins at a byte or behind it. */
async function lineStart(bytes: RandomBytes, from: number): Promise<number> {
  if (from === 0) return 0;
  const probe = Buffer.allocUnsafe(64 * 1024);
  for (let at = from - 1; ; ) {
    const count = await bytes.readAt(probe, at);
    const lf = probe.subarray(0, count).indexOf(10);
    if (lf >= 0) return at + lf + 1;
    if (count === 0) return at;
    at += count;
  }
}
