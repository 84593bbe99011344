/**
 * Spans that the instrumentation of a library makes of the calls this package makes spans of as well: they are used as they are, so that
 * no call has two.
 */
import { type Attributes, type Context, type Span, type SpanKind, trace } from "@opentelemetry/api";
import { CONVENTION } from "../model/index.ts";

/** What a span of the SDK shows of itself. */
interface ReadableSpan {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly ended?: boolean;
}

/** How `rpc.system.name` was called before. */
const OLD_SYSTEM = "rpc.system";

/** The running span of a call of gRPC, at this side of it, whoever made it; null where the context has none. */
export function plainSpan(context: Context, kind: SpanKind): Span | null {
  const span = trace.getSpan(context);
  if (span === undefined) return null;
  const { kind: own, attributes = {}, ended } = span as ReadableSpan;
  const system = attributes[OLD_SYSTEM] ?? attributes[CONVENTION.rpcSystem];
  return own === kind && ended !== true && system === "grpc" ? span : null;
}
