/** Who may write to a file of history: one process at a time. */
import type { DatabaseSync } from "node:sqlite";
import type { Open } from "./database.ts";
import { HistoryError, isBusy } from "./failure.ts";

/**
 * A lock that lasts as long as the process: that of an empty database beside the file. The system lets go of it however the process ends, and
 * readers need not wait for it. `whole` is where the file is, `path` how people named it.
 *
 * @throws HistoryError where another process has it
 */
export function lockOf(open: Open, whole: string, path: string): DatabaseSync {
  const lock = open(`${whole}-writer`);
  try {
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    const holder = holderOf(open, whole);
    throw new HistoryError(
      "taken",
      `${path}: ${holder} keeps what it finds there, and only one may: choose another file`,
      holder,
    );
  }
}

function holderOf(open: Open, path: string): string {
  try {
    const db = open(path, { readOnly: true });
    try {
      const last = db.prepare("SELECT at, pid, host FROM run ORDER BY key DESC LIMIT 1").get();
      const since = new Date(Number(last?.["at"])).toISOString().slice(0, 19);
      return `process ${last?.["pid"]} on ${last?.["host"]} (since ${since}Z)`;
    } finally {
      db.close();
    }
  } catch {
    return "another streamscope";
  }
}
