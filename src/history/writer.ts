/**
 * Keeps cascades in a file. What has been kept stays when the process is killed at any moment: SQLite's write-ahead log is whole or ignored.
 */
import { statSync } from "node:fs";
import { hostname } from "node:os";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cascade, Instant } from "../model/index.ts";
import { BlockReader, BlockWriter, PER_BLOCK } from "./blocks.ts";
import { isKnown, loadSqlite, looksLikeHistory, PATIENCE_MS, placeOf } from "./database.ts";
import { HistoryError, historyError } from "./failure.ts";
import { HistoryFile } from "./file.ts";
import { indexedText, shapeOf } from "./indexed.ts";
import { lockOf } from "./lock.ts";
import { packCascade } from "./pack.ts";
import { APPLICATION_ID, migrate, rollBack, WORDS } from "./schema.ts";

/** A cascade to be kept, and for which time it is told. */
export interface Kept {
  readonly cascade: Cascade;
  /** Counts from 1; a later one replaces those before. */
  readonly revision: number;
}

/** So many cascades are written at once; a key pressed meanwhile waits for that. */
const SLICE = 500;
/** So many are thrown away, or put into the index, at a time. */
const TENDED = 200;
const MOST_SHAPES = 20_000;
const CACHE_KIB = 16 * 1024;
/** Pages of the log that are copied into the file at once: with few, pages of the index of ids are copied again and again. */
const LOG_PAGES = 8_000;

interface Former {
  readonly key: bigint;
  readonly at: bigint;
  readonly last: bigint;
  readonly count: bigint;
  readonly total: bigint;
  readonly evidence: bigint;
  readonly run: bigint;
}

/** Writes to a file of history: one process at a time. */
export class HistoryWriter {
  readonly #lock: DatabaseSync;
  readonly #path: string;
  readonly #whole: string;
  /** Which file it is, whatever stands at its place later. */
  readonly #number: string | null;
  readonly #file: HistoryFile;
  readonly #blocks: BlockWriter;
  readonly #words: boolean;
  readonly #run: bigint;
  readonly #shapes = new Map<string, bigint>();
  /** The last key that was given to a cascade. */
  #key = 0n;

