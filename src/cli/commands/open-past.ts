import type { HistoryReader } from "../../history/index.ts";
import type { Clock, Redaction } from "../../present/index.ts";
import { EXIT, Failure } from "../failure.ts";
import { type KeepOptions, readKeep } from "../options/history.ts";
import type { Keeper } from "../terminal/keeper.ts";
import type { PastReader } from "../terminal/past.ts";
import { openKeeper } from "./open-keeper.ts";

/** A history as the screens use it: both null where none was named; no keeper where another process writes it. */
export interface OpenPast {
  readonly keeper: Keeper | null;
  readonly past: PastReader | null;
}

/** What of a history is looked at, in milliseconds since 1970. */
export interface PastScope {
  readonly from: number;
  readonly to: number;
}

/**
 * Opens a history to keep what is read and to look at what was; what that needs is loaded only where one is named. Where another process
 * keeps its own there, it is only looked at.
 *
 * @throws Failure for wrong options, and where the file can neither be written nor read
 */
export async function openPast(options: KeepOptions, redaction: Redaction, clock: Clock): Promise<OpenPast> {
  const scope = readKeep(options);
  if (scope === null) return { keeper: null, past: null };
  const { createPast } = await import("../terminal/past.ts");
  const { path: file } = scope;
  try {
    const keeper = await openKeeper(options, redaction);
    return { keeper, past: createPast(await openReader(file), { file, clock }) };
  } catch (error) {
    const { HistoryError } = await import("../../history/index.ts");
    if (!(error instanceof Failure && error.cause instanceof HistoryError && error.cause.problem === "taken"))
      throw error;
    const note = `keeps nothing: ${error.cause.holder} writes ${file}, and this program only reads it`;
    return { keeper: null, past: createPast(await openReader(file), { file, clock, note }) };
  }
}

/**
 * Opens a history to look at it alone.
 *
 * @throws Failure for wrong options, and where there is no such history
 */
export async function openPastAlone(options: KeepOptions, clock: Clock, scope: PastScope): Promise<PastReader> {
  const file = readKeep(options)?.path ?? "";
  const { createPast } = await import("../terminal/past.ts");
  const reader = await openReader(file, `; streamscope tui --listen --history ${file} listens, and keeps`);
  return createPast(reader, { file, clock, alone: true, ...scope });
}

/** `beginning`: how a file that is not there could begin. */
async function openReader(file: string, beginning = ""): Promise<HistoryReader> {
  const { HistoryError, HistoryReader: Reader } = await import("../../history/index.ts");
  return await Reader.open(file).catch((error: unknown) => {
    if (!(error instanceof HistoryError)) throw error;
    throw new Failure(error.message + (error.problem === "missing" ? beginning : ""), EXIT.noInput);
  });
}
