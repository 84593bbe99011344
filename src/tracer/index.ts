/**
 * OpenTelemetry for the streaming runtime: a span of every stream, of every cancel and of work that outlives one; metrics; propagation.
 *
 * `@opentelemetry/api` must be installed.
 */
import "../needs-node.ts";

export { samplerFromEnvironment } from "./env-sampler.ts";
export { StreamscopeInstrumentation, type StreamscopeInstrumentationConfig } from "./instrumentation.ts";
export { cancelSampler, type SamplerResult, type TraceSampler } from "./sampler.ts";
