import {
  type Change,
  changesOf,
  HistoryError,
  HistoryReader,
  type HistorySummary,
  type Part,
  parseSearch,
  partsOf,
  type Question,
  type ShapeCounts,
} from "../../history/index.ts";
import type { Cascade } from "../../model/index.ts";
import { countOrigins, formatInstant } from "../../model/index.ts";
import { type Clock, parseFilter, printable } from "../../present/index.ts";
import { type Json, reportCase, reportObject, stringify } from "../../report/index.ts";
import { EXIT, Failure, usageFailure } from "../failure.ts";
import { type AskedTime, type AskOptions, readAskedLimit, readAskedTime } from "../options/history.ts";
import { shownClock } from "../options/scope.ts";
import { changeLines, countLines, foundLines, type StarterCounts } from "../terminal/history-lines.ts";
import { type Output, writeLines } from "../terminal/output.ts";
import { createStyles } from "../terminal/styles.ts";

const DAY_MS = 86_400_000;
/** So many days or weeks, where nobody says since when. */
const PARTS = 14;
const DETAIL = 20;

/** What is asked, and of what. */
interface Asking {
  readonly file: string;
  readonly reader: HistoryReader;
  readonly options: AskOptions;
  readonly time: AskedTime;
  readonly limit: number;
  readonly clock: Clock;
  readonly stdout: Output;
  readonly stderr: Output;
}

/**
 * Answers a question about a history. Returns the exit code.
 *
 * @throws Failure for wrong options, and where the file cannot be read
 */
export async function runHistory(
  file: string,
  words: readonly string[],
  options: AskOptions,
  stdout: Output,
  stderr: Output,
): Promise<number> {
  const time = readAskedTime(options, Date.now());
  const limit = readAskedLimit(options);
  const clock = shownClock(options);
  const search = parseSearch(words.join(" "));
  if (words.length > 0 && search.length === 0)
    throw usageFailure(`history: "${printable(words.join(" "))}" holds no word to look for`);
  try {
    const reader = await HistoryReader.open(file);
    const asking: Asking = { file, reader, options, time, limit, clock, stdout, stderr };
    try {
      if (options.id !== undefined) return showOne(asking, options.id);
      if (time.compare !== null) return showChanges(asking, time.compare);
      const where = options.where ?? [];
      if (search.length > 0 || where.length > 0) return showFound(asking, search, where);
      return showCounts(asking);
    } finally {
      reader.close();
    }
  } catch (error) {
    throw error instanceof HistoryError ? new Failure(error.message, EXIT.noInput) : error;
  }
}

function showCounts({ file, reader, options, time, limit, clock, stdout }: Asking): number {
  const summary = reader.summary();
  const { by = "day" } = options;
  const from = time.since ?? time.until - PARTS * (by === "day" ? DAY_MS : 7 * DAY_MS);
  const parts = partsOf(from, time.until, by, clock.offset);
  const starters = startersOf(reader.counts(parts), parts.length);
  if (options.json === true) {
    print(stdout, {
      ...about(file, summary),
      by,
      timezone: clock.name,
      parts: parts.map(partObject),
      origins: starters.map(({ service, starter, kind, cascades, victims, counts }) => {
        return { service, starter, kind, cascades, victims, counts };
      }),
    });
    return EXIT.done;
  }
  const styles = createStyles(stdout.colour);
  writeLines(stdout, countLines({ file, summary, parts, starters, limit, clock, columns: stdout.columns, styles }));
  return EXIT.done;
}

/** Shapes by who started them and how, most cancels first. */
function startersOf(shapes: readonly ShapeCounts[], parts: number): readonly StarterCounts[] {
  const found = new Map<string, StarterCounts>();
  for (const { shape, counts } of shapes) {
    const { service, starter, kind } = shape;
    const key = JSON.stringify([service, starter, kind]);
    const before = found.get(key) ?? { service, starter, kind, cascades: 0, victims: 0, counts: Array(parts).fill(0) };
    const all = counts.reduce((sum, each) => sum + each, 0);
    found.set(key, {
      ...before,
      cascades: before.cascades + all,
      victims: before.victims + all * shape.victims,
      counts: before.counts.map((each, index) => each + (counts[index] ?? 0)),
    });
  }
  return [...found.values()].sort(
    (one, other) => other.cascades - one.cascades || (one.starter < other.starter ? -1 : 1),
  );
}

