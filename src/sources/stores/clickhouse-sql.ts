/**
 * The SQL that asks a ClickHouse for spans and logs as the Collector's exporter stores them
 * (clickhouseexporter v0.161.0, internal/sqltemplates: traces_table.sql, logs_table.sql and their JSON variants).
 *
 * Values are typed parameters, never spliced into the text. `GLOBAL IN`, because an `IN` over a distributed table is refused there; on one
 * server it means the same.
 */
import type { Prefilter } from "../../model/index.ts";
import { shortestPatterns } from "../formats/patterns.ts";
import { TEXT_NAMES } from "../formats/roles.ts";
import type { TimeSlice } from "./slices.ts";

/** How a table stores attributes: as a map of texts, or as JSON (`json: true` of the exporter). */
export type AttributeStyle = "map" | "json";

/** A table: of a database, or of the one that the user's name has by default. */
export interface TableName {
  readonly database: string | null;
  readonly table: string;
}

/** A query and its parameters, by name and with their types in the text. */
export interface Query {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What is searched for, as parameters hold it. */
export interface SearchWords {
  /** Signs that no span or line without them has, in small letters. */
  readonly words: readonly string[];
  /** Names of attributes that dialects read, in small letters. */
  readonly fields: readonly string[];
  readonly endings: Prefilter["endings"];
}

/** Spans of a trace lie at most so far from those that matter. */
export const MARGIN_MS: number = 5 * 60_000;
/** A request that ended in the wanted time began at most so long before it. */
export const LONGEST_MS: number = 60 * 60_000;

/** multiSearchAny takes at most 255 needles: `words` and `words1`, `words2`, … hold them. */
const MOST_NEEDLES = 255;
/** A request that was sent for another one and outlives its response, as the receiver sees it (otlp/sampling/end-order.ts), in nanoseconds. */
const MIN_OVERLAP_NS = 100_000_000;
const MIN_OUTLIVES_NS = 500_000;

/** Columns without which a table is none of the exporter's. */
export const SPAN_COLUMNS: readonly string[] = [
  ...["Timestamp", "TraceId", "SpanId", "ParentSpanId", "SpanName", "SpanKind", "ServiceName", "Duration"],
  ...["StatusCode", "StatusMessage", "SpanAttributes", "ResourceAttributes", "Events.Name", "Events.Attributes"],
];

/** As {@link SPAN_COLUMNS}, of a table of logs. */
export const LOG_COLUMNS: readonly string[] = [
  ...["Timestamp", "TraceId", "SpanId", "SeverityText", "ServiceName", "Body", "LogAttributes", "ResourceAttributes"],
];

/** What to search spans for. */
export function spanWords({ needles, smells, callFields, fields, endings }: Prefilter): SearchWords {
  return { words: shortestPatterns([...needles, ...smells]), fields: fieldsOf(callFields, fields), endings };
}

/** What to search lines for: `deep`: also for words that are too ordinary for spans. */
export function logWords(
  { needles, smells, wordings, callFields, fields, endings }: Prefilter,
  deep: boolean,
): SearchWords {
  const words = shortestPatterns([...needles, ...smells, ...(deep ? wordings : [])]);
  return { words, fields: fieldsOf(callFields, fields), endings };
}

function fieldsOf(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat().map((name) => name.toLowerCase()))];
}

/** The columns of a table and their types. */
export function describeQuery(table: TableName): Query {
  const { text, parameters } = tableOf(table);
  return { sql: `DESCRIBE TABLE ${text} FORMAT JSONEachRow`, parameters };
}

/** The tables beside one that is not there. */
export function tablesQuery({ database }: TableName): Query {
  const where = database === null ? "currentDatabase()" : "{database:String}";
  return {
    sql: `SELECT name FROM system.tables WHERE database = ${where} AND has_own_data ORDER BY name LIMIT 20 FORMAT JSONEachRow`,
    parameters: database === null ? {} : { database },
  };
}

/** The spans of all traces that have a span that matters in a slice. */
export function spansQuery(
  table: TableName,
  style: AttributeStyle,
  slice: TimeSlice,
  sinceMs: number,
  search: SearchWords,
  deep: boolean,
): Query {
  const from = tableOf(table);
  const hits = [wordHits(from.text, style, search.words), ownHits(from.text, style)];
  if (deep) hits.push(...deepHits(from.text, style, search));
  const sql = `SELECT lower(TraceId) AS t, lower(SpanId) AS s, lower(ParentSpanId) AS p,
  toString(toUnixTimestamp64Nano(Timestamp)) AS at, toString(Duration) AS d,
  SpanName AS n, SpanKind AS k, ServiceName AS v, StatusCode AS c, StatusMessage AS m,
  ${kept("SpanAttributes", style, search.words)} AS f, ${keptResource(style)} AS r, \`Events.Name\` AS en,
  arrayMap(entry -> ${kept("entry", style, search.words)}, \`Events.Attributes\`) AS e
FROM ${from.text}
WHERE Timestamp >= fromUnixTimestamp64Milli({from:Int64} - {margin:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64} + {margin:Int64})
  AND TraceId GLOBAL IN (
${hits.map((hit) => `    ${hit}`).join("\n    UNION DISTINCT\n")}
  )
FORMAT JSONEachRowWithProgress`;
  return {
    sql,
    parameters: {
      ...from.parameters,
      ...timeOf(slice, sinceMs),
      margin: String(MARGIN_MS),
      ...wordParameters(search.words),
      ...keptParameters(style, search.fields),
      ...(deep ? endingParameters(search.endings) : {}),
    },
  };
}

