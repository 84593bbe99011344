/**
 * Finished spans of a process that plays several services, as the file that those services' collector would write: each span belongs to
 * the service that it says it is of.
 */
import { type AttributeValue, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** One export request as a line of JSON; a span that names no service is of the service that `serviceOf` says. */
export function otlpOf(
  spans: readonly ReadableSpan[],
  serviceOf: (span: ReadableSpan) => string = ({ attributes }) => String(attributes["streamscope.service.name"] ?? ""),
): string {
  const byService = Map.groupBy(spans, serviceOf);
  const resourceSpans = [...byService].map(([service, own]) => ({
    resource: { attributes: [keyValue("service.name", service)] },
    scopeSpans: [{ spans: own.map(spanOf) }],
  }));
  return `${JSON.stringify({ resourceSpans })}\n`;
}

function spanOf(span: ReadableSpan): unknown {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? "",
    name: span.name,
    kind: span.kind + 1,
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    attributes: attributesOf(span.attributes),
    links: span.links.map(({ context, attributes }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: attributesOf(attributes ?? {}),
    })),
    status: {
      code: span.status.code === SpanStatusCode.UNSET ? 0 : span.status.code,
      message: span.status.message ?? "",
    },
  };
}

function attributesOf(attributes: Readonly<Record<string, AttributeValue | undefined>>): unknown[] {
  return Object.entries(attributes).map(([key, value]) => keyValue(key, value));
}

function keyValue(key: string, value: unknown): { key: string; value: unknown } {
  return { key, value: anyValue(value) };
}

function anyValue(value: unknown): unknown {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: String(value) };
}

function nanos([seconds, rest]: readonly [number, number]): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));
}
