/** What can be wrong with a file of history, in words. */

/**
 * - `missing`: there is no such file, or nothing has been kept in it
 * - `foreign`: it is something else, and is left as it is
 * - `newer`: a newer release wrote it
 * - `taken`: another process writes to it
 * - `damaged`: it cannot be read as what it was
 * - `full`: there is no room for more
 * - `closed`: it may not be opened, or not be written
 */
export type HistoryProblem = "missing" | "foreign" | "newer" | "taken" | "damaged" | "full" | "closed";

/** A file of history cannot be used; the message says why and what to do. */
export class HistoryError extends Error {
  readonly problem: HistoryProblem;
  /** Who writes to a file that is `taken`: `process 71 on host (since …)`. */
  readonly holder: string;

  constructor(problem: HistoryProblem, message: string, holder = "") {
    super(message);
    this.name = "HistoryError";
    this.problem = problem;
    this.holder = holder;
  }
}

/** Primary result codes, https://sqlite.org/rescode.html. */
const BUSY = 5;
const PROBLEMS: ReadonlyMap<number, readonly [HistoryProblem, string]> = new Map([
  [8, ["closed", "it may not be written: check the permissions of the file and of its folder"]],
  [10, ["closed", "the disk does not read or write it"]],
  [11, ["damaged", "it is damaged; move it away, and a new one is begun"]],
  [13, ["full", "there is no room on the disk"]],
  [14, ["closed", "it cannot be opened: check the name and the permissions of the file and of its folder"]],
  [23, ["closed", "it may not be opened"]],
  [26, ["foreign", "it is no history of streamscope, and is left as it is"]],
]);

/** True where another process holds a lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY;
}

/** What SQLite says, as a {@link HistoryError}; every other error as it is. */
export function historyError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === null) return error;
  const [problem, words] = PROBLEMS.get(code) ?? ["damaged", `SQLite says: ${(error as Error).message}`];
  return new HistoryError(problem, `${path}: ${words}`);
}

/** The primary result code of an error of node:sqlite; null where it is another error. */
function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}