function showChanges({ file, reader, options, time, limit, clock, stdout }: Asking, compare: number): number {
  const summary = reader.summary();
  const since = time.since as number;
  // Before the history begins nobody knows anything
  const begin = Math.max(compare, Math.min(summary.from ?? since, since));
  const spans = [
    { from: begin, to: since },
    { from: since, to: time.until + 1 },
  ];
  const changes = changesOf(reader.counts(spans), since - begin, time.until - since);
  const exampleOf = ({ key, kind }: Change): Cascade | null => {
    const span = kind === "gone" ? { from: begin, to: since } : { from: since };
    return reader.find({ shape: key, ...span, limit: 1 }).cascades[0] ?? null;
  };
  if (options.json === true) {
    const changed = changes.map((change): Json => {
      const { service, starter, kind, code, reached } = change.shape;
      const { kind: word, before, after } = change;
      return {
        change: word,
        service,
        starter,
        kind,
        code,
        reached,
        before,
        after,
        example: exampleOf(change)?.id ?? null,
      };
    });
    print(stdout, {
      ...about(file, summary),
      before: { from: instantOf(begin), to: instantOf(since) },
      after: { from: instantOf(since), to: instantOf(time.until) },
      changes: changed,
    });
    return EXIT.done;
  }
  const styles = createStyles(stdout.colour);
  writeLines(
    stdout,
    changeLines({ file, changes, exampleOf, begin, asked: compare, since, until: time.until, limit, clock, styles }),
  );
  return EXIT.done;
}

function showFound(
  { file, reader, options, time, limit, clock, stdout, stderr }: Asking,
  search: NonNullable<Question["search"]>,
  where: readonly string[],
): number {
  const filter = parseFilter(where.join(" "), clock.offset);
  if (filter.problem !== null) throw usageFailure(`--where: ${filter.problem}`);
  const { cascades, more, damaged } = reader.find({
    search,
    ...(time.since === null ? {} : { from: time.since }),
    to: time.until + 1,
    keeps: filter.keeps,
    limit,
  });
  if (damaged > 0)
    stderr.write(`streamscope: ${damaged} cascades in ${printable(file)} are damaged and were left out\n`);
  if (options.json === true) {
    print(stdout, reportOf(cascades, more));
    return EXIT.done;
  }
  writeLines(
    stdout,
    foundLines({ cascades, more, search, clock, columns: stdout.columns, styles: createStyles(stdout.colour) }),
  );
  return EXIT.done;
}

function showOne({ file, reader, options, stdout }: Asking, id: string): number {
  const cascade = reader.cascade(id);
  if (cascade === null) throw usageFailure(`--id ${printable(id)}: ${printable(file)} holds no cascade with this id`);
  if (options.json === true) print(stdout, reportOf([cascade], false));
  else {
    const styles = createStyles(stdout.colour);
    const { columns } = stdout;
    writeLines(stdout, reportCase(cascade, { styles, columns, limit: 1, detail: DETAIL }));
  }
  return EXIT.done;
}

/** The report of a scan that found just these. */
function reportOf(cascades: readonly Cascade[], more: boolean): Json {
  const evidence = cascades.reduce((sum, { evidenceCount }) => sum + evidenceCount, 0);
  const diagnosis = {
    cascades,
    origins: countOrigins(cascades),
    warnings: [],
    counts: { evidence, late: 0, dropped: 0 },
  };
  const input = {
    inputs: 1,
    unread: 0,
    records: 0,
    unmatched: 0,
    unmatchedSample: [],
    diagnostics: [],
    diagnosticCount: 0,
  };
  return { ...(reportObject({ input, diagnosis }) as object), more };
}

function about(file: string, { cascades, cancels, from, to }: HistorySummary): { readonly [key: string]: Json } {
  const history = { file, cascades, cancels, from: instantOf(from), to: instantOf(to) };
  return { version: 1, history };
}

function partObject({ name, from, to }: Part): Json {
  return { name, from: instantOf(from), to: instantOf(to) };
}

function instantOf(ms: number): string;
function instantOf(ms: number | null): string | null;
function instantOf(ms: number | null): string | null {
  return ms === null ? null : formatInstant(BigInt(Math.round(ms)) * 1_000_000n);
}

function print(stdout: Output, value: Json): void {
  stdout.write(`${stringify(value, 2)}\n`);
}
