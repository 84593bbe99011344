/** The stores that one contract holds for: how each is asked, and what each would answer if it held a few things. */
import { prefilter } from "../../../src/dialects/index.ts";
import {
  readClickHouse,
  readJaegerTraces,
  readVictoriaLogs,
  type StoreQuestion,
  type StoreReading,
} from "../../../src/sources/index.ts";
import type { Question } from "./fake.ts";

/** What a store holds: a span, or a line of a trace. */
export interface Held {
  /** Hex; made longer where an id has to be. */
  readonly traceId: string;
  readonly service: string;
  readonly atMs: number;
  /** The text of its error. */
  readonly text: string;
}

/** One store. */
export interface StoreKind {
  readonly name: string;
  readonly open: (question: Omit<StoreQuestion, "prefilter">) => StoreReading;
  /** What it answers to a question where it holds these. */
  readonly answer: (question: Question, held: readonly Held[]) => string;
  /** True for a question whose answer is what it holds. */
  readonly asksForContent: (question: Question) => boolean;
}

/** A trace id in its whole length. */
export function traceIdOf({ traceId }: Pick<Held, "traceId">): string {
  return traceId.padStart(32, "0");
}

/** An id for a span that differs where the thing does. */
function spanIdOf({ atMs, service }: Held): string {
  return `${service.length}${atMs}`.padStart(16, "a");
}

function within(held: readonly Held[], fromMs: number, toMs: number): readonly Held[] {
  return held.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
}

const SPAN_TYPES: Readonly<Record<string, string>> = {
  Timestamp: "DateTime64(9)",
  Duration: "UInt64",
  SpanAttributes: "Map(LowCardinality(String), String)",
  ResourceAttributes: "Map(LowCardinality(String), String)",
};

/** The columns of the exporter's table of spans, as DESCRIBE gives them. */
export function describedSpans(change: Readonly<Record<string, string | null>> = {}): string {
  const names = [
    ...["Timestamp", "TraceId", "SpanId", "ParentSpanId", "SpanName", "SpanKind", "ServiceName", "Duration"],
    ...["StatusCode", "StatusMessage", "SpanAttributes", "ResourceAttributes", "Events.Name", "Events.Attributes"],
  ];
  return names
    .filter((name) => change[name] !== null)
    .map((name) => `${JSON.stringify({ name, type: change[name] ?? SPAN_TYPES[name] ?? "String" })}\n`)
    .join("");
}

/** A row of the query on spans, in the format with progress. */
export function spanRow(held: Held): string {
  const row = {
    ...{ t: traceIdOf(held), s: spanIdOf(held), p: "", at: `${held.atMs}000000`, d: "0" },
    ...{ n: "Chat", k: "Server", v: held.service, c: "Error", m: held.text, f: {}, r: {}, en: [], e: [] },
  };
  return `${JSON.stringify({ row })}\n`;
}

const clickhouse: StoreKind = {
  name: "ClickHouse",
  open: (question) =>
    readClickHouse({
      ...question,
      prefilter,
      spans: { database: null, table: "otel_traces" },
      logs: null,
      deep: false,
    }),
  asksForContent: ({ body }) => body.startsWith("SELECT lower(TraceId)"),
  answer: ({ url, body }, held) => {
    if (body.startsWith("DESCRIBE")) return describedSpans();
    const [from = 0, to = 0, since = 0] = ["from", "to", "since"].map((name) =>
      Number(url.searchParams.get(`param_${name}`)),
    );
    const found = within(held, Math.max(from, since), to);
    const progress = { progress: { read_rows: String(held.length), read_bytes: "1" } };
    return `${found.map(spanRow).join("")}${JSON.stringify(progress)}\n`;
  },
};

const jaeger: StoreKind = {
  name: "Jaeger",
  open: (question) => readJaegerTraces({ ...question, prefilter }),
  asksForContent: ({ url }) => url.pathname.endsWith("/api/traces"),
  answer: ({ url }, held) => {
    if (url.pathname.endsWith("/services"))
      return JSON.stringify({ data: [...new Set(held.map(({ service }) => service))] });
    const [from = 0, to = 0] = ["start", "end"].map((name) => Number(url.searchParams.get(name)) / 1000);
    const found = within(held, from, to).filter(({ service }) => service === url.searchParams.get("service"));
    return JSON.stringify({ data: found.map(jaegerTrace) });
  },
};

function jaegerTrace(held: Held): object {
  const tags = [
    { key: "span.kind", value: "server" },
    { key: "otel.status_code", value: "ERROR" },
    { key: "otel.status_description", value: held.text },
  ];
  const ids = { traceID: held.traceId, spanID: spanIdOf(held), processID: "p1" };
  const span = {
    ...ids,
    operationName: "Chat",
    startTime: held.atMs * 1000,
    duration: 0,
    tags,
    logs: [],
    references: [],
  };
  return { traceID: held.traceId, spans: [span], processes: { p1: { serviceName: held.service, tags: [] } } };
}

const victoriaLogs: StoreKind = {
  name: "VictoriaLogs",
  open: (question) => readVictoriaLogs({ ...question, prefilter, filter: null, deep: false }),
  asksForContent: () => true,
  answer: ({ body }, held) => {
    const form = new URLSearchParams(body);
    const [from = 0, to = 0] = ["start", "end"].map((name) => Date.parse(form.get(name) ?? ""));
    // Whichever storage node is quicker answers first
    return within(held, from, to).toReversed().map(victoriaLine).join("");
  },
};

function victoriaLine(held: Held): string {
  const _time = new Date(held.atMs).toISOString();
  return `${JSON.stringify({ _time, _msg: held.text, trace_id: traceIdOf(held), service: held.service })}\n`;
}

/** All of them. */
export const STORES: readonly StoreKind[] = [jaeger, clickhouse, victoriaLogs];
