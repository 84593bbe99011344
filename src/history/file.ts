/** An open file of history: each statement is prepared once, and what SQLite says is told as what is wrong with the file. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { historyError } from "./failure.ts";

/** A file that is open for reading or for writing. */
export class HistoryFile {
  readonly db: DatabaseSync;
  readonly #path: string;
  readonly #bigInts: boolean;
  readonly #statements = new Map<string, StatementSync>();

  /** `path`: as people named it. `bigInts`: integers come as bigint, also where they fit a double. */
  constructor(path: string, db: DatabaseSync, bigInts: boolean) {
    this.#path = path;
    this.db = db;
    this.#bigInts = bigInts;
  }

  /** A statement, ready to be run. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(this.#bigInts);
    this.#statements.set(sql, statement);
    return statement;
  }

  /**
   * Does what needs the file.
   *
   * @throws HistoryError where SQLite says that it cannot be done
   */
  guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw historyError(this.#path, error);
    }
  }

  /** Closes it; its statements can be run no more. */
  close(): void {
    this.#statements.clear();
    this.db.close();
  }
}