/** The lines that matter in a slice. */
export function logsQuery(table: TableName, style: AttributeStyle, slice: TimeSlice, search: SearchWords): Query {
  const from = tableOf(table);
  const { words } = search;
  const sql = `SELECT lower(TraceId) AS t, lower(SpanId) AS s, toString(toUnixTimestamp64Nano(Timestamp)) AS at,
  SeverityText AS l, ServiceName AS v, Body AS b, ${whole("LogAttributes", style)} AS f, ${whole("ResourceAttributes", style)} AS r
FROM ${from.text}
WHERE Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
  AND (${anyIn("Body", words)} OR ${anyValue("LogAttributes", style, words)})
FORMAT JSONEachRowWithProgress`;
  const { fromMs, toMs } = slice;
  return {
    sql,
    parameters: { ...from.parameters, from: String(fromMs), to: String(toMs), ...wordParameters(words) },
  };
}

function tableOf({ database, table }: TableName): {
  readonly text: string;
  readonly parameters: Record<string, string>;
} {
  if (database === null) return { text: "{table:Identifier}", parameters: { table } };
  return { text: "{database:Identifier}.{table:Identifier}", parameters: { database, table } };
}

/** In the slice, by when a request began, and not over before the wanted time. */
const IN_SLICE = `Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
      AND toUnixTimestamp64Nano(Timestamp) + Duration >= {since:Int64} * 1000000 AND TraceId != ''`;

function timeOf({ fromMs, toMs }: TimeSlice, sinceMs: number): Record<string, string> {
  return { from: String(fromMs), to: String(toMs), since: String(sinceMs) };
}

/** True where a text has one of the words, in any case of its letters. */
function anyIn(text: string, words: readonly string[]): string {
  const lists = Array.from({ length: Math.max(1, Math.ceil(words.length / MOST_NEEDLES)) }, (_, index) => index);
  return `(${lists.map((index) => `multiSearchAnyCaseInsensitive(${text}, {${wordsName(index)}:Array(String)})`).join(" OR ")})`;
}

function wordsName(index: number): string {
  return index === 0 ? "words" : `words${index}`;
}

function wordParameters(words: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = { words: "[]" };
  for (let index = 0; index * MOST_NEEDLES < words.length; index += 1)
    parameters[wordsName(index)] = arrayOf(words.slice(index * MOST_NEEDLES, (index + 1) * MOST_NEEDLES));
  return parameters;
}

/**
 * An array of texts as a parameter. Quotes, backslashes and control characters would have to be escaped twice, and servers differ there: a
 * word is searched for by its longest part without them, which finds no less.
 */
