/**
 * The parts of an OTLP span or log -> a record, whichever encoding the parts came in.
 *
 * Every span becomes a record, also one without an error: spans tell who calls whom. So does every log: it may be any program's line.
 */
import type { Instant, NameSource, Place, SourceRecord, SpanFacts } from "../../model/index.ts";
import type { Draft, ShapeContext } from "./draft.ts";
import { createDraft, tidyTexts, wrapDraft } from "./draft.ts";
import { undoEscapes } from "./escapes.ts";
import { namesOf, type Owner, ownerOf, readName } from "./names.ts";
import { roleOf } from "./roles.ts";

/** The kinds of spans by their numbers. */
export const SPAN_KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;

/** The name under which the flattened body of a log begins. */
export const BODY = "body";

/** What made spans and logs, as their request says: the resource around them. */
export interface Resource {
  readonly attributes: ReadonlyMap<string, string>;
  /** Those of the attributes that a dialect reads: they are fields of every span. */
  readonly fields: ReadonlyMap<string, string>;
  readonly owner: Owner;
}

/** A span, decoded: its facts, and what a record keeps of its {@link SpanContent}. */
export interface SpanParts {
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: SpanFacts["kind"];
  readonly startAt: Instant | null;
  readonly endAt: Instant | null;
  readonly status: SpanFacts["status"];
  readonly fields: ReadonlyMap<string, string>;
  readonly texts: readonly string[];
}

/** A log, decoded. The body is flattened like attributes: under {@link BODY} where it is one text. */
export interface LogParts {
  readonly at: Instant | null;
  readonly severity: string;
  readonly body: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, string>;
  readonly traceId: string | null;
  readonly spanId: string | null;
}

/** Reads a text as the shapes of lines do: a Collector's body is often a whole line of a log file. */
export type BodyReader = (text: string) => Draft;

/** Attributes of a resource that name the service, see OpenTelemetry's semantic conventions for resources. */
const RESOURCE_NAMES: readonly (readonly [attribute: string, from: NameSource])[] = [
  ["service.name", "resource"],
  ["k8s.deployment.name", "resource"],
  ["k8s.container.name", "container"],
  ["container.name", "container"],
  ["k8s.pod.name", "pod"],
  ["host.name", "host"],
];

/** The resource with these attributes. */
export function resourceOf(attributes: ReadonlyMap<string, string>, context: ShapeContext): Resource {
  const fields = new Map([...attributes].filter(([name]) => context.isField(name)));
  return { attributes, fields, owner: ownerOfResource(attributes) };
}

/** The service that a resource names. */
export function ownerOfResource(attributes: ReadonlyMap<string, string>): Owner {
  const names = RESOURCE_NAMES.map(([attribute, from]) => {
    const value = attributes.get(attribute) ?? "";
    // The SDKs write this name where nobody gave one
    return value.startsWith("unknown_service") ? null : readName(value, from);
  });
  return ownerOf(names.filter((name) => name !== null));
}

/** The record of a span. `place` is where it stands if it has no ids of its own. */
export function recordOfSpan(span: SpanParts, { owner }: Resource, place: Place): SourceRecord {
  const { traceId, spanId, name, kind, startAt, endAt, parentSpanId, status } = span;
  return {
    at: endAt ?? startAt,
    service: owner.service,
    serviceFrom: owner.serviceFrom,
    otherNames: owner.otherNames,
    texts: span.texts,
    fields: span.fields,
    traceId,
    spanId,
    span: { kind, name, startAt, endAt, parentSpanId, status },
    place: traceId === null || spanId === null ? place : { traceId, spanId },
  };
}

/** The record of a log. */
export function recordOfLog(
  log: LogParts,
  resource: Resource,
  context: ShapeContext,
  readBody: BodyReader,
  place: Place,
): SourceRecord {
  const outer = createDraft();
  for (const [name, value] of resource.attributes) outer.fields.set(name, value);
  for (const [name, value] of log.attributes) {
    outer.fields.set(name, value);
    if (context.isHit(value) && name !== "exception.stacktrace") outer.texts.push(undoEscapes(value));
  }
  const line = log.body.get(BODY);
  for (const [name, value] of log.body) {
    if (name === BODY) continue;
    outer.fields.set(name, value);
    if (context.isHit(value) || roleOf(name).name === "text") outer.texts.push(undoEscapes(value));
  }
  outer.at = log.at;
  outer.zoned = log.at !== null;
  outer.dated = outer.zoned;
  outer.names = namesOf(resource.owner);
  const draft = line === undefined ? outer : wrapDraft(outer, readBody(line));
  if (log.severity !== "") draft.fields.set("level", log.severity);
  // The resource says who wrote it; a name inside the line is second to it
  const owner = ownerOf([...namesOf(resource.owner), ...draft.names]);
  return {
    at: draft.at,
    service: owner.service,
    serviceFrom: owner.serviceFrom,
    otherNames: owner.otherNames,
    texts: tidyTexts(draft.texts),
    fields: draft.fields,
    traceId: log.traceId ?? draft.traceId,
    spanId: log.spanId ?? draft.spanId,
    place,
  };
}
