/** What every store of spans and lines is asked for, and what it answers: one contract, whoever the store is. */
import type { Diagnostic, Prefilter, SourceRecord } from "../../model/index.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { type Login, type Pause, sentenceFor } from "./ask.ts";

/** What to ask for. Times are in milliseconds since the epoch. */
export interface StoreQuestion {
  /** What may matter; the store searches for it where it can, so that only that comes. */
  readonly prefilter: Prefilter;
  /** `http://host:8123` or `https://…`, with the base path if it has one. */
  readonly url: URL;
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  /** Ends the asking: no further question, and the answer under way is let go of, so that the store can stop. */
  readonly signal?: AbortSignal;
  /** Absent: asked without a name. */
  readonly login?: Login;
  /** Waits between two attempts; default: a timer. */
  readonly pause?: Pause;
  /** How long it may say nothing, in milliseconds; each store has its own default. */
  readonly silenceMs?: number | undefined;
}

/** How far an asking has come; the figures grow. */
export interface StoreProgress {
  /** Spans and lines that came, each counted once. */
  readonly records: number;
  /** Traces that they belong to; null where nobody counts them. */
  readonly traces: number | null;
  /** Rows that the store says it looked through; null where it does not say. */
  readonly rows: number | null;
  /** How much of the time has been asked for, from 0 to 1. */
  readonly share: number;
}

/**
 * What came of an asking:
 *
 * - `unanswered`: the store was not reached, or is something else
 * - `answered`: all answers so far are whole
 * - `stopped`: it was let go of before all of the time had been asked for; of what came last half may be missing
 * - `broken`: an answer is missing or stopped in the middle; what came before is no basis for a report
 */
export type StoreState = "unanswered" | "answered" | "stopped" | "broken";

/** Asking under way: iterate it once. It never throws: problems are told in the diagnostics. */
export interface StoreReading extends AsyncIterable<readonly SourceRecord[]> {
  /** What it is called beside other inputs: `clickhouse db.example:8123`. */
  readonly name: string;
  readonly progress: () => StoreProgress;
  readonly state: () => StoreState;
  readonly diagnostics: () => readonly Diagnostic[];
  /** Kinds of signs that were not looked for, a sentence each. */
  readonly limits: readonly string[];
}

/** What an asking keeps of itself while it goes on: the answers to most of {@link StoreReading}. */
export class StoreCounts {
  records = 0;
  traces: number | null = null;
  rows: number | null = null;
  share = 0;
  state: StoreState = "unanswered";

  /** The figures as they are now. */
  progress(): StoreProgress {
    const { records, traces, rows, share } = this;
    return { records, traces, rows, share };
  }

  /** Nobody wants more. */
  stop(): void {
    if (this.state === "answered" && this.share < 1) this.state = "stopped";
  }

  /** The time up to `ms` has been asked for. */
  cover(ms: number, { fromMs, toMs }: Pick<StoreQuestion, "fromMs" | "toMs">): void {
    const share = toMs > fromMs ? (ms - fromMs) / (toMs - fromMs) : 1;
    this.share = Math.max(this.share, Math.min(1, Math.max(0, share)));
  }
}

/** A table, a column or a setting is not what is needed: a sentence of its own. */
export class Refusal extends Error {}

/** Reads until something is thrown, which is told in a sentence and breaks what was answered so far. `usual`: see {@link sentenceFor}. */
export async function* untilBroken(
  reading: AsyncIterable<readonly SourceRecord[]>,
  { url, signal }: Pick<StoreQuestion, "url" | "signal">,
  counts: StoreCounts,
  diagnostics: Diagnostics,
  usual: string,
): AsyncGenerator<readonly SourceRecord[]> {
  const isOver = (): boolean => signal?.aborted === true;
  if (isOver()) return;
  try {
    yield* reading;
    if (isOver()) counts.stop();
  } catch (error) {
    if (isOver()) {
      counts.stop();
      return;
    }
    if (counts.state === "answered") counts.state = "broken";
    const message = error instanceof Refusal ? error.message : sentenceFor(url, error, usual);
    diagnostics.add({ source: url.host }, message);
  }
}
