/**
 * Spans of Zipkin (v2), as exporters send them and its API answers: lists of objects, or lists of such lists -> records.
 *
 * OpenTelemetry's parts of a span come back as tags (`otel.status_code`, `error` with the text of the status) and annotations
 * (`exception: {…}`), see its specification of the Zipkin exporter.
 */
import type { SourceRecord, SpanFacts } from "../../model/index.ts";
import { readAttributeName } from "./attributes.ts";
import type { ShapeContext } from "./draft.ts";
import { parseMicros, sortByEnd } from "./exported-spans.ts";
import { parseJson } from "./json-text.ts";
import { isJsonObject, type JsonObject, textOfJson } from "./json-values.ts";
import { type Resource, recordOfSpan, resourceOf } from "./otlp-record.ts";
import { SpanContent } from "./span-content.ts";

const KINDS: Readonly<Record<string, SpanFacts["kind"]>> = {
  CLIENT: "client",
  SERVER: "server",
  PRODUCER: "producer",
  CONSUMER: "consumer",
};

/** True for one span of Zipkin. */
function isSpan(value: unknown): value is JsonObject {
  if (!isJsonObject(value) || !isId(value["traceId"], 32) || !isId(value["id"], 16)) return false;
  if (!/^\d{15,17}$/.test(textOfJson(value["timestamp"]))) return false;
  return isJsonObject(value["localEndpoint"]) || textOfJson(value["kind"]) in KINDS;
}

function isId(value: unknown, digits: number): boolean {
  return typeof value === "string" && value.length <= digits && /^[0-9a-f]+$/i.test(value);
}

/** The spans in a value of JSON: one, a list, or a list of traces; null where it is something else. */
export function zipkinSpansIn(value: unknown): readonly JsonObject[] | null {
  const all: readonly unknown[] = Array.isArray(value) ? value.flat() : [value];
  return all.length > 0 && all.every(isSpan) ? all : null;
}

function textsOf(object: unknown): Map<string, string> {
  return new Map(isJsonObject(object) ? Object.entries(object).map(([name, each]) => [name, textOfJson(each)]) : []);
}

function serviceOf(span: JsonObject): string {
  const endpoint = span["localEndpoint"];
  return isJsonObject(endpoint) ? textOfJson(endpoint["serviceName"]) : "";
}

/** Both ends of a call may have one id; the server's gets one of its own, which its children find by their service. */
function sharedIds(spans: readonly JsonObject[]): ReadonlyMap<string, string> {
  const shared = spans.filter((span) => span["shared"] === true && span["kind"] === "SERVER");
  return new Map(
    shared.map((span) => {
      const id = textOfJson(span["id"]).padStart(16, "0");
      const first = (Number.parseInt(id[0] as string, 16) ^ 8).toString(16);
      return [keyOf(span, span["id"]), first + id.slice(1)];
    }),
  );
}

function keyOf(span: JsonObject, id: unknown): string {
  return `${textOfJson(span["traceId"])} ${textOfJson(id)} ${serviceOf(span)}`;
}

/** What stands behind an annotation's name: attributes of an event, in an object of its own where the name stands inside. */
function attributesOf(annotation: string): ReadonlyMap<string, string> {
  const from = annotation.indexOf("{");
  const object = from < 0 ? null : parseJson(annotation.slice(from));
  if (!isJsonObject(object)) return new Map();
  const [only, ...others] = Object.values(object);
  return textsOf(others.length === 0 && isJsonObject(only) ? only : object);
}

function contentOf(span: JsonObject, resource: Resource, context: ShapeContext): SpanContent {
  const content = new SpanContent(resource.fields);
  const tags = textsOf(span["tags"]);
  const error = tags.get("error") ?? "";
  for (const [name, text] of tags)
    if (name !== "error") content.add(readAttributeName(name, context), text, context.isHit(text));
  // A library of Zipkin's own writes a status or a word there where no text is
  content.setStatus(tags.get("otel.status_description") ?? (/^(?:true|\d{3})$/i.test(error) ? "" : error));
  const annotations = Array.isArray(span["annotations"]) ? span["annotations"].filter(isJsonObject) : [];
  for (const annotation of annotations) {
    const text = textOfJson(annotation["value"]);
    content.beginEvent();
    for (const [name, value] of attributesOf(text))
      content.add(readAttributeName(name, context), value, context.isHit(value));
    content.endEvent(text, !text.includes("{") && context.isHit(text));
  }
  return content;
}

function readSpan(
  span: JsonObject,
  shared: ReadonlyMap<string, string>,
  context: ShapeContext,
  source: string,
): SourceRecord {
  const tags = textsOf(span["tags"]);
  const name = serviceOf(span) || (tags.get("service.name") ?? "");
  const resource = resourceOf(new Map([["service.name", name]]), context);
  const content = contentOf(span, resource, context);
  const { id, parentId } = span;
  const own = span["shared"] === true ? shared.get(keyOf(span, id)) : undefined;
  const parent = own === undefined ? (shared.get(keyOf(span, parentId)) ?? textOfJson(parentId)) : textOfJson(id);
  const startAt = parseMicros(span["timestamp"]);
  const length = parseMicros(span["duration"]);
  const code = tags.get("otel.status_code");
  const parts = {
    traceId: textOfJson(span["traceId"]).toLowerCase().padStart(32, "0"),
    spanId: (own ?? textOfJson(id)).toLowerCase().padStart(16, "0"),
    parentSpanId: parent === "" ? null : parent.toLowerCase().padStart(16, "0"),
    name: textOfJson(span["name"]),
    kind: KINDS[textOfJson(span["kind"])] ?? "internal",
    startAt,
    endAt: startAt === null || length === null ? null : startAt + length,
    status: code === "ERROR" || (code === undefined && tags.has("error")) ? 2 : code === "OK" ? 1 : 0,
    fields: content.fields,
    texts: content.texts(),
  } as const;
  return recordOfSpan(parts, resource, { source });
}

/** Reads spans, in order of their end. */
export function readZipkin(spans: readonly JsonObject[], context: ShapeContext, source: string): SourceRecord[] {
  const shared = sharedIds(spans);
  const records = spans.map((span) => readSpan(span, shared, context, source));
  return sortByEnd(records);
}
