/**
 * The inputs of a run -> records, in order of time, with flat memory.
 */
import type { Diagnostic, Instant, Prefilter, SourceRecord } from "../../model/index.ts";
import { Diagnostics, type LeftOut } from "../diagnostics.ts";
import { HEADING_PATTERNS } from "../formats/headings.ts";
import { OTLP_PATTERNS } from "../formats/patterns.ts";
import { ReadAhead } from "../scan/ahead/read-ahead.ts";
import { withColours } from "../scan/coloured.ts";
import { type LineBudget, withEveryLine } from "../scan/every-line.ts";
import { createKnowledge, KnownLines } from "../scan/known-lines.ts";
import { Likeness } from "../scan/likeness.ts";
import { SharedWindow } from "../scan/shared-window.ts";
import { createWindow } from "../scan/simd-window.ts";
import { type InputTally, Tally } from "../scan/tally.ts";
import { expandInputs, type Input } from "./inputs.ts";
import { mergeByTime } from "./merge.ts";
import { type OpenOptions, type PreparedInput, prepareInput, type ServiceRule, type ZoneRule } from "./open-file.ts";
import { joinParts } from "./parts.ts";
import { SNIFF_BYTES } from "./sniff.ts";
import { type Around, Surroundings } from "./surroundings.ts";
import { zoneFinder } from "./zones.ts";

/** How sources are read. */
export interface SourceOptions {
  /** Which lines matter. */
  readonly prefilter: Prefilter;
  /**
   * Inputs of no more than so many bytes are wanted line by line, whatever the prefilter says: a small log has its context in ordinary lines.
   * Of a pipe, whose end nobody knows, that many bytes at its beginning. Default 0.
   */
  readonly contextBytes?: number;
  /**
   * How much of streams, together, is kept so that what is around a line can be read when it has gone by; files are read again where they
   * lie. Default 0: nothing can be read again.
   */
  readonly ringBytes?: number;
  /** Names given by the user, the first that matches wins. They beat every other name. */
  readonly services?: readonly ServiceRule[];
  /** The zone of times without one: `local` (default), `UTC`, `+02:00`, an IANA name. See {@link parseZone}. */
  readonly timezone?: string;
  /** Zones for the logs of single services, which come before {@link timezone}. */
  readonly zones?: readonly ZoneRule[];
  /** What `-` reads. Default: the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** How many diagnostics are kept; all are counted. Default 100. */
  readonly maxDiagnostics?: number;
  /** Ends the reading early; what has been read by then is still yielded. */
  readonly signal?: AbortSignal;
}

