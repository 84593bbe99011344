/**
 * The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name. The SDK reads them only where it is given no sampler, and
 * exports no way to make the sampler it would have made.
 */
import { type Context, diag, isValidTraceId, SamplingDecision, TraceFlags, trace } from "@opentelemetry/api";
import type { TraceSampler } from "./sampler.ts";

const always = (name: string, decision: SamplingDecision): TraceSampler => ({
  shouldSample: () => ({ decision }),
  toString: () => name,
});

const ON = always("AlwaysOnSampler", SamplingDecision.RECORD_AND_SAMPLED);
const OFF = always("AlwaysOffSampler", SamplingDecision.NOT_RECORD);

/** Keeps a share of traces by their id, the same traces as the SDK's sampler of that ratio. */
function byRatio(ratio: number): TraceSampler {
  const bound = ratio === 1 ? 0x1_0000_0000 : Math.floor(ratio * 0xffff_ffff);
  return {
    shouldSample(_context, traceId) {
      const keep = isValidTraceId(traceId) && fold(traceId) < bound;
      return { decision: keep ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
    },
    toString: () => `TraceIdRatioBased{${ratio}}`,
  };
}

function fold(traceId: string): number {
  let folded = 0;
  for (let at = 0; at < 32; at += 8) folded = (folded ^ Number.parseInt(traceId.slice(at, at + 8), 16)) >>> 0;
  return folded;
}

/** Does as the parent span does; without one, as `root` does. */
function byParent(root: TraceSampler): TraceSampler {
  return {
    shouldSample(context: Context, traceId, ...rest) {
      const parent = trace.getSpanContext(context);
      if (parent === undefined || !trace.isSpanContextValid(parent))
        return root.shouldSample(context, traceId, ...rest);
      const sampled = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
      return { decision: sampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
    },
    toString: () => `ParentBased{root=${root.toString()}}`,
  };
}

function ratioOf(text: string | undefined): number {
  const ratio = Number(text?.trim() || "1");
  if (ratio >= 0 && ratio <= 1) return ratio;
  diag.error(`OTEL_TRACES_SAMPLER_ARG=${text} is no ratio between 0 and 1; everything is sampled`);
  return 1;
}

/** The sampler the environment names; parent-based and always on where it names none. */
export function samplerFromEnvironment(env: Readonly<Record<string, string | undefined>>): TraceSampler {
  const name = env["OTEL_TRACES_SAMPLER"]?.trim() || "parentbased_always_on";
  const parentBased = name.startsWith("parentbased_");
  const root = rootSampler(parentBased ? name.slice("parentbased_".length) : name, env["OTEL_TRACES_SAMPLER_ARG"]);
  if (root !== null) return parentBased ? byParent(root) : root;
  diag.error(`OTEL_TRACES_SAMPLER=${name} is not known; parentbased_always_on is used`);
  return byParent(ON);
}

function rootSampler(name: string, arg: string | undefined): TraceSampler | null {
  if (name === "always_on") return ON;
  if (name === "always_off") return OFF;
  return name === "traceidratio" ? byRatio(ratioOf(arg)) : null;
}
