/**
 * Trace context and baggage in a stream's Header, the way Kitex's tracing suite (obs-opentelemetry) carries them: as transient metadata,
 * `RPC_TRANSIT_` and the propagator's own key in lower case, beside the caller's service name, and only while the span is recording.
 */
import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from "@opentelemetry/api";
import { w3cPropagator } from "./w3c.ts";

const TRANSIENT = "RPC_TRANSIT_";
const SERVICE_NAME = `${TRANSIENT}service.name`;

type Strings = ReadonlyMap<string, string>;

const setter: TextMapSetter<Map<string, string>> = {
  set: (headers, key, value) => {
    headers.set(TRANSIENT + key, value);
  },
};

const getter: TextMapGetter<Strings> = {
  get: (headers, key) => headers.get(TRANSIENT + key),
  keys: (headers) =>
    [...headers.keys()].filter((key) => key.startsWith(TRANSIENT)).map((key) => key.slice(TRANSIENT.length)),
};

/** HTTP carries the propagator's keys as they are. */
const plainGetter: TextMapGetter<Strings> = {
  get: (headers, key) => headers.get(key.toLowerCase()),
  keys: (headers) => [...headers.keys()],
};

/** The propagator to use: the one given, else the registered one, else W3C unless `OTEL_PROPAGATORS` is `none`. */
function choose(own: TextMapPropagator | null | undefined): Pick<TextMapPropagator, "inject" | "extract"> | null {
  if (own !== undefined) return own;
  if (propagation.fields().length > 0) return propagation;
  return process.env["OTEL_PROPAGATORS"] === "none" ? null : w3cPropagator;
}

/** The part of the SDK's resource that is used. */
interface Resource {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly asyncAttributesPending?: boolean;
  getRawAttributes?(): readonly (readonly [string, unknown])[];
}

/** The service name a span's resource gives; null where nobody gave one. */
function resourceName(span: Span): string | null {
  const { resource } = span as { resource?: Resource };
  const name = resource === undefined ? undefined : attributeOf(resource, "service.name");
  return typeof name === "string" && name !== "" && !name.startsWith("unknown_service") ? name : null;
}

/** While detectors are still asking, the SDK logs an error for everyone who reads `attributes`. */
function attributeOf(resource: Resource, key: string): unknown {
  if (resource.asyncAttributesPending !== true) return resource.attributes?.[key];
  return resource.getRawAttributes?.().find(([name]) => name === key)?.[1];
}

/** Writes the context and the caller's name into the Header's string keys. Does nothing for a span that is not recording. */
export function inject(
  own: TextMapPropagator | null | undefined,
  context: Context,
  span: Span,
  self: string,
  headers: Map<string, string>,
): void {
  if (!span.isRecording()) return;
  choose(own)?.inject(context, headers, setter);
  headers.set(SERVICE_NAME, resourceName(span) ?? self);
}

/** Writes the context into the headers of an HTTP request. */
export function injectPlain(
  own: TextMapPropagator | null | undefined,
  context: Context,
  headers: Map<string, string>,
): void {
  choose(own)?.inject(context, headers, { set: (carrier, key, value) => void carrier.set(key.toLowerCase(), value) });
}

/** The context a Header, or the headers of an HTTP request, carry: nothing of this process's own is in it. */
export function extract(own: TextMapPropagator | null | undefined, headers: Strings, http: boolean): Context {
  return choose(own)?.extract(ROOT_CONTEXT, headers, http ? plainGetter : getter) ?? ROOT_CONTEXT;
}

/** The caller's name as its tracer told it. */
export function callerName(headers: Strings): string | null {
  return headers.get(SERVICE_NAME) ?? null;
}
