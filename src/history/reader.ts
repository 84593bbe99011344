/** Asks a file of history, also while another process writes to it. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cascade } from "../model/index.ts";
import { BlockReader } from "./blocks.ts";
import { openForReading } from "./database.ts";
import type { Part } from "./days.ts";
import { HistoryFile } from "./file.ts";
import { indexedText, type Shape } from "./indexed.ts";
import { numberOf } from "./schema.ts";
import {
  cascadeAt,
  type Mark,
  olderThan,
  type ShapeInPart,
  type Step,
  type Subject,
  shapesIn,
  shapesOf,
} from "./walk.ts";
import { holdsWords, matchOf, parseSearch, type Search } from "./words.ts";

/** How much a history holds. */
export interface HistorySummary {
  /** Cascades that can be opened. */
  readonly cascades: number;
  /** Cancels, those that were only counted included. */
  readonly cancels: number;
  /** The first instant of the oldest and of the newest, in milliseconds since 1970; null where there are none. */
  readonly from: number | null;
  readonly to: number | null;
}

/** How many cancels of one shape there were in each of some parts of time. */
export interface ShapeCounts {
  readonly shape: Shape;
  /** Names the shape in a {@link Question}, as long as the reader is open. */
  readonly key: number;
  readonly counts: readonly number[];
}

/** Which cascades are looked for. Instants in milliseconds since 1970; the first instant of a cascade counts. */
export interface Question {
  readonly search?: Search;
  readonly from?: number;
  readonly to?: number;
  /** {@link ShapeCounts.key}. */
  readonly shape?: number;
  /** Says of a cascade whether it is wanted. */
  readonly keeps?: (cascade: Cascade) => boolean;
  readonly limit: number;
}

/** The cascades that answer a question. */
export interface Answer {
  /** Newest first. */
  readonly cascades: readonly Cascade[];
  /** True where there are more than the limit. */
  readonly more: boolean;
  /** How many on the way were too damaged to be read. */
  readonly damaged: number;
}

type Span = Pick<Part, "from" | "to">;

/** Reads a file of history. */
export class HistoryReader {
  readonly #file: HistoryFile;
  readonly #bodies: BlockReader;
  readonly #words: boolean;
  readonly #shapes = new Map<number, Shape>();

  private constructor(path: string, db: DatabaseSync) {
    this.#file = new HistoryFile(path, db, false);
    this.#bodies = new BlockReader(this.#file);
    this.#words = canMatch(db);
  }

  /**
   * Opens a file.
   *
   * @throws HistoryError where there is none, or where it is something else, newer or damaged
   */
  static async open(path: string): Promise<HistoryReader> {
    return new HistoryReader(path, await openForReading(path));
  }

