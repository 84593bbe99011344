/**
 * W3C trace context and baggage (https://www.w3.org/TR/trace-context, https://www.w3.org/TR/baggage).
 *
 * The application's own propagator is used wherever one is registered. This one is for the `traceparent` of Rst frames, and for processes
 * that registered none: a trace that ends at every hop helps nobody.
 */
import {
  type BaggageEntry,
  baggageEntryMetadataFromString,
  type Context,
  createTraceState,
  isSpanContextValid,
  propagation,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MAX_ENTRIES = 180;
const MAX_BYTES = 8192;

/** The `traceparent` of a span. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
}

/** Reads a `traceparent`; null for anything else. */
export function parseTraceparent(text: string | undefined): SpanContext | null {
  const match = text === undefined ? null : PARENT.exec(text.trim());
  if (match === null) return null;
  const [, version = "", traceId = "", spanId = "", flags = "", rest] = match;
  if (version === "ff" || (version === "00" && rest !== undefined)) return null;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(context) ? context : null;
}

function formatBaggage(entries: readonly (readonly [string, BaggageEntry])[]): string {
  let text = "";
  for (const [key, { value, metadata }] of entries.slice(0, MAX_ENTRIES)) {
    const more = metadata === undefined ? "" : `;${metadata.toString()}`;
    const entry = `${encodeURIComponent(key)}=${encodeURIComponent(value)}${more}`;
    const joined = text === "" ? entry : `${text},${entry}`;
    if (joined.length > MAX_BYTES) break;
    text = joined;
  }
  return text;
}

function parseBaggage(text: string): Record<string, BaggageEntry> {
  const entries: Record<string, BaggageEntry> = {};
  for (const part of text.slice(0, MAX_BYTES).split(",").slice(0, MAX_ENTRIES)) {
    const [pair = "", ...metadata] = part.split(";");
    const equals = pair.indexOf("=");
    if (equals <= 0) continue;
    try {
      const key = decodeURIComponent(pair.slice(0, equals).trim());
      const value = decodeURIComponent(pair.slice(equals + 1).trim());
      entries[key] =
        metadata.length === 0 ? { value } : { value, metadata: baggageEntryMetadataFromString(metadata.join(";")) };
    } catch {
      // One that is not percent-encoded as it should be is left out.
    }
  }
  return entries;
}

/** Carries trace context and baggage. */
export const w3cPropagator: TextMapPropagator<unknown> = {
  fields: () => ["traceparent", "tracestate", "baggage"],

  inject(context: Context, carrier: unknown, setter: TextMapSetter<unknown>): void {
    const span = trace.getSpanContext(context);
    if (span !== undefined && isSpanContextValid(span)) {
      setter.set(carrier, "traceparent", formatTraceparent(span));
      const state = span.traceState?.serialize() ?? "";
      if (state !== "") setter.set(carrier, "tracestate", state);
    }
    const baggage = formatBaggage(propagation.getBaggage(context)?.getAllEntries() ?? []);
    if (baggage !== "") setter.set(carrier, "baggage", baggage);
  },

  extract(context: Context, carrier: unknown, getter: TextMapGetter<unknown>): Context {
    const text = (key: string): string | undefined => {
      const value = getter.get(carrier, key);
      return Array.isArray(value) ? value[0] : value;
    };
    const parent = parseTraceparent(text("traceparent"));
    const state = text("tracestate");
    if (parent !== null) {
      const span = state === undefined ? parent : { ...parent, traceState: createTraceState(state) };
      context = trace.setSpanContext(context, span);
    }
    const baggage = parseBaggage(text("baggage") ?? "");
    return Object.keys(baggage).length === 0
      ? context
      : propagation.setBaggage(context, propagation.createBaggage(baggage));
  },
};
