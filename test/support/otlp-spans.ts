/**
 * Spans as OTLP's JSON carries them, from a file of export requests or sent to a receiver of the test's own.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One span. */
export interface OtlpSpan {
  readonly service: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly OtlpLink[];
  /** 0 unset, 2 error. */
  readonly status: number;
}

/** A link of a span. */
export interface OtlpLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly KeyValue[];
  readonly links?: readonly (Omit<OtlpLink, "attributes"> & { readonly attributes?: readonly KeyValue[] })[];
  readonly status?: { readonly code?: number };
}

/** An ExportTraceServiceRequest, and what Jaeger's query API answers with. */
export interface OtlpRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly Span[] }[];
  }[];
}

/** The spans of an export request. */
export function spansOf(request: OtlpRequest): readonly OtlpSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource?.attributes)["service.name"] ?? "");
    const spans = (scopeSpans ?? []).flatMap((scope) => scope.spans ?? []);
    return spans.map((span) => ({
      service,
      name: span.name,
      kind: span.kind,
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId ?? "",
      attributes: attributesOf(span.attributes),
      links: (span.links ?? []).map((link) => ({ ...link, attributes: attributesOf(link.attributes) })),
      status: span.status?.code ?? 0,
    }));
  });
}

function attributesOf(pairs: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: Readonly<Record<string, unknown>>): unknown {
  const [[type, content] = ["", null]] = Object.entries(value);
  if (type === "intValue") return Number(content);
  if (type !== "arrayValue") return content;
  return ((content as { values?: Record<string, unknown>[] }).values ?? []).map(plain);
}

/** An OTLP/HTTP receiver. */
export interface OtlpSink extends AsyncDisposable {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT and its companions must say. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: readonly OtlpSpan[];
  /** Resolves as soon as the spans received so far fit. */
  until(fits: (spans: readonly OtlpSpan[]) => boolean): Promise<void>;
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Starts a receiver on a free port. */
export async function otlpSink(): Promise<OtlpSink> {
  const spans: OtlpSpan[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url === "/v1/traces") spans.push(...spansOf(JSON.parse(body) as OtlpRequest));
      response.setHeader("Content-Type", "application/json").end("{}");
      for (const look of waiting) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
    spans,
    until(fits) {
      return new Promise((resolve) => {
        const look = () => {
          if (!fits(spans)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
