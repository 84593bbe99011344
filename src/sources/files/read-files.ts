/**
 * The inputs of a run -> records, in order of time, with flat memory.
 */
import type { Diagnostic, Prefilter, SourceRecord } from "../../model/index.ts";
import { Diagnostics } from "../diagnostics.ts";
import { OTLP_PATTERNS } from "../formats/patterns.ts";
import { localZone, parseZone } from "../formats/zone.ts";
import { withColours } from "../scan/coloured.ts";
import { createWindow } from "../scan/simd-window.ts";
import { expandInputs } from "./inputs.ts";
import { mergeByTime } from "./merge.ts";
import { type Lane, type OpenOptions, prepareLane, type ServiceRule } from "./open-file.ts";
import { SNIFF_BYTES } from "./sniff.ts";

/** How sources are read. */
export interface SourceOptions {
  /** Which lines matter. */
  readonly prefilter: Prefilter;
  /** Names given by the user, the first that matches wins. They beat every other name. */
  readonly services?: readonly ServiceRule[];
  /** The zone of times without one: `local` (default), `UTC`, `+02:00`, an IANA name. See {@link parseZone}. */
  readonly timezone?: string;
  /** What `-` reads. Default: the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** How many diagnostics are kept; all are counted. Default 100. */
  readonly maxDiagnostics?: number;
  /** Ends the reading early. */
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
  /** Sources that could be read, and such that could not. */
  readonly readable: number;
  readonly unreadable: number;
  /** The first ones; `diagnosticCount` counts all. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticCount: number;
}

/** A reading: iterate it once for the records; `summary` is right at any moment and final when the iteration has ended. */
export interface SourceReading extends AsyncIterable<readonly SourceRecord[]> {
  readonly summary: SourceSummary;
}

/** Silence on a stream after which the last event counts as complete. */
const IDLE_MS = 250;
/** A read costs a trip to the thread pool whatever its size: below a few MiB those trips are what is measured. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Together, waiting readers keep about this many bytes and records. */
const SHARED_BYTES = 16 * 1024 * 1024;
const SHARED_RECORDS = 16_384;
/** With more files than that, descriptors are closed between two reads. */
const MAX_OPEN_FILES = 256;

/** Files whose lines begin without a date were written when the others were, whatever their own dates on the disk say. */
function agreeOnDay(lanes: readonly Lane[]): void {
  const starts = lanes.flatMap(({ startAt, dated }) => (dated && startAt !== null ? [startAt] : []));
  const middle = starts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[starts.length >> 1];
  if (middle === undefined) return;
  for (const { clock, dated } of lanes) if (clock !== null && !dated) clock.nearMs = Number(middle / 1_000_000n);
}

/**
 * Reads files, folders, globs and standard input (`-`), and yields the records in which the prefilter finds something, and all spans of
 * OTLP files. Bad input never throws: it is told in `summary.diagnostics`, and the rest goes on.
 *
 * @throws TypeError where `timezone` is no zone.
 */
export function readSources(inputs: readonly string[], options: SourceOptions): SourceReading {
  const zone = options.timezone === undefined ? localZone() : parseZone(options.timezone);
  if (zone === null)
    throw new TypeError(
      `timezone: "${options.timezone}" is neither local, UTC, an offset like +02:00 nor an IANA name`,
    );
  const diagnostics = new Diagnostics(options.maxDiagnostics ?? 100);
  const counts = { records: 0, bytes: 0, events: 0 };
  const files = { readable: 0, unreadable: 0 };

  async function* read(): AsyncGenerator<readonly SourceRecord[]> {
    const before = diagnostics.count;
    const found = await expandInputs(inputs, diagnostics);
    files.unreadable += diagnostics.count - before;
    const share = Math.max(1, found.length);
    const windowBytes = Math.min(WINDOW_BYTES, Math.max(16 * 1024, Math.floor(SHARED_BYTES / share)));
    const patterns = [...options.prefilter.needles, ...options.prefilter.smells, ...OTLP_PATTERNS];
    const opening: OpenOptions = {
      prefilter: options.prefilter,
      services: options.services ?? [],
      zone: zone as NonNullable<typeof zone>,
      keepOpen: found.length <= MAX_OPEN_FILES,
      stdin: options.stdin ?? process.stdin,
      idleMs: IDLE_MS,
      scratch: Buffer.allocUnsafeSlow(SNIFF_BYTES),
      limits: {
        window: withColours(createWindow(patterns, WINDOW_BYTES), patterns),
        windowBytes,
        recordsPerTurn: Math.max(4, Math.min(512, Math.floor(SHARED_RECORDS / share))),
        diagnostics,
        turnOf: null,
        counts,
      },
    };
    const lanes: Lane[] = [];
    for (const input of found) {
      const lane = await prepareLane(input, opening);
      if (lane === null) files.unreadable += 1;
      else lanes.push(lane);
    }
    files.readable = lanes.length;
    agreeOnDay(lanes);
    yield* mergeByTime(lanes, () => options.signal?.aborted ?? false);
  }

  return {
    [Symbol.asyncIterator]: () => read(),
    get summary() {
      return {
        records: counts.records,
        hits: counts.events,
        bytes: counts.bytes,
        ...files,
        diagnostics: diagnostics.kept,
        diagnosticCount: diagnostics.count,
      };
    },
  };
}
