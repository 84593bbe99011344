/**
 * Spans and logs out of a ClickHouse, in the tables that the OpenTelemetry Collector's exporter makes.
 *
 * The search is ClickHouse's: it finds the traces in which something matters and gives their spans, slice of time by slice. Where it may not
 * give or read that much, the slice is asked for in halves. Rows come while it searches; an error can come behind them.
 */
import type { SourceRecord } from "../../model/index.ts";
import { Diagnostics } from "../diagnostics.ts";
import { readEvent } from "../formats/event.ts";
import type { JsonObject } from "../formats/json-values.ts";
import { readOtlp } from "../formats/otlp.ts";
import { createShapeContext } from "../formats/record-maker.ts";
import { localZone } from "../formats/zone.ts";
import { ClickHouseClient, ClickHouseError } from "./clickhouse-client.ts";
import { requestOfLogs, requestOfSpans } from "./clickhouse-rows.ts";
import {
  type AttributeStyle,
  describeQuery,
  LOG_COLUMNS,
  LONGEST_MS,
  logsQuery,
  logWords,
  MARGIN_MS,
  type Query,
  SPAN_COLUMNS,
  spansQuery,
  spanWords,
  type TableName,
  tablesQuery,
} from "./clickhouse-sql.ts";
import { SeenKeys } from "./seen-keys.ts";
import { inSlices, type TimeSlice, TooMuch } from "./slices.ts";
import { Refusal, StoreCounts, type StoreQuestion, type StoreReading, untilBroken } from "./store.ts";

/** What to ask for. */
export interface ClickHouseOptions extends StoreQuestion {
  /** Of the spans; null: spans are not asked for. */
  readonly spans: TableName | null;
  /** Of the logs; null: logs are not asked for. */
  readonly logs: TableName | null;
  /** Looks for every kind of sign, which reads more columns; of logs for more words. */
  readonly deep: boolean;
}

const USUAL = "ClickHouse; the usual address of its HTTP interface is http://HOST:8123";
const MAX_DIAGNOSTICS = 20;
/** More rows of a slice are not put in order here: half of it is asked for. */
const MOST_ROWS = 200_000;

type Kind = "spans" | "logs";

interface Table {
  readonly kind: Kind;
  readonly name: TableName;
  readonly style: AttributeStyle;
}

/** Prepares the asking. Nothing is asked before the iteration begins. */
export function readClickHouse(options: ClickHouseOptions): StoreReading {
  const { url, prefilter, deep, fromMs, toMs, signal } = options;
  const source = `clickhouse ${url.host}`;
  const diagnostics = new Diagnostics(MAX_DIAGNOSTICS);
  const context = createShapeContext(prefilter, { zone: localZone(), nearMs: toMs });
  const counts = new StoreCounts();
  counts.traces = 0;
  const client = new ClickHouseClient(options, (rows) => {
    counts.rows = rows;
  });
  const seen = new SeenKeys();
  const traces = new SeenKeys();
  const words = { spans: spanWords(prefilter), logs: logWords(prefilter, deep) };

  const queryFor = ({ kind, name, style }: Table, slice: TimeSlice): Query =>
    kind === "spans"
      ? spansQuery(name, style, slice, fromMs, words.spans, deep)
      : logsQuery(name, style, { ...slice, fromMs: Math.max(fromMs, slice.fromMs) }, words.logs);

  const recordsOf = (kind: Kind, rows: readonly JsonObject[]): readonly SourceRecord[] => {
    const fresh = rows.filter((row) => seen.add(keyOf(kind, row), msOf(row)));
    const request = kind === "spans" ? requestOfSpans(fresh) : requestOfLogs(fresh);
    const { records } = readOtlp(request, context, (body) => readEvent(body, context), source, 1);
    for (const row of kind === "spans" ? fresh : [])
      if (traces.add(String(row["t"]), msOf(row))) counts.traces = (counts.traces ?? 0) + 1;
    counts.records += records.length;
    if (kind === "spans") return records;
    return records.map((record) => ({ ...record, place: { source } }));
  };

  async function* readSlice(tables: readonly Table[], slice: TimeSlice): AsyncGenerator<readonly SourceRecord[]> {
    for (const table of tables) {
      if (table.kind === "logs" && slice.toMs <= fromMs) continue;
      let taken = 0;
      for await (const rows of client.rows(queryFor(table, slice))) {
        taken += rows.length;
        yield recordsOf(table.kind, rows);
        if (taken > MOST_ROWS) throw new TooMuch(`more than ${MOST_ROWS} rows`);
      }
    }
  }

  async function* read(): AsyncGenerator<readonly SourceRecord[]> {
    const tables = await describeTables(client, options);
    counts.state = "answered";
    yield* inSlices({
      fromMs: fromMs - LONGEST_MS,
      toMs,
      marginMs: MARGIN_MS,
      signal,
      read: (slice) => readSlice(tables, slice),
      done: ({ toMs: end }) => {
        counts.cover(end, options);
        seen.forget(end - MARGIN_MS);
        traces.forget(end - MARGIN_MS);
      },
      cut: (slice, error) =>
        diagnostics.add({ source: url.host }, `${timesOf(slice)} not all was read: ${error.message}`),
    });
  }

  return {
    [Symbol.asyncIterator]: () => untilBroken(read(), options, counts, diagnostics, USUAL),
    name: source,
    progress: () => counts.progress(),
    state: () => counts.state,
    diagnostics: () => diagnostics.kept,
    limits: limitsOf(options),
  };
}

