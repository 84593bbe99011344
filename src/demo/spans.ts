/**
 * The least that the tracer needs to make spans and send them: no SDK of OpenTelemetry has to be installed to see the demo.
 *
 * Spans leave as OTLP/HTTP JSON. Every span is kept; services of your own use the SDK, its samplers and its exporters instead.
 */
import { randomBytes } from "node:crypto";
import { StreamscopeInstrumentation } from "../tracer/index.ts";

type TracerProvider = Parameters<StreamscopeInstrumentation["setTracerProvider"]>[0];
type Tracer = ReturnType<TracerProvider["getTracer"]>;
type Span = ReturnType<Tracer["startSpan"]>;
type SpanOptions = NonNullable<Parameters<Tracer["startSpan"]>[1]>;
type Context = NonNullable<Parameters<Tracer["startSpan"]>[2]>;
type SpanContext = ReturnType<Span["spanContext"]>;
type Attributes = NonNullable<SpanOptions["attributes"]>;
type Time = SpanOptions["startTime"];

/** Where OpenTelemetry's API keeps the span of a context. */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const SEND_MS = 100;
const ANSWER_MS = 2_000;

type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Spans that are sent by and by. */
export interface SpanSender {
  /** Sends what waits; never rejects: a demo whose receiver has gone is about to end. */
  readonly flush: () => Promise<void>;
}

/** Makes spans of every stream and cancel of this process and sends them to an OTLP/HTTP receiver. */
export function sendSpans(service: string, to: string): SpanSender {
  let waiting: JsonValue[] = [];
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();
  const resource = { attributes: [{ key: "service.name", value: anyValue(service) }] };

  const send = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const spans = waiting;
    waiting = [];
    const scopeSpans = [{ scope: { name: "streamscope" }, spans }];
    await fetch(`${to}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
  };
  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    sending = sending.then(send);
    await sending;
  };
  const take = (span: JsonValue): void => {
    waiting.push(span);
    timer ??= setTimeout(() => void flush(), SEND_MS);
  };
  const instrumentation = new StreamscopeInstrumentation();
  const tracer = new DemoTracer(take);
  instrumentation.setTracerProvider({ getTracer: () => tracer });
  return { flush };
}

class DemoTracer implements Tracer {
  readonly #take: (span: JsonValue) => void;

  constructor(take: (span: JsonValue) => void) {
    this.#take = take;
  }

  startSpan(name: string, options: SpanOptions = {}, context?: Context): Span {
    const parent = context?.getValue(SPAN_KEY) as Span | undefined;
    return new DemoSpan(name, options, parent?.spanContext() ?? null, this.#take);
  }

  /** The streamscope tracer opens no span this way. */
  startActiveSpan(): never {
    throw new Error("the demo's tracer starts no active spans");
  }
}

class DemoSpan implements Span {
  readonly #context: SpanContext;
  readonly #parent: SpanContext | null;
  readonly #options: SpanOptions;
  readonly #take: (span: JsonValue) => void;
  readonly #start: string;
  #name: string;
  #attributes: Attributes;
  #status: { code: number; message?: string } = { code: 0 };
  #ended = false;

  constructor(name: string, options: SpanOptions, parent: SpanContext | null, take: (span: JsonValue) => void) {
    this.#name = name;
    this.#options = options;
    this.#parent = parent;
    this.#take = take;
    this.#attributes = { ...options.attributes };
    this.#start = nanosOf(options.startTime);
    const traceId = parent?.traceId ?? randomBytes(16).toString("hex");
    this.#context = { traceId, spanId: randomBytes(8).toString("hex"), traceFlags: 1 };
  }

  spanContext(): SpanContext {
    return this.#context;
  }

  isRecording(): boolean {
    return !this.#ended;
  }

  setAttribute(key: string, value: Attributes[string] & {}): this {
    this.#attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    Object.assign(this.#attributes, attributes);
    return this;
  }

  setStatus(status: { code: number; message?: string }): this {
    this.#status = status;
    return this;
  }

  updateName(name: string): this {
    this.#name = name;
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  recordException(): void {}

  end(time?: Time): void {
    if (this.#ended) return;
    this.#ended = true;
    const { traceId, spanId } = this.#context;
    const { message } = this.#status;
    this.#take({
      traceId,
      spanId,
      ...(this.#parent === null ? {} : { parentSpanId: this.#parent.spanId }),
      flags: 1,
      name: this.#name,
      // OTLP counts kinds from 1: its 0 is "unspecified"
      kind: (this.#options.kind ?? 0) + 1,
      startTimeUnixNano: this.#start,
      endTimeUnixNano: nanosOf(time),
      attributes: attributesOf(this.#attributes),
      links: (this.#options.links ?? []).map(({ context, attributes }) => ({
        traceId: context.traceId,
        spanId: context.spanId,
        attributes: attributesOf(attributes ?? {}),
      })),
      status: { code: this.#status.code, ...(message === undefined ? {} : { message }) },
    });
  }
}

function nanosOf(time: Time): string {
  if (Array.isArray(time)) return String(BigInt(time[0]) * 1_000_000_000n + BigInt(time[1]));
  return String(BigInt(Date.now()) * 1_000_000n);
}

function attributesOf(attributes: Attributes): JsonValue[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: unknown): JsonValue {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: String(value) };
}
