/**
 * The INTERNAL span of one cancel at one side of one service. It has no length: it says that, when and why, and it is linked to the span
 * of the same cancel at the hop it came from.
 */
import { type Attributes, type Context, type Link, type SpanContext, SpanKind, type Tracer } from "@opentelemetry/api";
import { ATTRIBUTE, CONVENTION } from "../model/index.ts";
import type { CancelEvent } from "../runtime/index.ts";
import { callAttributes, callName } from "./call-attributes.ts";
import { hrTime } from "./hr-time.ts";
import { isIntentional, outcomeOfCancel, setStatus } from "./outcome.ts";

/** A cancel's span, as later spans and hops need it. */
export interface CancelHop {
  readonly context: SpanContext;
  readonly recording: boolean;
  /** True where the origin's instant is its own, not the moment it was first heard of (Kitex's Rst frames carry none). */
  readonly timed: boolean;
}

/** Milliseconds since the origin's instant; clocks of two hosts may make it 0. */
export function elapsedMs({ at, originAt }: CancelEvent): number {
  return Math.max(0, Number(at - originAt) / 1e6);
}

/** Writes the span of a cancel. `previous` is the span of the hop it came from. */
export function writeCancelSpan(
  tracer: Tracer,
  parent: Context,
  event: CancelEvent,
  previous: SpanContext | null,
  timed: boolean,
): CancelHop {
  const time = hrTime(event.at);
  const link: Link | null = previous && {
    context: previous,
    attributes: { [ATTRIBUTE.cancelId]: event.cancelId },
  };
  const span = tracer.startSpan(
    `cancel ${callName(event.call)}`,
    {
      kind: SpanKind.INTERNAL,
      startTime: time,
      attributes: cancelAttributes(event, timed),
      links: link === null ? [] : [link],
    },
    parent,
  );
  setStatus(span, outcomeOfCancel(event));
  const hop = { context: span.spanContext(), recording: span.isRecording(), timed };
  span.end(time);
  return hop;
}

function cancelAttributes(event: CancelEvent, timed: boolean): Attributes {
  const { callSite, exception, external, origin, intent } = event;
  const { errorType } = outcomeOfCancel(event);
  const attributes: Attributes = {
    ...callAttributes(event.call),
    [ATTRIBUTE.cancelId]: event.cancelId,
    [ATTRIBUTE.cancelCode]: event.code,
    [ATTRIBUTE.cancelKind]: event.kind,
    [ATTRIBUTE.cancelSide]: event.side,
    [ATTRIBUTE.cancelRole]: event.role,
    [ATTRIBUTE.cancelPath]: [...event.path],
    [ATTRIBUTE.cancelDescription]: exception.message,
    [ATTRIBUTE.cancelIntentional]: isIntentional(event.kind),
    [ATTRIBUTE.cancelReason]: event.reason,
  };
  if (origin !== null) attributes[ATTRIBUTE.cancelOrigin] = origin;
  if (external !== null) attributes[ATTRIBUTE.cancelExternal] = external;
  if (intent !== null) attributes[ATTRIBUTE.cancelIntent] = intent;
  if (timed) attributes[ATTRIBUTE.cancelElapsed] = elapsedMs(event);
  if (errorType !== null) attributes[CONVENTION.errorType] = errorType;
  if (callSite !== null) {
    attributes[CONVENTION.codeFile] = callSite.file;
    attributes[CONVENTION.codeLine] = callSite.line;
    if (callSite.function !== "") attributes[CONVENTION.codeFunction] = callSite.function;
  }
  return attributes;
}
