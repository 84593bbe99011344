/**
 * Inputs that go on -> records as they come: logs that grow, are rotated, appear and vanish, and pipes that never end.
 *
 * All that is there is read in passes, each merged by time; between two passes there is a pause, which whatever arrives in a pipe ends.
 */
import { statSync } from "node:fs";
import type { SourceRecord } from "../../model/index.ts";
import { Diagnostics } from "../diagnostics.ts";
import type { Input } from "../files/inputs.ts";
import { type Mergeable, mergeByTime } from "../files/merge.ts";
import { makerOf, type OpenOptions, textOfStream } from "../files/open-file.ts";
import type { SourceOptions, SourceReading } from "../files/read-files.ts";
import { SNIFF_BYTES } from "../files/sniff.ts";
import { zoneFinder } from "../files/zones.ts";
import { OTLP_PATTERNS } from "../formats/patterns.ts";
import type { RecordMaker } from "../formats/record-maker.ts";
import { withColours } from "../scan/coloured.ts";
import { type LineBudget, withEveryLine } from "../scan/every-line.ts";
import { SourceReader } from "../scan/reader.ts";
import { SharedWindow } from "../scan/shared-window.ts";
import { createWindow } from "../scan/simd-window.ts";
import { Tally } from "../scan/tally.ts";
import { Arrivals } from "./arrivals.ts";
import { Follower } from "./follower.ts";
import { passOver } from "./lane.ts";

/** The time of a following; tests have one of their own. */
export interface FollowClock {
  /** Milliseconds from anywhere. */
  now(): number;
  /** Waits so long, or until the signal is aborted. */
  pause(ms: number, wake: AbortSignal): Promise<void>;
}

/** How inputs are followed. */
export interface FollowOptions extends SourceOptions {
  /** Pipes besides those that the inputs name: what they are called, and what comes. */
  readonly streams?: readonly { readonly source: string; readonly chunks: AsyncIterable<Uint8Array> }[];
  readonly clock?: FollowClock;
  /** Called when everything that is there has been read, and when there is something again. */
  readonly onRest?: (resting: boolean) => void;
  /** `contextBytes` are given anew in so many milliseconds. Default 60,000. */
  readonly contextMs?: number;
}

/** How often is looked whether something was written. */
const LOOK_MS = 250;
/** Looking takes at most this part of the time. */
const LOOK_SHARE = 1 / 10;
const IDLE_MS = 250;
const WINDOW_BYTES = 1024 * 1024;
const RECORDS_PER_TURN = 512;

const SYSTEM_CLOCK: FollowClock = {
  now: () => performance.now(),
  pause: (ms, wake) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        wake.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      wake.addEventListener("abort", done);
      if (wake.aborted) done();
    }),
};

function isNamedPipe({ path }: Input): boolean {
  return path !== null && (statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false);
}

/** A pipe that is followed. */
interface Pipe {
  readonly arrivals: Arrivals;
  readonly reader: SourceReader;
  /** Its last event counts as complete. */
  settled: boolean;
  ended: boolean;
}

/**
 * Reads files, folders, globs and standard input (`-`), and goes on with what is written to them, until the signal is aborted or every
 * input was a pipe and has ended. Otherwise as `readSources`.
 *
 * @throws TypeError where `timezone` or one of `zones` is no zone.
 */
