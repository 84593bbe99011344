/**
 * A trace as Jaeger's UI exports it and its query API answers: `{"data":[{"traceID","spans":[…],"processes":{…}}]}` -> records.
 *
 * OTel's parts of a span come back as tags: `span.kind`, `otel.status_code`, `otel.status_description`, `error`.
 */
import type { SourceRecord, SpanFacts } from "../../model/index.ts";
import { readAttributeName } from "./attributes.ts";
import type { ShapeContext } from "./draft.ts";
import { parseMicros, sortByEnd } from "./exported-spans.ts";
import { isJsonObject, type JsonObject, textOfJson } from "./json-values.ts";
import { type Resource, recordOfSpan, resourceOf } from "./otlp-record.ts";
import { SpanContent } from "./span-content.ts";

function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Jaeger leaves out leading zeros. */
function parseId(value: unknown, digits: number): string | null {
  const text = textOfJson(value).toLowerCase();
  return /^[0-9a-f]+$/.test(text) && text.length <= digits && !/^0+$/.test(text) ? text.padStart(digits, "0") : null;
}

const KINDS = ["client", "server", "internal", "producer", "consumer"] as const;

/** Tags of a span or process, fields of a log. */
function readFields(list: unknown): Map<string, string> {
  return new Map(objects(list).map(({ key, value }) => [textOfJson(key), textOfJson(value)]));
}

/** A process is a resource whose `service.name` stands apart. */
function readProcess(process: JsonObject, context: ShapeContext): Resource {
  return resourceOf(readFields(process["tags"]).set("service.name", textOfJson(process["serviceName"])), context);
}

function readSpan(
  span: JsonObject,
  processes: ReadonlyMap<string, Resource>,
  context: ShapeContext,
  source: string,
): SourceRecord {
  const resource = processes.get(textOfJson(span["processID"])) ?? resourceOf(new Map(), context);
  const content = new SpanContent(resource.fields);
  const tags = readFields(span["tags"]);
  for (const [name, text] of tags) content.add(readAttributeName(name, context), text, context.isHit(text));
  content.setStatus(tags.get("otel.status_description") ?? "");
  for (const log of objects(span["logs"])) {
    content.beginEvent();
    for (const [name, text] of readFields(log["fields"]))
      content.add(readAttributeName(name, context), text, context.isHit(text));
    content.endEvent("", false);
  }
  const name = textOfJson(span["operationName"]);
  const traceId = parseId(span["traceID"], 32);
  const spanId = parseId(span["spanID"], 16);
  const startAt = parseMicros(span["startTime"]);
  const length = parseMicros(span["duration"]);
  const endAt = startAt === null || length === null ? null : startAt + length;
  const parent = objects(span["references"]).find((each) => textOfJson(each["refType"]) === "CHILD_OF");
  const kind: SpanFacts["kind"] = KINDS.find((each) => each === tags.get("span.kind")) ?? "unspecified";
  const failed = tags.get("otel.status_code") === "ERROR" || tags.get("error") === "true";
  const parts = {
    traceId,
    spanId,
    parentSpanId: parseId(parent?.["spanID"] ?? span["parentSpanID"], 16),
    name,
    kind,
    startAt,
    endAt,
    status: failed ? 2 : tags.get("otel.status_code") === "OK" ? 1 : 0,
    fields: content.fields,
    texts: content.texts(),
  } as const;
  return recordOfSpan(parts, resource, { source });
}

/** Says whether an object is an answer or an export of Jaeger. */
export function isJaeger(object: JsonObject): boolean {
  return objects(object["data"]).some((trace) => Array.isArray(trace["spans"]) && isJsonObject(trace["processes"]));
}

/** Reads all spans of all traces, in order of their end. */
export function readJaeger(object: JsonObject, context: ShapeContext, source: string): SourceRecord[] {
  const records = objects(object["data"]).flatMap((trace) => {
    const processes = new Map<string, Resource>();
    for (const [id, process] of Object.entries(isJsonObject(trace["processes"]) ? trace["processes"] : {}))
      if (isJsonObject(process)) processes.set(id, readProcess(process, context));
    return objects(trace["spans"]).map((span) => readSpan(span, processes, context, source));
  });
  return sortByEnd(records);
}
