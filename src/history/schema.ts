/**
 * What stands in a file of history, and how an older file becomes a newer one. Every change is a step that is added at the end; a step that
 * has been released never changes.
 */
import type { DatabaseSync } from "node:sqlite";

/** `STSC`: tells a file of history from any other of SQLite, https://sqlite.org/pragma.html#pragma_application_id. */
export const APPLICATION_ID = 0x53545343;

/**
 * The steps. Times are milliseconds since 1970.
 *
 * - `shape`: what cancels look alike in: who started them, how, whom they reached; `name` is that as one text
 * - `cascade`: a cascade as it was last known, from `at` to `last`. `body` is all of it: text, or where in which block it stands (blocks.ts; the first release
 *   compressed each alone); `worded` says whether its words are in the index,
 *   `run` which process wrote it. `key` is never used again, since an index that could not be kept up may still name it.
 * - `more`: `total` like cancels are counted on a cascade, `count` of them since `at`; the others were added later, each time with the instant
 *   of the last of them
 * - `run`: the processes that wrote
 * - `block`: several bodies as one, those of cascades with keys from `key` to `last`
 */
export const STEPS: readonly string[] = [
  `CREATE TABLE shape (
     key INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     service TEXT,
     starter TEXT NOT NULL,
     kind TEXT NOT NULL,
     code INTEGER,
     victims INTEGER NOT NULL,
     reached TEXT NOT NULL
   ) STRICT;
   CREATE TABLE cascade (
     key INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     shape INTEGER NOT NULL,
     at INTEGER NOT NULL,
     last INTEGER NOT NULL,
     count INTEGER NOT NULL,
     total INTEGER NOT NULL,
     evidence INTEGER NOT NULL,
     revision INTEGER NOT NULL,
     run INTEGER NOT NULL,
     worded INTEGER NOT NULL,
     body ANY NOT NULL
   ) STRICT;
   CREATE INDEX cascade_at ON cascade (at, shape, count);
   CREATE INDEX cascade_unworded ON cascade (key) WHERE worded = 0;
   CREATE INDEX cascade_plain ON cascade (key) WHERE typeof(body) = 'text';
   CREATE TABLE more (
     at INTEGER NOT NULL,
     cascade INTEGER NOT NULL,
     shape INTEGER NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (cascade, at)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX more_at ON more (at, shape, count);
   CREATE TABLE run (
     key INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     pid INTEGER NOT NULL,
     host TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE block (
     key INTEGER PRIMARY KEY,
     last INTEGER NOT NULL,
     body BLOB NOT NULL
   ) STRICT;`,
];

/** The index of words, which SQLite has only where FTS5 was built in (not in Node 22.15): it is beside the schema, not in it. */
export const WORDS = `CREATE VIRTUAL TABLE IF NOT EXISTS words
  USING fts5(text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0")`;

/** The version that a file has; 0 where nothing has been written to it. */
export function versionOf(db: DatabaseSync): number {
  return numberOf(db, "PRAGMA user_version");
}

/** The one number that a statement gives; 0 where it gives none. */
export function numberOf(db: DatabaseSync, sql: string): number {
  const [value] = Object.values(db.prepare(sql).get() ?? {});
  return typeof value === "number" ? value : 0;
}

/** Brings a file to the newest version. Each step is made wholly or not at all, whenever the process ends. */
export function migrate(db: DatabaseSync, steps: readonly string[] = STEPS): void {
  for (let version = versionOf(db); version < steps.length; version += 1) {
    db.exec("BEGIN IMMEDIATE");
    try {
      db.exec(`${steps[version]}; PRAGMA user_version = ${version + 1}; COMMIT`);
    } catch (error) {
      rollBack(db);
      throw error;
    }
  }
}

/** Ends a transaction without what it wrote. */
export function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // A full disk has ended it already
  }
}