export function followSources(inputs: readonly string[], options: FollowOptions): SourceReading {
  const zoneOf = zoneFinder(options.timezone, options.zones ?? []);
  const {
    signal = new AbortController().signal,
    clock = SYSTEM_CLOCK,
    streams = [],
    onRest = () => undefined,
  } = options;
  const diagnostics = new Diagnostics(options.maxDiagnostics ?? 100);
  const counts = new Tally();
  const { contextBytes = 0, contextMs = 60_000 } = options;
  const budget: LineBudget = { left: contextBytes };
  let lookedAt = clock.now();
  const { needles, smells, wordings } = options.prefilter;
  const patterns = [...needles, ...smells, ...wordings, ...OTLP_PATTERNS];
  const opening: OpenOptions = {
    prefilter: options.prefilter,
    services: options.services ?? [],
    zoneOf,
    keepOpen: true,
    stdin: options.stdin ?? process.stdin,
    idleMs: IDLE_MS,
    signal,
    ahead: null,
    scratch: Buffer.allocUnsafeSlow(SNIFF_BYTES),
    limits: {
      shared: new SharedWindow(withEveryLine(withColours(createWindow(patterns, WINDOW_BYTES), patterns), budget)),
      windowBytes: WINDOW_BYTES,
      recordsPerTurn: RECORDS_PER_TURN,
      diagnostics,
      counts,
      known: null,
    },
    ringBytes: 0,
  };
  const follower = new Follower(inputs, opening);
  const pipes = new Map<string, Pipe>();
  let wake = new AbortController();

  const openPipe = (key: string, source: string, chunks: AsyncIterable<Uint8Array>, maker: RecordMaker): void => {
    const onArrival = (): void => {
      pipe.settled = false;
      wake.abort();
    };
    const arrivals = new Arrivals(chunks, { idleMs: IDLE_MS, now: () => clock.now(), onArrival, signal });
    const reader = new SourceReader(source, arrivals, maker, {
      ...opening.limits,
      counts: counts.of(source, null),
    });
    const pipe: Pipe = { arrivals, reader, settled: false, ended: false };
    pipes.set(key, pipe);
  };

  const look = async (last: boolean): Promise<void> => {
    const now = clock.now();
    budget.left = Math.min(contextBytes, budget.left + (contextBytes * (now - lookedAt)) / contextMs);
    lookedAt = now;
    await follower.look(clock.now(), last);
    for (const input of follower.streams) {
      const known = pipes.get(input.identity);
      // Who opens a named pipe to write waits until somebody reads it again
      if (known !== undefined && !(known.ended && isNamedPipe(input))) continue;
      openPipe(input.identity, input.source, textOfStream(input, opening), makerOf(input, opening).maker);
    }
  };

  const passesOverPipes = (last: boolean): Mergeable[] =>
    [...pipes.values()]
      .filter((pipe) => !pipe.ended && (last || (!pipe.settled && pipe.arrivals.hasNews)))
      .map((pipe) => {
        pipe.settled = pipe.arrivals.isSilent;
        return passOver(pipe.reader, null, (ended) => {
          pipe.ended = ended;
        });
      });

  const isOver = (): boolean =>
    inputs.every((input) => input === "-") && [...pipes.values()].every(({ ended }) => ended);

  async function* readDue(last: boolean): AsyncGenerator<readonly SourceRecord[]> {
    const due = [...passesOverPipes(last), ...follower.passes(clock.now(), last)];
    if (due.length === 0) return;
    onRest(false);
    yield* mergeByTime(due, () => signal.aborted && !last);
    await follower.afterPasses();
  }

  async function* read(): AsyncGenerator<readonly SourceRecord[]> {
    const onAbort = (): void => wake.abort();
    signal.addEventListener("abort", onAbort);
    try {
      for (const { source, chunks } of streams) {
        const input = { source, path: null, regular: false, modifiedMs: Date.now(), identity: source, size: null };
        openPipe(source, source, chunks, makerOf(input, opening).maker);
      }
      let lookAgainAt = Number.NEGATIVE_INFINITY;
      let passes = 0;
      for (; !signal.aborted; passes += 1) {
        wake = new AbortController();
        if (clock.now() >= lookAgainAt) {
          const from = clock.now();
          await look(false);
          const to = clock.now();
          lookAgainAt = to + Math.max(LOOK_MS, (to - from) / LOOK_SHARE);
        }
        yield* readDue(false);
        if (isOver()) return;
        if (signal.aborted) break;
        onRest(true);
        await clock.pause(Math.max(0, lookAgainAt - clock.now()), wake.signal);
      }
      // What was read to its end before has little to say now; what was not could go on for long
      if (passes > 0) {
        await look(true);
        yield* readDue(true);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      for (const { reader } of pipes.values()) await reader.close();
      await follower.close();
    }
  }

  return {
    [Symbol.asyncIterator]: () => read(),
    passOver: () => undefined,
    // What is written later is not there yet when somebody asks
    readAround: () => Promise.resolve(false),
    get summary() {
      const { missing } = follower;
      const kept = [...missing.kept, ...diagnostics.kept];
      const unreadable = diagnostics.leftOutCount + missing.leftOutCount + diagnostics.cutCount;
      return {
        records: counts.records,
        hits: counts.events,
        bytes: counts.bytes,
        passedOver: 0,
        reachedAt: null,
        everyLine: budget.left > 0,
        readable: follower.sources.size + pipes.size - diagnostics.leftOutCount,
        unreadable,
        leftOut: [...missing.leftOut, ...diagnostics.leftOut],
        get inputs() {
          return counts.inputs;
        },
        diagnostics: kept,
        diagnosticCount: diagnostics.count + missing.count,
      };
    },
  };
}
