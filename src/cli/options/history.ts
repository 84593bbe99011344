/** `--history` and its kin: from words of a command line to a file that is written, and to what is asked of one. */
import type { HistoryWriter } from "../../history/index.ts";
import { EXIT, Failure, usageFailure } from "../failure.ts";
import { parseMoment, readDuration, readTimezone } from "./time.ts";

/** The options about keeping, as they stand on the command line. */
export interface KeepOptions {
  readonly history?: string;
  readonly historyKeep?: string;
}

/** Where to keep cascades, and how long. */
export interface KeepScope {
  readonly path: string;
  readonly keepMs: number;
}

const KEEP_DAYS = 400;
const DAY_MS = 86_400_000;

/**
 * Reads the options; null where nothing is to be kept.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readKeep({ history, historyKeep }: KeepOptions): KeepScope | null {
  if (history === undefined) {
    if (historyKeep === undefined) return null;
    throw usageFailure("--history-keep needs --history FILE: it is about what is kept there");
  }
  if (history.trim() === "" || history === "-") {
    throw usageFailure(`--history "${history}": write the name of a file, such as --history cancels.db`);
  }
  const keepMs = historyKeep === undefined ? KEEP_DAYS * DAY_MS : readDuration(historyKeep, "--history-keep");
  return { path: history, keepMs };
}

/**
 * Opens a history for writing; SQLite is loaded only then.
 *
 * @throws Failure where it cannot be written
 */
export async function openKept({ path }: KeepScope): Promise<HistoryWriter> {
  const { HistoryError, HistoryWriter: Writer } = await import("../../history/index.ts");
  return await Writer.open(path).catch((error: unknown) => {
    throw error instanceof HistoryError ? new Failure(error.message, EXIT.noInput, { cause: error }) : error;
  });
}

/** The options of `history`, as they stand on the command line. */
export interface AskOptions {
  readonly json?: boolean;
  readonly id?: string;
  readonly by?: "day" | "week";
  readonly since?: string;
  readonly until?: string;
  readonly compare?: string;
  readonly where?: readonly string[];
  readonly limit?: string;
  readonly timezone?: readonly string[];
}

/** The time that is asked about, in milliseconds since 1970. */
export interface AskedTime {
  readonly since: number | null;
  readonly until: number;
  /** Where the time begins that `since` is compared with; null where nothing is compared. */
  readonly compare: number | null;
}

/**
 * Reads the times. A duration of --compare counts back from --since.
 *
 * @throws Failure that says which option is wrong and how to write it
 */
export function readAskedTime({ since, until, compare, timezone = [] }: AskOptions, nowMs: number): AskedTime {
  const zone = readTimezone(timezone.at(-1));
  const read = (text: string, option: string, from: number): number =>
    Number(parseMoment(text, option, from, zone) / 1_000_000n);
  const from = since === undefined ? null : read(since, "--since", nowMs);
  const to = until === undefined ? nowMs : read(until, "--until", nowMs);
  if (from !== null && from >= to) {
    throw usageFailure(`--since ${since} is not before --until ${until ?? "now"}: nothing lies between them`);
  }
  if (compare === undefined) return { since: from, until: to, compare: null };
  if (from === null) {
    throw usageFailure("--compare needs --since: what came since then is compared with what came before it");
  }
  const before = read(compare, "--compare", from);
  if (before >= from) throw usageFailure(`--compare ${compare} is not before --since ${since}`);
  return { since: from, until: to, compare: before };
}

/** How many to print. */
export function readAskedLimit({ limit }: AskOptions): number {
  if (limit === undefined) return 20;
  const number = Number(limit);
  if (Number.isInteger(number) && number >= 1) return number;
  throw usageFailure(`--limit "${limit}": write a whole number of at least 1`);
}
