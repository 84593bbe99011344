import type { MeterProvider, TextMapPropagator } from "@opentelemetry/api";
import { InstrumentationBase, type InstrumentationConfig } from "@opentelemetry/instrumentation";
import { addInstrument } from "../runtime/index.ts";
import { CancelMetrics } from "./metrics.ts";
import { StreamTracer } from "./stream-tracer.ts";
import { readVersion } from "./version.ts";

/** How the instrumentation is made. */
export interface StreamscopeInstrumentationConfig extends InstrumentationConfig {
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
export class StreamscopeInstrumentation extends InstrumentationBase<StreamscopeInstrumentationConfig> {
  readonly #metrics: CancelMetrics;
  readonly #streams: StreamTracer;
  #remove: (() => void) | null = null;

  constructor(config: StreamscopeInstrumentationConfig = {}) {
    // The base class would enable before the fields below are there.
    super("streamscope", readVersion(), { ...config, enabled: false });
    this.setConfig(config);
    this.#metrics = new CancelMetrics(this.meter);
    this.#streams = new StreamTracer({
      tracer: () => this.tracer,
      metrics: this.#metrics,
      propagator: () => this.getConfig().propagator,
    });
    if (this.getConfig().enabled !== false) this.enable();
  }

  /** No module is patched. */
  protected override init(): [] {
    return [];
  }

  /** Streams that open from now on get spans. */
  override enable(): void {
    super.enable();
    this.#streams.accepting = true;
    this.#remove ??= addInstrument(this.#streams);
  }

  /** Streams that open from now on get none; those that are open get the rest of theirs. */
  override disable(): void {
    super.disable();
    this.#streams.accepting = false;
    this.#streams.whenIdle(() => {
      if (this.#streams.accepting) return;
      this.#remove?.();
      this.#remove = null;
    });
  }

  override setMeterProvider(meterProvider: MeterProvider): void {
    super.setMeterProvider(meterProvider);
    this.#metrics.moveTo(this.meter);
  }
}
