/** Opening a file of history: which file it is, and whether this release may read and write it. */
import { closeSync, existsSync, openSync, readlinkSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { HistoryError, historyError } from "./failure.ts";
import { APPLICATION_ID, numberOf, STEPS, versionOf } from "./schema.ts";

/** The first bytes of every file of SQLite, https://sqlite.org/fileformat.html#the_database_header. */
const MAGIC = "SQLite format 3\0";
/** How long another process may hold what is needed at the moment. */
export const PATIENCE_MS = 5_000;

/** Opens a file of SQLite by its path, or by a URL with options. */
export type Open = (path: string | URL, options?: DatabaseSyncOptions) => DatabaseSync;

/** Loads SQLite, without the sentence that older releases of Node.js print about it being new. */
export async function loadSqlite(): Promise<Open> {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...more: never[]) => {
    if (!/SQLite is an experimental feature/.test(String(warning))) emitWarning.call(process, warning, ...more);
  }) as typeof process.emitWarning;
  try {
    const { DatabaseSync } = await import("node:sqlite");
    return (path, options = {}) => new DatabaseSync(path, options);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Links to a file that is not there yet, behind one another. */
const MOST_LINKS = 40;

/**
 * Where a file really is, or will be, whatever links lead there: by each of its names it is the same file, with the same lock. `path` is how
 * people named it.
 *
 * @throws HistoryError where links go round in circles, or the folder may not be looked at
 */
export function placeOf(path: string): string {
  let place = resolve(path);
  try {
    for (let links = 0; links < MOST_LINKS; links += 1) {
      if (existsSync(place)) return realpathSync(place);
      const link = linkAt(place);
      if (link === null)
        return existsSync(dirname(place)) ? join(realpathSync(dirname(place)), basename(place)) : place;
      place = resolve(dirname(place), link);
    }
    throw Object.assign(new Error("links in a circle"), { code: "ELOOP" });
  } catch (error) {
    throw new HistoryError("closed", `${path}: it cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
}

function linkAt(place: string): string | null {
  try {
    return readlinkSync(place);
  } catch {
    return null;
  }
}

/**
 * Looks at a file before anything opens it, so that a slip of the name harms nothing. True where it is there and holds something. A pipe is not
 * opened: that would wait for its other end.
 *
 * @throws HistoryError where it is something else
 */
export function looksLikeHistory(place: string, path: string): boolean {
  let file: number;
  try {
    if (statSync(place, { throwIfNoEntry: false })?.isFile() === false)
      throw new HistoryError("foreign", `${path}: it is no file, but a folder, a pipe or a device; name a file`);
    file = openSync(place, "r");
  } catch (error) {
    if (error instanceof HistoryError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    throw new HistoryError("closed", `${path}: it cannot be opened (${code})`);
  }
  try {
    const head = Buffer.alloc(MAGIC.length);
    const size = readSync(file, head, 0, head.length, 0);
    if (size === 0) return false;
    if (head.toString("latin1", 0, size) === MAGIC) return true;
  } catch (error) {
    throw new HistoryError("closed", `${path}: it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  } finally {
    closeSync(file);
  }
  throw new HistoryError("foreign", `${path}: it is no history of streamscope, and is left as it is`);
}

/**
 * Whether an open file is a history that this release knows; false where nothing has been written to it.
 *
 * @throws HistoryError where it is another program's, or a newer release's
 */
export function isKnown(path: string, db: DatabaseSync): boolean {
  const id = numberOf(db, "PRAGMA application_id");
  const version = versionOf(db);
  // The writer that began it may have had no room for more than its mark
  const isOurs = id === 0 || id === APPLICATION_ID;
  if (isOurs && version === 0 && numberOf(db, "SELECT count(*) FROM sqlite_master") === 0) return false;
  if (id !== APPLICATION_ID)
    throw new HistoryError("foreign", `${path}: it is a database of another program, and is left as it is`);
  if (version > STEPS.length)
    throw new HistoryError(
      "newer",
      `${path}: a newer streamscope wrote it (version ${version} of its schema; this one knows ${STEPS.length}): update streamscope, or choose another file`,
    );
  return true;
}

/**
 * Opens a file for reading. Works beside a writer, and on a disk that may not be written.
 *
 * @throws HistoryError where there is none, or where it is not this release's
 */
export async function openForReading(path: string): Promise<DatabaseSync> {
  const whole = placeOf(path);
  const nothing = new HistoryError(
    "missing",
    `${path}: nothing has been kept there yet; streamscope scan --history ${path} FILE… keeps what it finds`,
  );
  if (!looksLikeHistory(whole, path)) throw nothing;
  const open = await loadSqlite();
  try {
    const db = openReadable(open, whole);
    try {
      db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA query_only = 1`);
      if (!isKnown(path, db)) throw nothing;
      const version = versionOf(db);
      if (version < STEPS.length)
        throw new HistoryError(
          "closed",
          `${path}: an older streamscope wrote it; scan or tui with --history ${path} bring it up to date`,
        );
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw historyError(path, error);
  }
}

/** The log of a file that is written stands beside it; on a disk that may not be written nobody writes, and there is none to be read. */
function openReadable(open: Open, path: string): DatabaseSync {
  const db = open(path, { readOnly: true });
  try {
    versionOf(db);
    return db;
  } catch (error) {
    db.close();
    if (existsSync(`${path}-wal`)) throw error;
  }
  const url = pathToFileURL(path);
  url.search = "immutable=1";
  return open(url, { readOnly: true });
}
