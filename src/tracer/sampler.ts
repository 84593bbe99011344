/**
 * Sampling that keeps cancels.
 *
 * What share of traces is kept is the application's choice. Cancels are rare and are what one looks for afterwards, so those who want it
 * keep all of them: `new TracerProvider({ sampler: cancelSampler(inner) })`.
 */
import {
  type Attributes,
  type Context,
  type Link,
  SamplingDecision,
  SpanKind,
  type TraceState,
} from "@opentelemetry/api";
import { ATTRIBUTE, CONVENTION, RPC_SYSTEM } from "../model/index.ts";

/** A sampler's answer, as the SDK defines it. */
export interface SamplerResult {
  decision: SamplingDecision;
  attributes?: Readonly<Attributes>;
  traceState?: TraceState;
}

/** A sampler, as the SDK defines it. */
export interface TraceSampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplerResult;
  toString(): string;
}

/**
 * Decides as `inner` does, but keeps the cancel and ghost spans of traces that `inner` drops. The streams of such traces are recorded
 * without being exported, so that the trace context still travels and all cancels of a chain share one trace id.
 */
export function cancelSampler(inner: TraceSampler): TraceSampler {
  return {
    shouldSample(context, traceId, spanName, spanKind, attributes, links) {
      const result = inner.shouldSample(context, traceId, spanName, spanKind, attributes, links);
      if (result.decision === SamplingDecision.RECORD_AND_SAMPLED) return result;
      if (attributes[ATTRIBUTE.cancelId] !== undefined) {
        return { ...result, decision: SamplingDecision.RECORD_AND_SAMPLED };
      }
      const ours = attributes[CONVENTION.rpcSystem] === RPC_SYSTEM || attributes[ATTRIBUTE.serviceName] !== undefined;
      if (!ours || (spanKind !== SpanKind.CLIENT && spanKind !== SpanKind.SERVER)) return result;
      return { ...result, decision: SamplingDecision.RECORD };
    },
    toString: () => `CancelSampler{${inner.toString()}}`,
  };
}
