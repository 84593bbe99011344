/**
 * The instrument: hooks of the runtime in, spans and metrics out.
 *
 * Nothing of it may reach the application: a processor, exporter or propagator that throws costs spans, not calls.
 */
import {
  type Context,
  context,
  diag,
  type SpanContext,
  SpanKind,
  type TextMapPropagator,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { CallEnd, CallInfo, CancelEvent, GhostEvent, StreamException, StreamHooks } from "../runtime/index.ts";
import type { CallMetrics } from "./call-metrics.ts";
import { type CancelHop, writeCancelSpan } from "./cancel-span.ts";
import { noteOtherApi } from "./conflicts.ts";
import { writeGhostSpan } from "./ghost-span.ts";
import type { CancelMetrics } from "./metrics.ts";
import { plainSpan } from "./plain-span.ts";
import { callerName, extract, inject, injectPlain } from "./propagation.ts";
import { adoptStreamSpan, endStreamSpan, outcomeOfStream, type StreamSpan, startStreamSpan } from "./stream-span.ts";
import { formatTraceparent, parseTraceparent } from "./w3c.ts";

/** String keys of an Rst: the cancel span of the hop that sent it, and the origin's instant. */
const RST_TRACEPARENT = "traceparent";
const RST_CANCELLED_AT = "ssat";

/** Where spans and metrics go. */
export interface StreamTracerOptions {
  /** Asked for each span: providers may be registered or changed later. */
  readonly tracer: () => Tracer;
  readonly metrics: CancelMetrics;
  readonly calls: CallMetrics;
  /** As in the instrumentation's configuration. */
  readonly propagator: () => TextMapPropagator | null | undefined;
}

/** Makes the spans of every stream opened while it is {@link accepting}. */
export class StreamTracer implements StreamHooks {
  /** False: streams that open from now on get no span. Those that have one get its end. */
  accepting = true;
  readonly #options: StreamTracerOptions;
  readonly #streams = new WeakMap<CallInfo, StreamSpan>();
  /** The span of the incoming cancel, for the streams that pass it on. */
  readonly #hops = new WeakMap<StreamException, CancelHop>();
  #open = 0;
  #started = false;
  #idle: (() => void) | null = null;

  constructor(options: StreamTracerOptions) {
    this.#options = options;
  }

  /** Calls back once no stream with a span is open. */
  whenIdle(callback: () => void): void {
    this.#idle = callback;
    this.#settle();
  }

  clientOpen(call: CallInfo, headers: Map<string, string>): void {
    if (!this.accepting) return;
    this.#guard(() => {
      if (call.http !== undefined) {
        this.#requestOpen(call, headers);
        return;
      }
      const surroundings = this.#surroundings(call);
      const plain = call.system === "grpc" ? plainSpan(surroundings, SpanKind.CLIENT) : null;
      const stream =
        plain === null ? this.#start(call, surroundings) : this.#take(call, adoptStreamSpan(plain, surroundings));
      if (stream.span !== null) inject(this.#options.propagator(), stream.context, stream.span, call.self, headers);
    });
  }

  /** What sends HTTP may have an instrumentation of its own, whose span is in the headers then. */
  #requestOpen(call: CallInfo, headers: Map<string, string>): void {
    const around = this.#surroundings(call);
    const theirs = parseTraceparent(headers.get("traceparent"));
    if (theirs !== null) {
      const span = trace.wrapSpanContext({ ...theirs, isRemote: false });
      this.#take(call, adoptStreamSpan(span, trace.setSpan(around, span)));
      return;
    }
    const stream = this.#start(call, around);
    injectPlain(this.#options.propagator(), stream.context, headers);
  }

  serverOpen(call: CallInfo, headers: ReadonlyMap<string, string>, run: () => void): void {
    if (!this.accepting) return;
    let inside: Context | null = null;
    this.#guard(() => {
      const active = context.active();
      const span = trace.getSpan(active);
      // What serves HTTP may have an instrumentation of its own
      const adopted = call.http !== undefined && span?.isRecording() === true ? adoptStreamSpan(span, active) : null;
      const carried = () => extract(this.#options.propagator(), headers, call.http !== undefined);
      // The span of gRPC's own instrumentation begins later, around the handler
      const later = call.tracedElsewhere === true ? adoptStreamSpan(null, carried()) : null;
      const other = adopted ?? later;
      const stream = other === null ? this.#start(call, carried()) : this.#take(call, other);
      stream.callerName = callerName(headers);
      if (later === null) inside = stream.context;
    });
    // The runtime runs the handler itself where this does not.
    if (inside !== null) context.with(inside, run);
  }

  resumed(call: CallInfo, run: () => void): void {
    const stream = this.#streams.get(call);
    // A framework may have a span of its own for this part of the work
    if (stream?.own === true && trace.getSpan(context.active()) === undefined) context.with(stream.context, run);
  }

  running(call: CallInfo): void {
    const stream = this.#streams.get(call);
    if (stream?.span !== null) return;
    const active = context.active();
    const plain = plainSpan(active, SpanKind.SERVER);
    if (plain === null) return;
    stream.span = plain;
    stream.context = active;
  }

  cancelling(event: CancelEvent, headers: Map<string, string>): void {
    const stream = this.#streams.get(event.call);
    if (stream === undefined) return;
    this.#guard(() => {
      const { previous, timed } = this.#previous(event, headers);
      const hop = writeCancelSpan(this.#options.tracer(), stream.context, event, previous, timed);
      stream.cancel ??= event;
      stream.hop ??= hop;
      this.#hops.set(event.exception, hop);
      if (event.direction === "sent" && hop.recording) headers.set(RST_TRACEPARENT, formatTraceparent(hop.context));
      this.#options.metrics.cancel(event, timed);
    });
  }

  ghost(event: GhostEvent): void {
    const stream = this.#streams.get(event.call);
    if (stream === undefined) return;
    this.#guard(() => {
      writeGhostSpan(this.#options.tracer(), stream, event);
      this.#options.metrics.ghost(event, event.messages - stream.ghostMessages);
      stream.ghostMessages = event.messages;
    });
  }

  ended(call: CallInfo, end: CallEnd): void {
    const stream = this.#streams.get(call);
    if (stream === undefined) return;
    this.#streams.delete(call);
    this.#open -= 1;
    const outcome = outcomeOfStream(stream, end);
    if (call.http === undefined)
      this.#guard(() => this.#options.calls.ended(call, outcome, performance.now() - stream.startedAt));
    this.#guard(() => {
      endStreamSpan(stream, call, end, outcome);
      if (call.side === "server" || call.http !== undefined)
        this.#options.metrics.streamEnded(call, stream.cancel, end.error === null);
    });
    this.#settle();
  }

  #start(call: CallInfo, parent: Context): StreamSpan {
    if (!this.#started) {
      this.#started = true;
      // Not before: whoever registers a provider may come after this instrument.
      noteOtherApi();
    }
    return this.#take(call, startStreamSpan(this.#options.tracer(), call, parent));
  }

  #take(call: CallInfo, stream: StreamSpan): StreamSpan {
    if (call.http === undefined) this.#options.calls.began(call);
    this.#streams.set(call, stream);
    this.#open += 1;
    return stream;
  }

  /** The caller's context; without one (no context manager, the option `parent`) that of the handler the call belongs to. */
  #surroundings(call: CallInfo): Context {
    const active = context.active();
    if (call.parent !== null) this.running(call.parent);
    if (call.parent === null || trace.getSpan(active) !== undefined) return active;
    return this.#streams.get(call.parent)?.context ?? active;
  }

  /** The cancel span of the hop before: of the incoming stream for a relay, of the sender for what was received. */
  #previous(
    event: CancelEvent,
    headers: ReadonlyMap<string, string>,
  ): { previous: SpanContext | null; timed: boolean } {
    if (event.direction === "received") {
      return {
        previous: parseTraceparent(headers.get(RST_TRACEPARENT)),
        timed: headers.has(RST_CANCELLED_AT),
      };
    }
    const above = event.upstream === null ? undefined : this.#hops.get(event.upstream);
    return { previous: above?.recording === true ? above.context : null, timed: above?.timed ?? true };
  }

  #settle(): void {
    if (this.#open > 0 || this.#idle === null) return;
    const idle = this.#idle;
    this.#idle = null;
    idle();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      diag.error("streamscope: a span was lost", error);
    }
  }
}
