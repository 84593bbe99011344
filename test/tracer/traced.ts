/**
 * The instrumentation with exporters in memory, and what they got, readable.
 */

import {
  type Attributes,
  type Context,
  type ContextManager,
  context,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach } from "vitest";
import { StreamscopeInstrumentation, type StreamscopeInstrumentationConfig } from "../../src/tracer/index.ts";

/** One span, as tests look at it. */
export interface SeenSpan {
  readonly name: string;
  readonly kind: string;
  readonly attributes: Attributes;
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly links: readonly SpanContext[];
  readonly status: string;
  readonly text: string | undefined;
  readonly durationNs: number;
}

/** A point of a metric. */
export interface Point {
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** An instrumentation with exporters of its own. */
export class Traced implements AsyncDisposable {
  readonly exporter: InMemorySpanExporter = new InMemorySpanExporter();
  readonly provider: TracerProvider;
  readonly instrumentation: StreamscopeInstrumentation;
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 3_600_000 });
  readonly meterProvider: MeterProvider;

  constructor(config: StreamscopeInstrumentationConfig = {}, sampler?: Sampler) {
    const spanProcessors = [new SimpleSpanProcessor({ exporter: this.exporter })];
    this.provider = new TracerProvider({ spanProcessors, ...(sampler === undefined ? {} : { sampler }) });
    this.meterProvider = new MeterProvider({ readers: [this.#reader] });
    this.instrumentation = new StreamscopeInstrumentation(config);
    this.instrumentation.setTracerProvider(this.provider);
    this.instrumentation.setMeterProvider(this.meterProvider);
  }

  /** All spans that have ended. */
  get spans(): readonly SeenSpan[] {
    return this.exporter.getFinishedSpans().map(see);
  }

  /** Spans of a name, in the order they ended. */
  named(name: string): readonly SeenSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** The only span that fits. */
  one(fits: (span: SeenSpan) => boolean): SeenSpan {
    const found = this.spans.filter(fits);
    if (found.length !== 1 || found[0] === undefined) {
      throw new Error(`${found.length} spans fit; there are ${this.spans.map((span) => span.name).join(", ")}`);
    }
    return found[0];
  }

  /** The points of a metric. */
  async points(metric: string): Promise<readonly Point[]> {
    await this.#reader.forceFlush();
    const last = this.#metrics.getMetrics().at(-1);
    const metrics = last?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const points: Point[] = [];
    for (const each of metrics) if (each.descriptor.name === metric) points.push(...each.dataPoints);
    return points;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.instrumentation.disable();
    await this.provider.shutdown();
    await this.meterProvider.shutdown();
  }
}

function see(span: ReadableSpan): SeenSpan {
  return {
    name: span.name,
    kind: SpanKind[span.kind] ?? "",
    attributes: span.attributes,
    context: span.spanContext(),
    parent: span.parentSpanContext,
    links: span.links.map((link) => link.context),
    status: SpanStatusCode[span.status.code] ?? "",
    text: span.status.message,
    durationNs: span.duration[0] * 1e9 + span.duration[1],
  };
}

/** Registers a context manager until it is disposed. */
export function contexts(): Disposable {
  const manager: ContextManager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  return {
    [Symbol.dispose]() {
      context.disable();
    },
  };
}

/** An instrumentation and its contexts, anew for each test of the block in which this is called. */
export function tracedEach(): { readonly traced: Traced } {
  let made: { readonly traced: Traced; readonly managed: Disposable } | null = null;
  beforeEach(() => {
    made = { managed: contexts(), traced: new Traced() };
  });
  afterEach(async () => {
    await made?.traced[Symbol.asyncDispose]();
    made?.managed[Symbol.dispose]();
    made = null;
  });
  return {
    get traced() {
      if (made === null) throw new Error("there is one in tests only");
      return made.traced;
    },
  };
}

/** Runs inside a context. */
export function inside<Result>(where: Context, work: () => Result): Result {
  return context.with(where, work);
}

/** Resolves once a condition holds that later turns of the event loop make true. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