  private constructor(path: string, whole: string, lock: DatabaseSync, db: DatabaseSync) {
    this.#lock = lock;
    this.#path = path;
    this.#whole = whole;
    this.#number = numberAt(whole);
    // After a deletion in the index the id of the last row does not fit a double, whatever statement is asked for it
    this.#file = new HistoryFile(path, db, true);
    this.#blocks = new BlockWriter(this.#file);
    this.#key = this.#lastKey();
    this.#words = hasWords(db);
    this.#run = BigInt(
      this.#prepare("INSERT INTO run (at, pid, host) VALUES (?, ?, ?)").run(Date.now(), process.pid, hostname())
        .lastInsertRowid,
    );
    this.#prepare("DELETE FROM run WHERE key <= ?").run(this.#run - 100n);
    this.#prepare("DELETE FROM shape WHERE key NOT IN (SELECT shape FROM cascade)").run();
  }

  /**
   * Opens a file for writing; makes it where there is none, and brings an older one up to date.
   *
   * @throws HistoryError where another process writes to it, and where it is something else, newer or damaged
   */
  static async open(path: string): Promise<HistoryWriter> {
    const whole = placeOf(path);
    looksLikeHistory(whole, path);
    const open = await loadSqlite();
    let lock: DatabaseSync | null = null;
    let db: DatabaseSync | null = null;
    try {
      lock = lockOf(open, whole, path);
      db = open(whole);
      db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
      if (!isKnown(path, db)) db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = ${APPLICATION_ID}`);
      // What has been written is safe from the end of the process at once, and from a loss of power within seconds
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      db.exec(
        `PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${LOG_PAGES}`,
      );
      migrate(db);
      return new HistoryWriter(path, whole, lock, db);
    } catch (error) {
      db?.close();
      lock?.close();
      throw historyError(path, error);
    }
  }

  /**
   * Keeps cascades. One that was kept before is replaced; what another run kept stays where it rests on more evidence. `now`: when those
   * happened whose lines have no time.
   *
   * @throws HistoryError where they cannot be written; none of the last five hundred is kept then
   */
  keep(all: readonly Kept[], now: number): void {
    for (let at = 0; at < all.length; at += SLICE) {
      const slice = all.slice(at, at + SLICE);
      this.#together(() => {
        // A few are kept as text: there will be others to fill a block with
        const together = slice.length >= PER_BLOCK;
        for (const each of slice) this.#put(each, now, together);
      });
    }
  }

  /**
   * Takes back what was kept: those cascades are part of others now.
   *
   * @throws HistoryError where that cannot be written
   */
  forget(ids: readonly string[]): void {
    if (ids.length > 0)
      this.#together(() => {
        for (const id of ids) this.#remove(id);
      });
  }

  /**
   * Throws away a part of what ended before an instant, compresses a part of what came singly, and puts a part of what a release without an index of
   * words has kept into it. True while there is more of that.
   *
   * @throws HistoryError where that cannot be written
   */
  tend(before: number): boolean {
    this.#assertThere();
    const old = this.#keys("SELECT key FROM cascade WHERE at < ? AND last < ? LIMIT ?", before, before, TENDED);
    if (old.length > 0) {
      this.#together(() => {
        for (const key of old) this.#drop(key);
      });
    }
    const plain = this.#keys("SELECT key FROM cascade WHERE typeof(body) = 'text' ORDER BY key LIMIT ?", TENDED);
    if (plain.length >= PER_BLOCK)
      this.#together(() => {
        for (const key of plain) this.#compress(key);
      });
    // What is thrown away and what is compressed leaves room behind
    if (old.length + plain.length > 0)
      this.#file.guarded(() => this.#file.db.exec(`PRAGMA incremental_vacuum(${4 * TENDED})`));
    if (!this.#words) return Math.max(old.length, plain.length) === TENDED;
    const unworded = this.#keys("SELECT key FROM cascade WHERE worded = 0 LIMIT ?", TENDED);
    if (unworded.length > 0)
      this.#together(() => {
        for (const key of unworded) this.#index(key);
      });
    return Math.max(old.length, plain.length, unworded.length) === TENDED;
  }

  /** Ends the writing; another process may begin. */
  close(): void {
    try {
      this.#file.close();
    } finally {
      this.#lock.close();
    }
  }

  #put({ cascade, revision }: Kept, now: number, together: boolean): void {
    for (const alias of cascade.aliases) if (alias !== cascade.id) this.#remove(alias);
    const former = this.#prepare("SELECT key, at, last, count, total, evidence, run FROM cascade WHERE id = ?").get(
      cascade.id,
    ) as Former | undefined;
    if (former !== undefined && former.run !== this.#run && former.evidence > BigInt(cascade.evidenceCount)) return;
    const at = millisOf(cascade.firstAt) ?? (former === undefined ? now : Number(former.at));
    const last = Math.max(at, millisOf(cascade.lastAt) ?? at);
    const grown = former === undefined ? 0 : cascade.count - Number(former.total);
    const counted = former !== undefined && grown >= 0 && (grown === 0 || last > Number(former.last));
    const shape = this.#shapeOf(cascade);
    if (former !== undefined) this.#drop(former.key, counted);
    this.#key += 1n;
    const key = this.#key;
    const json = packCascade(cascade);
    this.#prepare(
      `INSERT INTO cascade (key, id, shape, at, last, count, total, evidence, revision, run, worded, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      key,
      cascade.id,
      shape,
      at,
      last,
      counted ? former.count : cascade.count,
      cascade.count,
      cascade.evidenceCount,
      revision,
      this.#run,
      this.#words ? 1 : 0,
      together ? this.#blocks.place(json, key) : json,
    );
    if (this.#words) this.#addWords(key, cascade);
    if (!counted) return;
    this.#prepare("UPDATE more SET cascade = ?, shape = ? WHERE cascade = ?").run(key, shape, former.key);
    if (grown > 0)
      this.#prepare(
        `INSERT INTO more (at, cascade, shape, count) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count`,
      ).run(last, key, shape, grown);
  }

  #shapeOf(cascade: Cascade): bigint {
    const { service, starter, kind, code, reached, victims } = shapeOf(cascade);
    const name = JSON.stringify([service, starter, kind, code, reached]);
    const known = this.#shapes.get(name);
    if (known !== undefined) return known;
    this.#prepare(
      `INSERT INTO shape (name, service, starter, kind, code, victims, reached) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ).run(name, service, starter, kind, code, victims, JSON.stringify(reached));
    const [found] = this.#keys("SELECT key FROM shape WHERE name = ?", name);
    if (this.#shapes.size >= MOST_SHAPES) this.#shapes.clear();
    this.#shapes.set(name, found as bigint);
    return found as bigint;
  }

  #lastKey(): bigint {
    const last = this.#prepare("SELECT seq FROM sqlite_sequence WHERE name = 'cascade'").get()?.["seq"];
    return typeof last === "bigint" ? last : 0n;
  }

  #remove(id: string): void {
    for (const key of this.#keys("SELECT key FROM cascade WHERE id = ?", id)) this.#drop(key);
  }

  #drop(key: bigint, keepMore = false): void {
    const gone = "DELETE FROM cascade WHERE key = ? RETURNING CASE typeof(body) WHEN 'integer' THEN body END AS place";
    const place = this.#prepare(gone).get(key)?.["place"];
    if (typeof place === "bigint") this.#blocks.left(place);
    if (!keepMore) this.#prepare("DELETE FROM more WHERE cascade = ?").run(key);
    if (this.#words) this.#prepare("DELETE FROM words WHERE rowid = ?").run(key);
  }

  /** Out and in again: SQLite joins half empty pages after a deletion only, not where a row becomes shorter. */
  #compress(key: bigint): void {
    const row = this.#prepare("SELECT * FROM cascade WHERE key = ?").get(key);
    if (typeof row?.["body"] !== "string") return;
    const values = { ...row, body: this.#blocks.place(row["body"], key) };
    const names = Object.keys(values);
    this.#prepare("DELETE FROM cascade WHERE key = ?").run(key);
    this.#prepare(`INSERT INTO cascade (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`).run(
      ...Object.values(values),
    );
  }

  #index(key: bigint): void {
    const body = this.#prepare("SELECT body FROM cascade WHERE key = ?").get(key)?.["body"];
    const cascade = new BlockReader(this.#file).read(body);
    if (cascade !== null) this.#addWords(key, cascade);
    this.#prepare("UPDATE cascade SET worded = 1 WHERE key = ?").run(key);
  }

  #addWords(key: number | bigint, cascade: Cascade): void {
    this.#prepare("INSERT INTO words (rowid, text) VALUES (?, ?)").run(key, indexedText(cascade));
  }

  #keys(sql: string, ...values: (number | string)[]): readonly bigint[] {
    return this.#file.guarded(() =>
      this.#prepare(sql)
        .all(...values)
        .map(({ key }) => key as bigint),
    );
  }

  #prepare(sql: string): StatementSync {
    return this.#file.prepare(sql);
  }

  /** SQLite would go on writing to a file that has no name any more. */
  #assertThere(): void {
    if (numberAt(this.#whole) !== this.#number)
      throw new HistoryError("missing", `${this.#path}: it was moved or removed while it was written`);
  }

  /** Writes all of it or nothing. */
  #together(write: () => void): void {
    this.#assertThere();
    this.#file.guarded(() => {
      this.#file.db.exec("BEGIN IMMEDIATE");
      try {
        write();
        this.#blocks.end();
        this.#file.db.exec("COMMIT");
      } catch (error) {
        rollBack(this.#file.db);
        this.#shapes.clear();
        this.#blocks.forget();
        this.#key = this.#lastKey();
        throw error;
      }
    });
  }
}

/** Device and number of the file at a place; null where there is none. */
function numberAt(place: string): string | null {
  const facts = statSync(place, { throwIfNoEntry: false, bigint: true });
  return facts === undefined ? null : `${facts.dev}:${facts.ino}`;
}

/** Milliseconds since 1970, where a clock can show them. */
function millisOf(at: Instant | undefined): number | null {
  const ms = at === undefined ? Number.NaN : Number(at / 1_000_000n);
  return Math.abs(ms) <= 8.64e15 ? ms : null;
}

/** Whether the index of words can be kept up; makes it where it can. */
function hasWords(db: DatabaseSync): boolean {
  try {
    db.exec("CREATE VIRTUAL TABLE temp.probe USING fts5(text, content='', contentless_delete=1)");
  } catch {
    return false;
  }
  db.exec(`DROP TABLE temp.probe; ${WORDS}`);
  return true;
}
