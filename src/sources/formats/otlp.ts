/**
 * OTLP as JSON (one export request, as the Collector's file exporter writes one a line) -> records.
 *
 * Every span becomes a record, also one without an error: spans tell who calls whom. So does every log. Both spellings of the field names are read, ids in hex or base64, numbers as numbers or text.
 */
import type { Instant, SourceRecord, SpanFacts } from "../../model/index.ts";
import { AttributeMap, type AttributeSink, MAX_NAME_LENGTH, MAX_VALUES, readAttributeName } from "./attributes.ts";
import type { ShapeContext } from "./draft.ts";
import { isJsonObject, type JsonObject, textOfJson } from "./json-values.ts";
import {
  BODY,
  type BodyReader,
  type LogParts,
  type Resource,
  recordOfLog,
  recordOfSpan,
  resourceOf,
  SPAN_KINDS,
  type SpanParts,
} from "./otlp-record.ts";
import { SpanContent } from "./span-content.ts";

/** The objects of a list, under either spelling of its name. */
function listOf(of: JsonObject, camel: string, snake?: string): readonly JsonObject[] {
  const value = of[camel] ?? (snake === undefined ? undefined : of[snake]);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function parseNanos(value: unknown): Instant | null {
  const text = textOfJson(value);
  return /^\d{1,20}$/.test(text) && text !== "0" ? BigInt(text) : null;
}

/** Ids are hex in OTLP's JSON; protobuf's own JSON writes base64. */
function parseId(value: unknown, bytes: 8 | 16): string | null {
  if (typeof value !== "string" || value === "") return null;
  const hex = value.length === bytes * 2 && /^[0-9a-fA-F]+$/.test(value) ? lower(value) : hexOfBase64(value, bytes);
  return hex === null || /^0+$/.test(hex) ? null : hex;
}

/** The very text where it is so already: some engines make another one, for each span of a trace. */
function lower(hex: string): string {
  return /[A-F]/.test(hex) ? hex.toLowerCase() : hex;
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
function readAttributes(attributes: readonly JsonObject[], into: AttributeSink, context: ShapeContext): void {
  const pending: { readonly name: string; readonly value: unknown }[] = [];
  for (const { key, value } of attributes.toReversed()) pending.push({ name: textOfJson(key), value });
  for (let nodes = 0; nodes < MAX_VALUES; nodes += 1) {
    const next = pending.pop();
    if (next === undefined) return;
    const { name, value } = next;
    if (!isJsonObject(value)) continue;
    const list = value["arrayValue"] ?? value["array_value"];
    const pairs = value["kvlistValue"] ?? value["kvlist_value"];
    if (isJsonObject(list))
      for (const [i, each] of [...listOf(list, "values").entries()].reverse())
        pending.push({ name: `${name}.${i}`, value: each });
    else if (isJsonObject(pairs)) {
      for (const pair of listOf(pairs, "values").toReversed())
        pending.push({
          name: name === "" ? textOfJson(pair["key"]) : `${name}.${textOfJson(pair["key"])}`,
          value: pair["value"],
        });
    } else {
      const text = textOfJson(Object.values(value)[0]);
      if (name.length <= MAX_NAME_LENGTH) into.add(readAttributeName(name, context), text, context.isHit(text));
    }
  }
}

function parseKind(value: unknown): SpanFacts["kind"] {
  if (typeof value === "number") return SPAN_KINDS[value] ?? "unspecified";
  const name = textOfJson(value)
    .replace(/^SPAN_KIND_/, "")
    .toLowerCase();
  return SPAN_KINDS.find((kind) => kind === name) ?? SPAN_KINDS[Number(name)] ?? "unspecified";
}

function parseStatus(value: unknown): 0 | 1 | 2 {
  const code = textOfJson(value).toUpperCase();
  if (code === "2" || code.endsWith("ERROR")) return 2;
  return code === "1" || code.endsWith("OK") ? 1 : 0;
}

function readResource(group: JsonObject, context: ShapeContext): Resource {
  const attributes = new AttributeMap();
  if (isJsonObject(group["resource"])) readAttributes(listOf(group["resource"], "attributes"), attributes, context);
  return resourceOf(attributes.values, context);
}

function readSpan(span: JsonObject, { fields }: Resource, context: ShapeContext): SpanParts {
  const content = new SpanContent(fields);
  readAttributes(listOf(span, "attributes"), content, context);
  for (const event of listOf(span, "events")) {
    content.beginEvent();
    readAttributes(listOf(event, "attributes"), content, context);
    const name = textOfJson(event["name"]);
    content.endEvent(name, context.isHit(name));
  }
  const status = isJsonObject(span["status"]) ? span["status"] : {};
  content.setStatus(textOfJson(status["message"]));
  return {
    traceId: parseId(span["traceId"] ?? span["trace_id"], 16),
    spanId: parseId(span["spanId"] ?? span["span_id"], 8),
    parentSpanId: parseId(span["parentSpanId"] ?? span["parent_span_id"], 8),
    name: textOfJson(span["name"]),
    kind: parseKind(span["kind"]),
    startAt: parseNanos(span["startTimeUnixNano"] ?? span["start_time_unix_nano"]),
    endAt: parseNanos(span["endTimeUnixNano"] ?? span["end_time_unix_nano"]),
    status: parseStatus(status["code"]),
    fields: content.fields,
    texts: content.texts(),
  };
}

function readLog(log: JsonObject, context: ShapeContext): LogParts {
  const attributes = new AttributeMap();
  readAttributes(listOf(log, "attributes"), attributes, context);
  const body = new AttributeMap();
  readAttributes([{ key: BODY, value: log["body"] }], body, context);
  return {
    at:
      parseNanos(log["timeUnixNano"] ?? log["time_unix_nano"]) ??
      parseNanos(log["observedTimeUnixNano"] ?? log["observed_time_unix_nano"]),
    severity: textOfJson(log["severityText"] ?? log["severity_text"] ?? log["severityNumber"]),
    body: body.values,
    attributes: attributes.values,
    traceId: parseId(log["traceId"] ?? log["trace_id"], 16),
    spanId: parseId(log["spanId"] ?? log["span_id"], 8),
  };
}

/** What one request holds. */
export interface OtlpContents {
  readonly records: readonly SourceRecord[];
  /** Spans and logs read, yielded or not. */
  readonly seen: number;
  /** Names of lists that are something else: what should stand in them is missing. */
  readonly noLists: readonly string[];
}

/** Says whether an object is an OTLP export request. */
export function isOtlp(object: JsonObject): boolean {
  return ["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"].some((name) =>
    Array.isArray(object[name]),
  );
}

/** Reads one export request: all its spans and logs. */
export function readOtlp(
  object: JsonObject,
  context: ShapeContext,
  readBody: BodyReader,
  source: string,
  line: number,
): OtlpContents {
  const records: SourceRecord[] = [];
  const noLists: string[] = [];
  let seen = 0;
  const listIn = (of: JsonObject, ...names: readonly string[]): readonly JsonObject[] =>
    names.flatMap((name) => {
      if (of[name] !== undefined && of[name] !== null && !Array.isArray(of[name])) noLists.push(name);
      return listOf(of, name);
    });
  for (const group of listIn(object, "resourceSpans", "resource_spans")) {
    const resource = readResource(group, context);
    for (const scope of listIn(group, "scopeSpans", "scope_spans", "instrumentationLibrarySpans")) {
      for (const span of listIn(scope, "spans")) {
        seen += 1;
        records.push(recordOfSpan(readSpan(span, resource, context), resource, { source, line }));
      }
    }
  }
  for (const group of listIn(object, "resourceLogs", "resource_logs")) {
    const resource = readResource(group, context);
    for (const scope of listIn(group, "scopeLogs", "scope_logs")) {
      for (const log of listIn(scope, "logRecords", "log_records")) {
        seen += 1;
        records.push(recordOfLog(readLog(log, context), resource, context, readBody, { source, line }));
      }
    }
  }
  return { records, seen, noLists };
}