async function describeTables(
  client: ClickHouseClient,
  { spans, logs }: Pick<ClickHouseOptions, "spans" | "logs">,
): Promise<readonly Table[]> {
  const tables: Table[] = [];
  if (spans !== null) tables.push(await describe(client, "spans", spans));
  if (logs !== null) tables.push(await describe(client, "logs", logs));
  return tables;
}

async function describe(client: ClickHouseClient, kind: Kind, name: TableName): Promise<Table> {
  const rows = await client.all(describeQuery(name)).catch(async (error: unknown) => {
    throw (await refusalOf(client, kind, name, error)) ?? error;
  });
  const types = new Map(rows.map((row) => [String(row["name"]), String(row["type"])]));
  const wanted = kind === "spans" ? SPAN_COLUMNS : LOG_COLUMNS;
  const missing = wanted.filter((column) => !types.has(column));
  if (missing.length > 0)
    throw new Refusal(
      `${shown(name)} is no table of ${kind} as the Collector's exporter makes it: it has no column ${missing.join(", ")}`,
    );
  const type = types.get(kind === "spans" ? "SpanAttributes" : "LogAttributes") ?? "";
  const style = type.startsWith("Map(") ? "map" : type.startsWith("JSON") ? "json" : null;
  if (style === null)
    throw new Refusal(`${shown(name)} keeps its attributes as ${type}; only a Map and JSON can be read`);
  return { kind, name, style };
}

const UNKNOWN: ReadonlySet<number> = new Set([60, 81]);

/** Where there is no such table: what to write instead. */
async function refusalOf(
  client: ClickHouseClient,
  kind: Kind,
  name: TableName,
  error: unknown,
): Promise<Refusal | null> {
  if (!(error instanceof ClickHouseError) || !UNKNOWN.has(error.code)) return null;
  const others = await client.all(tablesQuery(name)).catch(() => []);
  const names = others.map((row) => String(row["name"])).join(", ");
  const option = kind === "spans" ? "--clickhouse-table" : "--clickhouse-logs";
  return new Refusal(
    `there is no table ${shown(name)}; ${option} names it${names === "" ? "" : `; there are ${names}`}`,
  );
}

function shown({ database, table }: TableName): string {
  return database === null ? table : `${database}.${table}`;
}

function limitsOf({ spans, logs, deep }: ClickHouseOptions): readonly string[] {
  return [
    ...(spans === null || deep
      ? []
      : [
          "of spans, ClickHouse looked through status texts, exception messages and streamscope's own attributes only; failed spans without such words, words in other attributes and events, statuses of a cancel without an error, and unusual orders of ends were not looked for: --deep does",
        ]),
    ...(logs === null ? ["the logs in ClickHouse were not asked for: --clickhouse-logs otel_logs does"] : []),
    ...(logs === null || deep
      ? []
      : [
          "of logs, only lines with a word for a cancel were looked for, none with ordinary words for a broken connection or a timeout, nor with those of --dialects: --deep does",
        ]),
    ...(spans === null
      ? []
      : ["of a trace, spans more than five minutes before or after those that matter were not asked for"]),
  ];
}

function keyOf(kind: Kind, { t, s, k, at, v, b }: JsonObject): string | null {
  if (kind === "logs") return `${at} ${v} ${t} ${s} ${b}`;
  return s === "" ? null : `${t} ${s} ${k}`;
}

function msOf({ at }: JsonObject): number {
  return Number(at) / 1e6;
}

function timesOf({ fromMs, toMs }: TimeSlice): string {
  return `from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
}
