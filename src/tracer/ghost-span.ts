/**
 * The INTERNAL span of work that went on after a cancel: from the cancel to now. One is written as soon as the runtime notices, because
 * such a handler may never end, and a final one when it does.
 */
import { type Attributes, SpanKind, type Tracer } from "@opentelemetry/api";
import { ATTRIBUTE } from "../model/index.ts";
import type { GhostEvent } from "../runtime/index.ts";
import { callAttributes } from "./call-attributes.ts";
import { hrTime } from "./hr-time.ts";
import type { StreamSpan } from "./stream-span.ts";

/** Writes a ghost's span. */
export function writeGhostSpan(tracer: Tracer, stream: StreamSpan, event: GhostEvent): void {
  const { exception, durationMs, messages } = event;
  const cancelledAt = stream.cancel?.at ?? exception.cancelledAt ?? event.call.openedAt;
  const attributes: Attributes = {
    ...callAttributes(event.call),
    [ATTRIBUTE.ghostDuration]: durationMs,
    [ATTRIBUTE.ghostMessages]: messages,
    [ATTRIBUTE.cancelKind]: exception.kind,
  };
  if (exception.cancelId !== null) attributes[ATTRIBUTE.cancelId] = exception.cancelId;
  if (exception.origin !== null) attributes[ATTRIBUTE.cancelOrigin] = exception.origin;
  const span = tracer.startSpan(
    "ghost",
    {
      kind: SpanKind.INTERNAL,
      startTime: hrTime(cancelledAt),
      attributes,
      links: stream.hop === null ? [] : [{ context: stream.hop.context }],
    },
    stream.context,
  );
  span.end(hrTime(cancelledAt + BigInt(Math.round(durationMs * 1e6))));
}
