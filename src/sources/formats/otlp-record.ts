/**
 * The parts of an OTLP span or log -> a record, whichever encoding the parts came in.
 *
 * Every span becomes a record, also one without an error: spans tell who calls whom. Of the logs only those become one in which the
 * prefilter finds something.
 */
import type { Instant, NameSource, Place, SourceRecord, SpanFacts } from "../../model/index.ts";
import type { Draft, ShapeContext } from "./draft.ts";
import { createDraft, tidyTexts, wrapDraft } from "./draft.ts";
import { undoEscapes } from "./escapes.ts";
import { namesOf, type Owner, ownerOf, readName } from "./names.ts";
import { roleOf } from "./roles.ts";

/** The kinds of spans by their numbers. */
export const SPAN_KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;

/** Attribute values of one list that are read, nested ones included: more is an attack. */
export const MOST_VALUES = 10_000;
/** Longer names of attributes are left out. */
export const LONGEST_NAME = 512;

/** The name under which the flattened body of a log begins. */
export const BODY = "body";

/** What made spans and logs, as their request says: the resource around them. */
export interface Resource {
  readonly attributes: ReadonlyMap<string, string>;
  readonly owner: Owner;
}

/** A span, decoded. Attributes are flattened, their values texts; those for which {@link mattersByName} is false may be left out. */
export interface SpanParts {
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: SpanFacts["kind"];
  readonly startAt: Instant | null;
  readonly endAt: Instant | null;
  readonly status: SpanFacts["status"];
  readonly statusMessage: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly events: readonly { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[];
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

/** The service that a resource names. */
export function ownerOfResource(attributes: ReadonlyMap<string, string>): Owner {
  const names = RESOURCE_NAMES.map(([attribute, from]) => {
    const value = attributes.get(attribute) ?? "";
    // The SDKs write this name where nobody gave one
    return value.startsWith("unknown_service") ? null : readName(value, from);
  });
  return ownerOf(names.filter((name) => name !== null));
}

/** False for an attribute of a span or event that only matters where the prefilter finds something in its value. */
export function mattersByName(name: string, context: ShapeContext): boolean {
  return context.isField(name) || roleOf(name).name === "text";
}

/** Of the attributes of a span those that a dialect reads. */
export function fieldsOfSpan(attributes: ReadonlyMap<string, string>, context: ShapeContext): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of attributes) if (context.isField(name)) fields.set(name, value);
  return fields;
}

function spanTexts(span: SpanParts, context: ShapeContext): string[] {
  const texts: string[] = [];
  const add = (text: string): void => {
    const whole = undoEscapes(text);
    // A status mostly repeats the exception
    if (whole !== "" && whole !== texts[0]) texts.push(whole);
  };
  add(span.statusMessage);
  for (const event of span.events) {
    const message = event.attributes.get("exception.message");
    if (message !== undefined) add(message);
    for (const [name, text] of event.attributes) {
      // A stack repeats its message and would hide it
      if (name !== "exception.message" && !(message && name === "exception.stacktrace") && context.isHit(text))
        add(text);
    }
    if (context.isHit(event.name)) add(event.name);
  }
  for (const [name, text] of span.attributes)
    if (roleOf(name).name === "text" ? text.length > 8 : context.isHit(text)) add(text);
  return tidyTexts(texts);
}

/** The record of a span. `place` is where it stands if it has no ids of its own. */
export function recordOfSpan(span: SpanParts, { owner }: Resource, context: ShapeContext, place: Place): SourceRecord {
  const { traceId, spanId, name, kind, startAt, endAt, parentSpanId, status } = span;
  return {
    at: endAt ?? startAt,
    service: owner.service,
    serviceFrom: owner.serviceFrom,
    otherNames: owner.otherNames,
    texts: spanTexts(span, context),
    fields: fieldsOfSpan(span.attributes, context),
    traceId,
    spanId,
    span: { kind, name, startAt, endAt, parentSpanId, status },
    place: traceId === null || spanId === null ? place : { traceId, spanId },
  };
}

/** The record of a log; null where nothing in it matters. */
export function recordOfLog(
  log: LogParts,
  resource: Resource,
  context: ShapeContext,
  readBody: BodyReader,
  place: Place,
): SourceRecord | null {
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
  if (!context.isHit(line ?? "") && !outer.texts.some(context.isHit)) return null;
  outer.at = log.at;
  outer.zoned = log.at !== null;
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
