/** The spans of one service of the demo: OpenTelemetry's SDK, as a service of one's own would have it, sending every tenth of a second. */
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { StreamscopeInstrumentation } from "../tracer/index.ts";

const SEND_MS = 100;
const ANSWER_MS = 2_000;

/** Spans that are sent by and by. */
export interface SpanSender {
  /** Sends what waits; never rejects: a demo whose receiver has gone is about to end. */
  readonly flush: () => Promise<void>;
}

/** Makes spans of every stream and cancel of this process and sends them to an OTLP/HTTP receiver. */
export function sendSpans(service: string, to: string): SpanSender {
  const exporter = new OTLPTraceExporter({ url: `${to}/v1/traces`, timeoutMillis: ANSWER_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_MS })],
  });
  new StreamscopeInstrumentation().setTracerProvider(provider);
  return { flush: () => provider.forceFlush().catch(() => undefined) };
}