/** What was read so far; the figures grow while the reading goes on. */
export interface SourceSummary {
  /** Lines, and spans and logs of OTLP requests, whether they mattered or not. */
  readonly records: number;
  /** Events (lines, or joined lines) in which the prefilter found something. */
  readonly hits: number;
  /** Bytes read, after decompression. */
  readonly bytes: number;
  /** Events that were passed over because such lines say nothing, and that are to be counted, see {@link SourceReading.passOver}. */
  readonly passedOver: number;
  /** The instant that all inputs have been read up to; null where none is known. */
  readonly reachedAt: Instant | null;
  /** True as long as every line is read, see {@link SourceOptions.contextBytes}. */
  readonly everyLine: boolean;
  /** Inputs of which something could be read. */
  readonly readable: number;
  /** Inputs of which nothing could be read, or not all: such are {@link readable}, too. */
  readonly unreadable: number;
  /** The first of which nothing could be read, each with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** How much of each input has been read; those that were left out are not among them. */
  readonly inputs: readonly InputTally[];
  /** The first ones; `diagnosticCount` counts all. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticCount: number;
}

/** A reading: iterate it once for the records; `summary` is right at any moment and final when the iteration has ended. */
export interface SourceReading extends AsyncIterable<readonly SourceRecord[]> {
  readonly summary: SourceSummary;
  /**
   * Says that a record says nothing, and that others like it need not be read: they differ in figures and ids only. `counted`: that they are
   * to be counted, see {@link SourceSummary.passedOver}.
   */
  passOver(record: SourceRecord, counted: boolean): void;
  /**
   * Reads ordinary lines around claims and hands their records to `take`, input by input; records that the iteration has yielded come again.
   * False where some could not be read: a stream that had gone by, more than the budget of the run allows. Needs
   * {@link SourceOptions.ringBytes}.
   */
  readAround(around: Around, take: (records: readonly SourceRecord[]) => void): Promise<boolean>;
}

/** Silence on a stream after which the last event counts as complete. */
const IDLE_MS = 250;
/** A read costs a trip to the thread pool whatever its size; what is larger has left the processor's caches before it is looked at again. */
const WINDOW_BYTES = 1024 * 1024;
/** Together, waiting readers keep about this many bytes and records. */
const SHARED_BYTES = 16 * 1024 * 1024;
const SHARED_RECORDS = 16_384;
/** With more files than that, descriptors are closed between two reads. */
const MAX_OPEN_FILES = 256;

function isSmall(inputs: readonly Input[], bytes: number): boolean {
  return inputs.reduce((sum, { size }) => sum + (size ?? 0), 0) <= bytes;
}

/** True for what can be read again where it lies, as far as its name tells. */
function isPlainFile({ regular, path }: Input): boolean {
  return regular && !/\.(?:gz|zst)$/i.test(path ?? "");
}

/** Logs that lie together begin at about the same time, and go on for up to a day. */
const AFTER_STARTS_MS = 18 * 3_600_000;

/** Files whose lines begin without a date were written when the others were, whatever their own dates on the disk say. */
function agreeOnDay(inputs: readonly PreparedInput[]): void {
  const starts = inputs.flatMap(({ startAt, dated }) => (dated && startAt !== null ? [startAt] : []));
  const middle = starts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[starts.length >> 1];
  if (middle === undefined) return;
  for (const { clock, dated } of inputs) {
    if (clock === null || dated) continue;
    clock.nearMs = Number(middle / 1_000_000n);
    clock.aheadMs = AFTER_STARTS_MS;
  }
}

/**
 * Reads files, folders, globs and standard input (`-`), and yields the records in which the prefilter finds something, and all spans of
 * OTLP files. Bad input never throws: it is told in `summary.diagnostics`, and the rest goes on.
 *
 * @throws TypeError where `timezone` or one of `zones` is no zone.
 */
export function readSources(inputs: readonly string[], options: SourceOptions): SourceReading {
  const zoneOf = zoneFinder(options.timezone, options.zones ?? []);
  const diagnostics = new Diagnostics(options.maxDiagnostics ?? 100);
  const counts = new Tally();
  let found: readonly Input[] = [];
  /** How many bytes are read line by line. */
  let lineByLine = options.contextBytes ?? 0;
  /** Inputs of the user's that mean no file at all. */
  let absent = 0;
  const { needles, smells, wordings, figures } = options.prefilter;
  const likeness = new Likeness(figures);
  const budget: LineBudget = { left: 0 };
  const known = new KnownLines(likeness, budget, createKnowledge(needles, figures));
  const progress: { reachedAt: Instant | null } = { reachedAt: null };
  let surroundings = new Surroundings([], likeness);

  async function* read(): AsyncGenerator<readonly SourceRecord[]> {
    found = await joinParts(await expandInputs(inputs, diagnostics));
    absent = diagnostics.leftOutCount;
    const share = Math.max(1, found.length);
    const streams = Math.max(1, found.filter((input) => !isPlainFile(input)).length);
    const windowBytes = Math.min(WINDOW_BYTES, Math.max(16 * 1024, Math.floor(SHARED_BYTES / share)));
    const patterns = [...needles, ...smells, ...wordings, ...OTLP_PATTERNS, ...HEADING_PATTERNS];
    lineByLine = isSmall(found, lineByLine) ? lineByLine : 0;
    budget.left = lineByLine;
    const opening: OpenOptions = {
      prefilter: options.prefilter,
      services: options.services ?? [],
      zoneOf,
      keepOpen: found.length <= MAX_OPEN_FILES,
      stdin: options.stdin ?? process.stdin,
      idleMs: IDLE_MS,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      scratch: Buffer.allocUnsafeSlow(SNIFF_BYTES),
      limits: {
        shared: new SharedWindow(withEveryLine(withColours(createWindow(patterns, WINDOW_BYTES), patterns), budget)),
        windowBytes,
        recordsPerTurn: Math.max(4, Math.min(512, Math.floor(SHARED_RECORDS / share))),
        diagnostics,
        counts,
        known: lineByLine > 0 && found.every(isPlainFile) ? null : known,
      },
      ahead: new ReadAhead(patterns, known.knowledge),
      ringBytes: Math.ceil((options.ringBytes ?? 0) / streams),
    };
    const sources: PreparedInput[] = [];
    for (const input of found) {
      const source = await prepareInput(input, opening);
      if (source !== null) sources.push(source);
    }
    agreeOnDay(sources);
    surroundings = new Surroundings(
      sources.flatMap(({ past }) => (past === null ? [] : [past])),
      likeness,
    );
    yield* mergeByTime(sources, () => options.signal?.aborted ?? false, progress);
  }

  return {
    [Symbol.asyncIterator]: () => read(),
    passOver(record, counted) {
      if (record.likeness !== undefined) known.learn(record.likeness, counted);
    },
    readAround: (around, take) => surroundings.read(around, take),
    get summary() {
      return {
        records: counts.records,
        hits: counts.events,
        bytes: counts.bytes,
        passedOver: known.counted,
        reachedAt: progress.reachedAt,
        everyLine: lineByLine > 0 && found.length > 0 && counts.bytes <= lineByLine,
        readable: found.length - (diagnostics.leftOutCount - absent),
        unreadable: diagnostics.leftOutCount + diagnostics.cutCount,
        leftOut: diagnostics.leftOut,
        get inputs() {
          return counts.inputs;
        },
        diagnostics: diagnostics.kept,
        diagnosticCount: diagnostics.count,
      };
    },
  };
}
