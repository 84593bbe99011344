/**
 * The instrumentation, as OpenTelemetry's `registerInstrumentations` and `NodeSDK` take them.
 *
 * It has the methods of `Instrumentation` of @opentelemetry/instrumentation without its base class: that class is for patching modules,
 * and with it one release of the package would be the only one that fits.
 */
import {
  type MeterProvider,
  metrics,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { addInstrument } from "../runtime/index.ts";
import { CallMetrics } from "./call-metrics.ts";
import { noteEnabled } from "./conflicts.ts";
import { CancelMetrics } from "./metrics.ts";
import { StreamTracer } from "./stream-tracer.ts";
import { readVersion } from "./version.ts";

/** How the instrumentation is made. */
export interface StreamscopeInstrumentationConfig {
  /** False: nothing is traced until {@link StreamscopeInstrumentation.enable} is called. */
  enabled?: boolean;
  /** Carries trace context and baggage in streams. By default the registered propagator, else W3C; null carries nothing. */
  propagator?: TextMapPropagator | null;
}

/**
 * Spans and metrics of every stream of this package's runtime, and of every cancel.
 *
 * ```ts
 * registerInstrumentations({ tracerProvider, meterProvider, instrumentations: [new StreamscopeInstrumentation()] });
 * new NodeSDK({ instrumentations: [new StreamscopeInstrumentation()] }).start();
 * ```
 *
 * It patches nothing: it is an instrument of the runtime's seam, so it may be enabled before or after the runtime is loaded.
 */
export class StreamscopeInstrumentation {
  readonly instrumentationName: string = "streamscope";
  readonly instrumentationVersion: string = readVersion();
  readonly #metrics: CancelMetrics;
  readonly #calls: CallMetrics;
  readonly #streams: StreamTracer;
  #config: StreamscopeInstrumentationConfig = {};
  #tracer: Tracer;
  #remove: (() => void) | null = null;
  #noted: (() => void) | null = null;

  constructor(config: StreamscopeInstrumentationConfig = {}) {
    const { instrumentationName: name, instrumentationVersion: version } = this;
    this.setConfig(config);
    this.#tracer = trace.getTracer(name, version);
    const meter = metrics.getMeter(name, version);
    this.#metrics = new CancelMetrics(meter);
    this.#calls = new CallMetrics(meter);
    this.#streams = new StreamTracer({
      tracer: () => this.#tracer,
      metrics: this.#metrics,
      calls: this.#calls,
      propagator: () => this.#config.propagator,
    });
    if (this.#config.enabled !== false) this.enable();
  }

  /** The configuration, with its defaults. */
  getConfig(): StreamscopeInstrumentationConfig {
    return this.#config;
  }

  /** Another configuration for streams that open from now on. Whether they are traced only {@link enable} and {@link disable} change. */
  setConfig(config: StreamscopeInstrumentationConfig): void {
    this.#config = { enabled: true, ...config };
  }

  /** Streams that open from now on get spans. */
  enable(): void {
    this.#noted ??= noteEnabled();
    this.#streams.accepting = true;
    this.#remove ??= addInstrument(this.#streams);
  }

  /** Streams that open from now on get none; those that are open get the rest of theirs. */
  disable(): void {
    this.#noted?.();
    this.#noted = null;
    this.#streams.accepting = false;
    this.#streams.whenIdle(() => {
      if (this.#streams.accepting) return;
      this.#remove?.();
      this.#remove = null;
    });
  }

  /** Spans that start from now on go to this provider. */
  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#tracer = tracerProvider.getTracer(this.instrumentationName, this.instrumentationVersion);
  }

  /** Metrics are counted with this provider from now on. */
  setMeterProvider(meterProvider: MeterProvider): void {
    const meter = meterProvider.getMeter(this.instrumentationName, this.instrumentationVersion);
    this.#metrics.moveTo(meter);
    this.#calls.moveTo(meter);
  }
}
