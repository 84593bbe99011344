/**
 * The CLIENT or SERVER span of a stream (semantic conventions for RPC spans). Its attributes are set twice: those samplers may want at the
 * start, all others at the end. A message costs nothing.
 */
import { type Attributes, type Context, type Span, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { ATTRIBUTE, CONVENTION } from "../model/index.ts";
import type { CallEnd, CallInfo, CancelEvent } from "../runtime/index.ts";
import { callAttributes, callName, httpAttributes } from "./call-attributes.ts";
import type { CancelHop } from "./cancel-span.ts";
import { hrTime } from "./hr-time.ts";
import { type Outcome, outcomeAttributes, outcomeOfCancel, outcomeOfError, setStatus } from "./outcome.ts";

/** A stream while it lives. */
export interface StreamSpan {
  /** Null where it is another instrumentation's and was not seen yet. */
  span: Span | null;
  /** False: the span is another instrumentation's, which ends it. */
  readonly own: boolean;
  /** The context with the span in it. */
  context: Context;
  /** The first cancel of the stream, which decides its status. */
  cancel: CancelEvent | null;
  /** The span of that cancel. */
  hop: CancelHop | null;
  /** The caller's name as its tracer told it. */
  callerName: string | null;
  /** Messages of its ghost work that the metric has. */
  ghostMessages: number;
  /** Monotonic milliseconds of its start: a wall clock may jump. */
  readonly startedAt: number;
}

/** Starts the span of a stream under what `parent` holds. */
export function startStreamSpan(tracer: Tracer, call: CallInfo, parent: Context): StreamSpan {
  const span = tracer.startSpan(
    callName(call),
    {
      kind: call.side === "client" ? SpanKind.CLIENT : SpanKind.SERVER,
      startTime: hrTime(call.openedAt),
      attributes: { ...callAttributes(call), ...httpAttributes(call) },
    },
    parent,
  );
  return streamOf(span, trace.setSpan(parent, span), true);
}

/** Takes the span of another instrumentation for that of a stream, so that there is none twice. */
export function adoptStreamSpan(span: Span | null, context: Context): StreamSpan {
  return streamOf(span, context, false);
}

function streamOf(span: Span | null, context: Context, own: boolean): StreamSpan {
  const fresh = { cancel: null, hop: null, callerName: null, ghostMessages: 0 };
  return { span, own, context, ...fresh, startedAt: performance.now() };
}

/** What a stream ended with: its first cancel decides. */
export function outcomeOfStream({ cancel }: StreamSpan, end: CallEnd): Outcome {
  return cancel === null ? outcomeOfError(end.error) : outcomeOfCancel(cancel);
}

/** Ends the span of a stream. */
export function endStreamSpan(stream: StreamSpan, call: CallInfo, end: CallEnd, outcome: Outcome): void {
  const { span } = stream;
  if (!stream.own) {
    if (call.system === "grpc" && call.side === "server" && stream.cancel !== null) endForgotten(span, outcome);
    return;
  }
  if (span === null) return;
  if (call.http !== undefined) span.updateName(callName(call));
  span.setAttributes({
    ...(call.http === undefined ? {} : { ...callAttributes(call), ...httpAttributes(call) }),
    ...peerAttributes(call, stream.callerName),
    ...outcomeAttributes(outcome),
    [ATTRIBUTE.streamSent]: call.sent,
    [ATTRIBUTE.streamReceived]: call.received,
  });
  setStatus(span, outcome);
  span.end(hrTime(end.at > call.openedAt ? end.at : call.openedAt));
}

/**
 * OpenTelemetry's instrumentation of grpc-js never ends the span of a stream that its caller has reset: it waits for an event that does not
 * come then, and the span is lost, with the parent of all that happened below. It is given a turn of the event loop.
 */
function endForgotten(span: Span | null, outcome: Outcome): void {
  setImmediate(() => {
    if (span === null || !span.isRecording()) return;
    span.setAttributes(outcomeAttributes(outcome));
    setStatus(span, outcome);
    span.end();
  });
}

function peerAttributes(call: CallInfo, callerName: string | null): Attributes {
  const { name, address } = call.peer;
  const { host, port } = splitAddress(address ?? "");
  const attributes: Attributes = {};
  const client = call.side === "server";
  if (host !== "") attributes[client ? CONVENTION.clientAddress : CONVENTION.serverAddress] = host;
  if (port !== null) attributes[client ? CONVENTION.clientPort : CONVENTION.serverPort] = port;
  const service = name ?? callerName;
  if (client && service !== null) attributes[CONVENTION.clientService] = service;
  return attributes;
}

/** `host:port`, `[::1]:port`, or a name without a port (a socket's path). */
function splitAddress(address: string): { readonly host: string; readonly port: number | null } {
  const match = /^(?:\[(.+)\]|(.*)):(\d{1,5})$/.exec(address);
  if (match === null) return { host: address, port: null };
  return { host: match[1] ?? match[2] ?? "", port: Number(match[3]) };
}
