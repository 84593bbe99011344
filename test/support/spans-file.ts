/** Spans of an exporter in memory as a file that `scan` reads: OTLP requests in JSON, one a line. */
import { writeFileSync } from "node:fs";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** One span as OTLP's JSON has it, of a service of this name unless the span's own attribute names another. */
function spanOf(span: ReadableSpan): object {
  const context = span.spanContext();
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(span.parentSpanContext === undefined ? {} : { parentSpanId: span.parentSpanContext.spanId }),
    name: span.name,
    kind: span.kind + 1,
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    attributes: pairs(span.attributes),
    links: span.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId })),
    status: { code: span.status.code, ...(span.status.message === undefined ? {} : { message: span.status.message }) },
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: nanos(event.time),
      attributes: pairs(event.attributes ?? {}),
    })),
  };
}

function nanos([seconds, rest]: readonly [number, number]): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));
}

function pairs(attributes: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): object {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: String(value) };
}

/**
 * Writes spans of several services of one process: `streamscope.service.name` tells whose a span is; one without it belongs to the
 * service of its parent, or else to `otherwise`.
 */
export function writeSpans(path: string, spans: readonly ReadableSpan[], otherwise: string): void {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const serviceOf = (span: ReadableSpan): string => {
    const own = span.attributes["streamscope.service.name"];
    if (typeof own === "string") return own;
    const parent = byId.get(span.parentSpanContext?.spanId ?? "");
    return parent === undefined ? otherwise : serviceOf(parent);
  };
  const services = Map.groupBy(spans, serviceOf);
  const resourceSpans = [...services].map(([service, own]) => ({
    resource: { attributes: pairs({ "service.name": service, "telemetry.sdk.language": "nodejs" }) },
    scopeSpans: [{ spans: own.map(spanOf) }],
  }));
  writeFileSync(path, `${JSON.stringify({ resourceSpans })}\n`);
}
