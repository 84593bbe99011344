/**
 * OTLP as JSON (one export request, as the Collector's file exporter writes one a line) -> records.
 *
 * Every span becomes a record, also one without an error: spans tell who calls whom. Of the logs only those become one in which the
 * prefilter finds something. Both spellings of the field names are read, ids in hex or base64, numbers as numbers or text.
 */
import type { Instant, SourceRecord, SpanFacts } from "../../model/index.ts";
import type { Draft, ShapeContext } from "./draft.ts";
import { createDraft, tidyTexts, wrapDraft } from "./draft.ts";
import { undoEscapes } from "./escapes.ts";
import { roleOf } from "./roles.ts";

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a list, under either spelling of its name. */
function listOf(of: Json, camel: string, snake?: string): readonly Json[] {
  const value = of[camel] ?? (snake === undefined ? undefined : of[snake]);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textOf(value: unknown): string {
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";
}

function parseNanos(value: unknown): Instant | null {
  const text = textOf(value);
  return /^\d{1,20}$/.test(text) && text !== "0" ? BigInt(text) : null;
}

/** Ids are hex in OTLP's JSON; protobuf's own JSON writes base64. */
function parseId(value: unknown, bytes: 8 | 16): string | null {
  if (typeof value !== "string" || value === "") return null;
  const hex =
    value.length === bytes * 2 && /^[0-9a-fA-F]+$/.test(value) ? value.toLowerCase() : hexOfBase64(value, bytes);
  return hex === null || /^0+$/.test(hex) ? null : hex;
}

function hexOfBase64(value: string, bytes: number): string | null {
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(value)) return null;
  try {
    const binary = atob(value.replaceAll("-", "+").replaceAll("_", "/"));
    if (binary.length !== bytes) return null;
    return [...binary].map((char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  } catch {
    return null;
  }
}

/** Names and values of one attribute list, nested ones flattened. The walk has its own list: depth is not a reason to crash. */
function readAttributes(attributes: readonly Json[], into: Map<string, string>): void {
  const pending: { readonly name: string; readonly value: unknown }[] = [];
  for (const { key, value } of attributes) pending.push({ name: textOf(key), value });
  for (let nodes = 0; nodes < 10_000; nodes += 1) {
    const next = pending.pop();
    if (next === undefined) return;
    const { name, value } = next;
    if (!isObject(value)) continue;
    const list = value["arrayValue"] ?? value["array_value"];
    const pairs = value["kvlistValue"] ?? value["kvlist_value"];
    if (isObject(list))
      for (const [i, each] of listOf(list, "values").entries()) pending.push({ name: `${name}.${i}`, value: each });
    else if (isObject(pairs)) {
      for (const pair of listOf(pairs, "values"))
        pending.push({
          name: name === "" ? textOf(pair["key"]) : `${name}.${textOf(pair["key"])}`,
          value: pair["value"],
        });
    } else {
      const scalar = Object.values(value)[0];
      if (name.length <= 512) into.set(name, textOf(scalar));
    }
  }
}

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;

function parseKind(value: unknown): SpanFacts["kind"] {
  if (typeof value === "number") return KINDS[value] ?? "unspecified";
  const name = textOf(value)
    .replace(/^SPAN_KIND_/, "")
    .toLowerCase();
  return KINDS.find((kind) => kind === name) ?? KINDS[Number(name)] ?? "unspecified";
}

function parseStatus(value: unknown): 0 | 1 | 2 {
  const code = textOf(value).toUpperCase();
  if (code === "2" || code.endsWith("ERROR")) return 2;
  return code === "1" || code.endsWith("OK") ? 1 : 0;
}

/** What the request around a span or log says about where it comes from. */
interface Surroundings {
  readonly resource: ReadonlyMap<string, string>;
  readonly service: string | null;
  readonly scope: string;
}

function readResource(group: Json): Omit<Surroundings, "scope"> {
  const resource = new Map<string, string>();
  if (isObject(group["resource"])) readAttributes(listOf(group["resource"], "attributes"), resource);
  const service = resource.get("service.name") ?? "";
  // The SDKs write this name where nobody gave one
  return { resource, service: service === "" || service.startsWith("unknown_service") ? null : service };
}

function spanTexts(span: Json, attributes: ReadonlyMap<string, string>, context: ShapeContext): string[] {
  const texts: string[] = [];
  const add = (text: string): void => {
    if (text !== "") texts.push(undoEscapes(text));
  };
  if (isObject(span["status"])) add(textOf(span["status"]["message"]));
  for (const event of listOf(span, "events")) {
    const fields = new Map<string, string>();
    readAttributes(listOf(event, "attributes"), fields);
    const message = fields.get("exception.message");
    if (message !== undefined) add(message);
    for (const [name, text] of fields) {
      // A stack repeats its message and would hide it
      if (name !== "exception.message" && !(message && name === "exception.stacktrace") && context.isHit(text))
        add(text);
    }
    const name = textOf(event["name"]);
    if (context.isHit(name)) add(name);
  }
  for (const [name, text] of attributes)
    if (roleOf(name).name === "text" ? text.length > 8 : context.isHit(text)) add(text);
  return tidyTexts(texts);
}

function readSpan(span: Json, around: Surroundings, context: ShapeContext, source: string, line: number): SourceRecord {
  const fields = new Map(around.resource);
  const own = new Map<string, string>();
  readAttributes(listOf(span, "attributes"), own);
  for (const [name, value] of own) fields.set(name, value);
  const name = textOf(span["name"]);
  fields.set("span.name", name);
  if (around.scope !== "") fields.set("scope.name", around.scope);
  const traceId = parseId(span["traceId"] ?? span["trace_id"], 16);
  const spanId = parseId(span["spanId"] ?? span["span_id"], 8);
  const startAt = parseNanos(span["startTimeUnixNano"] ?? span["start_time_unix_nano"]);
  const endAt = parseNanos(span["endTimeUnixNano"] ?? span["end_time_unix_nano"]);
  const status = isObject(span["status"]) ? parseStatus(span["status"]["code"]) : 0;
  return {
    at: endAt ?? startAt,
    service: around.service,
    serviceFrom: around.service === null ? null : "field",
    texts: spanTexts(span, own, context),
    fields,
    traceId,
    spanId,
    span: {
      kind: parseKind(span["kind"]),
      name,
      startAt,
      endAt,
      parentSpanId: parseId(span["parentSpanId"] ?? span["parent_span_id"], 8),
      status,
    },
    place: traceId === null || spanId === null ? { source, line } : { traceId, spanId },
  };
}

/** Reads a text as the shapes of lines do: a Collector's body is often a whole line of a log file. */
export type BodyReader = (text: string) => Draft;

function readLog(log: Json, around: Surroundings, context: ShapeContext, readBody: BodyReader): Draft | null {
  const outer = createDraft();
  for (const [name, value] of around.resource) outer.fields.set(name, value);
  const attributes = new Map<string, string>();
  readAttributes(listOf(log, "attributes"), attributes);
  const body = new Map<string, string>();
  readAttributes([{ key: "body", value: log["body"] }], body);
  const texts: string[] = [];
  for (const [name, value] of attributes) {
    outer.fields.set(name, value);
    if (context.isHit(value) && name !== "exception.stacktrace") texts.push(undoEscapes(value));
  }
  const line = body.get("body");
  for (const [name, value] of body) {
    if (name !== "body") outer.fields.set(name, value);
    if (name !== "body" && (context.isHit(value) || roleOf(name).name === "text")) texts.push(undoEscapes(value));
  }
  if (!context.isHit(line ?? "") && !texts.some(context.isHit)) return null;
  outer.texts = texts;
  outer.at =
    parseNanos(log["timeUnixNano"] ?? log["time_unix_nano"]) ??
    parseNanos(log["observedTimeUnixNano"] ?? log["observed_time_unix_nano"]);
  outer.zoned = outer.at !== null;
  outer.service = around.service;
  const draft = line === undefined ? outer : wrapDraft(outer, readBody(line));
  const severity = textOf(log["severityText"] ?? log["severity_text"] ?? log["severityNumber"]);
  if (severity !== "") draft.fields.set("level", severity);
  draft.traceId = parseId(log["traceId"] ?? log["trace_id"], 16) ?? draft.traceId;
  draft.spanId = parseId(log["spanId"] ?? log["span_id"], 8) ?? draft.spanId;
  // The resource says who wrote it; a name inside the line is second to it
  draft.service = around.service ?? draft.service;
  return draft;
}

/** What one request holds. */
export interface OtlpContents {
  readonly records: readonly SourceRecord[];
  /** Spans and logs read, yielded or not. */
  readonly seen: number;
}

/** Says whether an object is an OTLP export request. */
export function isOtlp(object: Json): boolean {
  return ["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"].some((name) =>
    Array.isArray(object[name]),
  );
}

/** Reads one export request: all its spans, and the logs that matter. */
export function readOtlp(
  object: Json,
  context: ShapeContext,
  readBody: BodyReader,
  source: string,
  line: number,
): OtlpContents {
  const records: SourceRecord[] = [];
  let seen = 0;
  for (const group of listOf(object, "resourceSpans", "resource_spans")) {
    const resource = readResource(group);
    for (const scope of [
      ...listOf(group, "scopeSpans", "scope_spans"),
      ...listOf(group, "instrumentationLibrarySpans"),
    ]) {
      const around = { ...resource, scope: isObject(scope["scope"]) ? textOf(scope["scope"]["name"]) : "" };
      for (const span of listOf(scope, "spans")) {
        seen += 1;
        records.push(readSpan(span, around, context, source, line));
      }
    }
  }
  for (const group of listOf(object, "resourceLogs", "resource_logs")) {
    const resource = readResource(group);
    for (const scope of listOf(group, "scopeLogs", "scope_logs")) {
      const around = { ...resource, scope: isObject(scope["scope"]) ? textOf(scope["scope"]["name"]) : "" };
      for (const log of listOf(scope, "logRecords", "log_records")) {
        seen += 1;
        const draft = readLog(log, around, context, readBody);
        if (draft === null) continue;
        const { at, service, fields, traceId, spanId } = draft;
        const serviceFrom = service === null ? null : "field";
        records.push({
          at,
          service,
          serviceFrom,
          texts: tidyTexts(draft.texts),
          fields,
          traceId,
          spanId,
          place: { source, line },
        });
      }
    }
  }
  return { records, seen };
}