function arrayOf(texts: readonly string[]): string {
  const plain = (text: string): string =>
    text.split(/['\\\u0000-\u001f]/).reduce((a, b) => (b.length > a.length ? b : a));
  return `[${texts.map((text) => `'${plain(text)}'`).join(",")}]`;
}

function wordHits(table: string, style: AttributeStyle, words: readonly string[]): string {
  const message = style === "map" ? "entry['exception.message']" : "toString(entry.`exception.message`)";
  return `SELECT TraceId FROM ${table} WHERE ${IN_SLICE}
      AND ((StatusMessage != '' AND ${anyIn("StatusMessage", words)})
        OR (notEmpty(\`Events.Name\`) AND arrayExists(entry -> ${anyIn(message, words)}, \`Events.Attributes\`)))`;
}

/** Spans that streamscope's own tracer wrote. The keys have a bloom filter. */
function ownHits(table: string, style: AttributeStyle): string {
  return `SELECT TraceId FROM ${table} WHERE ${IN_SLICE} AND ${hasKey(style, "'streamscope.cancel.id'")}`;
}

function hasKey(style: AttributeStyle, key: string): string {
  return style === "map" ? `mapContains(SpanAttributes, ${key})` : `has(SpanAttributesKeys, ${key})`;
}

/** Signs that need every attribute, or all spans of a trace: failed ones, words anywhere, statuses of a cancel, and unusual orders of ends. */
function deepHits(table: string, style: AttributeStyle, { words, endings }: SearchWords): string[] {
  const hits = [
    `SELECT TraceId FROM ${table} WHERE ${IN_SLICE} AND StatusCode IN ('Error', 'STATUS_CODE_ERROR')`,
    `SELECT TraceId FROM ${table} WHERE ${IN_SLICE} AND (${anyValue("SpanAttributes", style, words)}
      OR arrayExists(name -> ${anyIn("name", words)}, \`Events.Name\`)
      OR arrayExists(entry -> ${anyValue("entry", style, words)}, \`Events.Attributes\`))`,
    `SELECT TraceId FROM ${table} WHERE ${IN_SLICE} AND ${IS_REQUEST}
      GROUP BY TraceId, ServiceName
      HAVING arrayExists(served -> arrayExists(sent -> sent.1 >= served.1 AND served.2 - sent.1 >= ${MIN_OVERLAP_NS} AND sent.2 - served.2 > ${MIN_OUTLIVES_NS},
          groupArrayIf(${EXTENT}, endsWith(lower(SpanKind), 'client'))),
        groupArrayIf(${EXTENT}, endsWith(lower(SpanKind), 'server')))`,
  ];
  if (endings === undefined) return hits;
  const values = (prefix: string, names: readonly string[]): readonly string[] =>
    names.map((_, index) => textIn(style, `${prefix}${index}`));
  const isCut = values("code", endings.codes).map(
    (value) => `replaceAll(lower(${value}), '_', '') IN {cut:Array(String)}`,
  );
  const has = (all: readonly string[]): string => `(${all.map((value) => `${value} != ''`).join(" OR ")})`;
  const answered = has(values("answered", endings.answered));
  return [
    ...hits,
    `SELECT TraceId FROM ${table} WHERE ${IN_SLICE} AND (${isCut.join(" OR ")})`,
    `SELECT TraceId FROM ${table} WHERE ${IN_SLICE} AND ${IS_REQUEST}
      GROUP BY TraceId HAVING max(${answered}) AND max(${has(values("asked", endings.asked))} AND NOT ${answered})`,
  ];
}

const IS_REQUEST = "SpanKind IN ('Server', 'Client', 'SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT')";

/** When a span began and ended. */
const EXTENT = "(toUnixTimestamp64Nano(Timestamp), toUnixTimestamp64Nano(Timestamp) + toInt64(Duration))";

function endingParameters(endings: Prefilter["endings"]): Record<string, string> {
  if (endings === undefined) return {};
  const numbered = (prefix: string, names: readonly string[]): [string, string][] =>
    names.map((name, index) => [`${prefix}${index}`, name]);
  const { codes, cut, answered, asked } = endings;
  const names = [...numbered("code", codes), ...numbered("answered", answered), ...numbered("asked", asked)];
  return { ...Object.fromEntries(names), cut: arrayOf(cut) };
}

/** The attribute of a span that a parameter names, as text; empty where it has none. */
function textIn(style: AttributeStyle, parameter: string): string {
  const name = `{${parameter}:String}`;
  return style === "map" ? `SpanAttributes[${name}]` : `ifNull(toString(getSubcolumn(SpanAttributes, ${name})), '')`;
}

function anyValue(column: string, style: AttributeStyle, words: readonly string[]): string {
  if (style === "json") return anyIn(`toString(${column})`, words);
  return `arrayExists(value -> ${anyIn("value", words)}, mapValues(${column}))`;
}

/** Of the attributes of a span or an event those that dialects read, and those whose value may be a text about an error. */
function kept(column: string, style: AttributeStyle, words: readonly string[]): string {
  if (style === "json") return `toString(${column})`;
  return `mapFilter((name, value) -> lower(name) IN {fields:Array(String)} OR startsWith(name, 'streamscope.') OR name = 'exception.message'
      OR replaceRegexpAll(lower(splitByChar('.', name)[-1]), '[^a-z0-9]', '') IN {texts:Array(String)} OR ${anyIn("value", words)}, ${column})`;
}

/** Of the attributes of a resource those that dialects read, and those that may name the service. */
function keptResource(style: AttributeStyle): string {
  if (style === "json") return "toString(ResourceAttributes)";
  return "mapFilter((name, value) -> lower(name) IN {fields:Array(String)} OR name LIKE '%.name', ResourceAttributes)";
}

function keptParameters(style: AttributeStyle, fields: readonly string[]): Record<string, string> {
  return style === "json" ? {} : { fields: arrayOf(fields), texts: arrayOf(TEXT_NAMES) };
}

function whole(column: string, style: AttributeStyle): string {
  return style === "json" ? `toString(${column})` : column;
}