  /**
   * How much there is.
   *
   * @throws HistoryError where the file is damaged, as all that follow
   */
  summary(): HistorySummary {
    return this.#file.guarded(() => {
      const row = this.#prepare("SELECT count(*) AS cascades, sum(count) AS cancels FROM cascade").get() ?? {};
      const more = numberOf(this.#file.db, "SELECT sum(count) FROM more");
      const first = this.#prepare("SELECT min(at) AS at FROM cascade").get()?.["at"] ?? null;
      const last = this.#prepare("SELECT max(at) AS at FROM cascade").get()?.["at"] ?? null;
      return {
        cascades: Number(row["cascades"] ?? 0),
        cancels: Number(row["cancels"] ?? 0) + more,
        from: first === null ? null : Number(first),
        to: last === null ? null : Number(last),
      };
    });
  }

  /** The last instant before another one at which a cancel happened, in milliseconds since 1970; null where there was none. Quick. */
  lastBefore(instant: number): number | null {
    return this.#file.guarded(() => {
      const last = (table: string): number => {
        const at = this.#prepare(`SELECT max(at) AS at FROM ${table} WHERE at < ?`).get(instant)?.["at"] ?? null;
        return at === null ? Number.NEGATIVE_INFINITY : Number(at);
      };
      const at = Math.max(last("cascade"), last("more"));
      return at === Number.NEGATIVE_INFINITY ? null : at;
    });
  }

  /** How many cancels of each shape there were in one part of time, and the newest of each. */
  shapesIn(part: Span): readonly ShapeInPart[] {
    return this.#file.guarded(() => shapesIn(this.#file, part));
  }

  /** What the cancels of a shape have in common. */
  shape(key: number): Shape {
    return this.#file.guarded(() => this.#shapeOf(key));
  }

  /** The shapes of a subject, as {@link older} takes them. */
  shapesOf(subject: Subject): readonly number[] {
    return this.#file.guarded(() => shapesOf(this.#file, subject));
  }

  /** One step towards older cascades of some shapes, with at most `limit` of them, none before `from`; without a mark the first step. */
  older(shapes: readonly number[], mark: Mark | null, from: number, limit: number): Step {
    return this.#file.guarded(() => olderThan(this.#file, this.#bodies, shapes, mark, from, limit));
  }

  /** The cascade that {@link shapesIn} names; null where it is gone or damaged. */
  at(key: number): Cascade | null {
    return this.#file.guarded(() => cascadeAt(this.#file, this.#bodies, key));
  }

  /** How many cancels of each shape there were in each part; shapes without any are left out. */
  counts(parts: readonly Span[]): readonly ShapeCounts[] {
    return this.#file.guarded(() => {
      const byShape = new Map<number, number[]>();
      for (const [index, { from, to }] of parts.entries()) {
        for (const table of ["cascade", "more"]) {
          const sql = `SELECT shape, sum(count) AS count FROM ${table} WHERE at >= ? AND at < ? GROUP BY shape`;
          for (const { shape, count } of this.#prepare(sql).iterate(from, to)) {
            let counts = byShape.get(Number(shape));
            if (counts === undefined) {
              counts = new Array<number>(parts.length).fill(0);
              byShape.set(Number(shape), counts);
            }
            counts[index] = (counts[index] ?? 0) + Number(count);
          }
        }
      }
      return [...byShape].map(([key, counts]) => ({ shape: this.#shapeOf(key), key, counts }));
    });
  }

  /** The cascades that answer a question, newest first; of those with words the ones that were kept last. */
  find(question: Question): Answer {
    return this.#file.guarded(() => {
      const { search = [], limit } = question;
      const found: Cascade[] = [];
      let damaged = 0;
      let more = false;
      const take = (rows: Iterable<Record<string, unknown>>, read: boolean): void => {
        for (const { body } of rows) {
          const cascade = this.#bodies.read(body);
          if (cascade === null) damaged += 1;
          else if (read && !holdsWords(indexedText(cascade), search)) continue;
          else if (question.keeps?.(cascade) === false) continue;
          else if (found.length === limit) {
            more = true;
            return;
          } else found.push(cascade);
        }
      };
      const { sql, values } = conditionsOf(question);
      if (search.length === 0)
        take(this.#rows(`SELECT c.body FROM cascade c ${sql} ORDER BY c.at DESC`, values), false);
      else {
        const unworded = this.#words ? `${sql} AND c.worded = 0` : sql;
        take(this.#rows(`SELECT c.body FROM cascade c ${unworded} ORDER BY c.key DESC`, values), true);
        if (this.#words && !more) {
          const matched = `SELECT c.body FROM words JOIN cascade c ON c.key = words.rowid ${sql} AND words MATCH ? ORDER BY words.rowid DESC`;
          take(this.#rows(matched, [...values, matchOf(search)]), false);
        }
      }
      const at = ({ firstAt = 0n }: Cascade): bigint => firstAt;
      found.sort((one, other) => (at(one) > at(other) ? -1 : at(one) < at(other) ? 1 : 0));
      return { cascades: found, more, damaged };
    });
  }

  /** One cascade by its id, by the beginning of it, or by the id of one that became part of it; null where there is none. */
  cascade(id: string): Cascade | null {
    const rows = this.#file.guarded(() =>
      this.#prepare("SELECT body FROM cascade WHERE id >= ? AND id < ? || char(1114111) ORDER BY id LIMIT 2").all(
        id,
        id,
      ),
    );
    const [own = null, other = null] = rows.map(({ body }) => this.#bodies.read(body));
    if (own?.id === id || (own !== null && other === null)) return own;
    return this.#absorber(id);
  }

  /** The cascade that one with an id has become part of. */
  #absorber(id: string): Cascade | null {
    const search = parseSearch(`"${id.replaceAll('"', " ")}"`);
    if (search.length === 0) return null;
    const [found] = this.find({
      search,
      keeps: ({ aliases, exemplars = [] }) => [...aliases, ...exemplars].includes(id),
      limit: 1,
    }).cascades;
    return found ?? null;
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #rows(sql: string, values: readonly (number | string)[]): Iterable<Record<string, unknown>> {
    return this.#prepare(sql).iterate(...values);
  }

  #shapeOf(key: number): Shape {
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const row = this.#prepare("SELECT service, starter, kind, code, victims, reached FROM shape WHERE key = ?").get(
      key,
    );
    const shape: Shape = {
      service: textOf(row?.["service"]),
      starter: textOf(row?.["starter"]) ?? "?",
      kind: textOf(row?.["kind"]) ?? "error",
      code: typeof row?.["code"] === "number" ? row["code"] : null,
      victims: Number(row?.["victims"] ?? 0),
      reached: namesOf(textOf(row?.["reached"])),
    };
    this.#shapes.set(key, shape);
    return shape;
  }

  #prepare(sql: string): StatementSync {
    return this.#file.prepare(sql);
  }
}

function conditionsOf({ from, to, shape }: Question): {
  readonly sql: string;
  readonly values: readonly (number | string)[];
} {
  const conditions = ["1"];
  const values: (number | string)[] = [];
  if (from !== undefined) {
    conditions.push("c.at >= ?");
    values.push(from);
  }
  if (to !== undefined) {
    conditions.push("c.at < ?");
    values.push(to);
  }
  if (shape !== undefined) {
    conditions.push("c.shape = ?");
    values.push(shape);
  }
  return { sql: `WHERE ${conditions.join(" AND ")}`, values };
}

/** Whether the index of words is there and can be asked. */
function canMatch(db: DatabaseSync): boolean {
  try {
    db.prepare("SELECT rowid FROM words WHERE words MATCH 'a' LIMIT 1").get();
    return true;
  } catch {
    return false;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function namesOf(text: string | null): readonly string[] {
  try {
    const names: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
