/** A history in small steps, newest first: each takes a few milliseconds, however long the history is. */
import type { Cascade } from "../model/index.ts";
import type { BlockReader } from "./blocks.ts";
import type { Part } from "./days.ts";
import type { HistoryFile } from "./file.ts";

/** Whose cancels are looked for: those of one starter and deed, or those that a service started or was reached by. */
export type Subject =
  | { readonly starter: { readonly service: string | null; readonly starter: string; readonly kind: string } }
  | { readonly service: string };

/** How many cancels of one shape a part of time holds. */
export interface ShapeInPart {
  /** Names the shape in questions, as long as the reader is open. */
  readonly shape: number;
  readonly count: number;
  /** The newest cascade of them; null where only like cancels were counted on an older one. */
  readonly newest: Mark | null;
}

/** A cascade by its instant, in milliseconds since 1970, and its name for `HistoryReader.at`; of a walk the last that has been seen. */
export interface Mark {
  readonly at: number;
  readonly key: number;
}

/** One step of a walk. */
export interface Step {
  /** Newest first; empty where the step met none. */
  readonly cascades: readonly Cascade[];
  /** Where the next step begins; null where nothing is left. */
  readonly next: Mark | null;
  /** How many could not be read. */
  readonly damaged: number;
}

/** So many cascades of any shape are looked over in one step: a millisecond of an index. */
const LOOKED_OVER = 4_000;
/** Before every cascade. */
const NEWEST: Mark = { at: Number.MAX_SAFE_INTEGER, key: Number.MAX_SAFE_INTEGER };

/** The shapes of a part of time. */
export function shapesIn(file: HistoryFile, { from, to }: Pick<Part, "from" | "to">): readonly ShapeInPart[] {
  const found = new Map<number, { count: number; newest: Mark | null }>();
  // Of the row with the greatest value SQLite takes the other columns, too: https://sqlite.org/lang_select.html#bareagg
  const own =
    "SELECT shape, sum(count) AS count, max(at) AS at, key FROM cascade WHERE at >= ? AND at < ? GROUP BY shape";
  for (const { shape, count, at, key } of file.prepare(own).iterate(from, to))
    found.set(Number(shape), { count: Number(count), newest: { at: Number(at), key: Number(key) } });
  const more = "SELECT shape, sum(count) AS count FROM more WHERE at >= ? AND at < ? GROUP BY shape";
  for (const { shape, count } of file.prepare(more).iterate(from, to)) {
    const known = found.get(Number(shape)) ?? { count: 0, newest: null };
    found.set(Number(shape), { ...known, count: known.count + Number(count) });
  }
  return [...found].map(([shape, each]) => ({ shape, ...each }));
}

/** The shapes that a subject has. */
export function shapesOf(file: HistoryFile, subject: Subject): readonly number[] {
  const keys = (sql: string, ...values: (string | null)[]): number[] =>
    file
      .prepare(sql)
      .all(...values)
      .map(({ key }) => Number(key));
  if ("service" in subject) {
    const { service } = subject;
    return keys("SELECT key FROM shape WHERE service = ? OR instr(reached, ?) > 0", service, JSON.stringify(service));
  }
  const { service, starter, kind } = subject.starter;
  return keys("SELECT key FROM shape WHERE service IS ? AND starter = ? AND kind = ?", service, starter, kind);
}

/** The next cascades of some shapes, at most `limit`, older than a mark (null: from the newest on) and not before `from`. */
export function olderThan(
  file: HistoryFile,
  bodies: BlockReader,
  shapes: readonly number[],
  mark: Mark | null,
  from: number,
  limit: number,
): Step {
  const { at, key } = mark ?? NEWEST;
  const end = file.prepare("SELECT at FROM cascade WHERE at <= ? ORDER BY at DESC LIMIT 1 OFFSET ?");
  const oldest = end.get(at, LOOKED_OVER)?.["at"];
  const down = Math.max(from, oldest === undefined ? from : Number(oldest));
  const rows = file
    .prepare(
      `SELECT key, at FROM cascade WHERE at >= ? AND at <= ? AND (at < ? OR key < ?)
       AND shape IN (SELECT value FROM json_each(?)) ORDER BY at DESC, key DESC LIMIT ?`,
    )
    .all(down, at, at, key, JSON.stringify(shapes), limit);
  const read = rows.map((row) => cascadeAt(file, bodies, Number(row["key"])));
  const cascades = read.filter((each) => each !== null);
  const last = rows.at(-1);
  const isFull = rows.length === limit && last !== undefined;
  const rest = down <= from ? null : { at: down, key: 0 };
  const next = isFull ? { at: Number(last["at"]), key: Number(last["key"]) } : rest;
  return { cascades, next, damaged: read.length - cascades.length };
}

/** One cascade; null where it is gone or damaged. */
export function cascadeAt(file: HistoryFile, bodies: BlockReader, key: number): Cascade | null {
  return bodies.read(file.prepare("SELECT body FROM cascade WHERE key = ?").get(key)?.["body"]);
}
