/** What a program in TypeScript writes: the tracer's types fit the SDK's. Only checked, never run. */
import { NodeSDK } from "@opentelemetry/sdk-node";
import { cancelSampler, StreamscopeInstrumentation, samplerFromEnvironment } from "streamscope/tracer";

new NodeSDK({
  instrumentations: [new StreamscopeInstrumentation({ propagator: null })],
  sampler: cancelSampler(samplerFromEnvironment(process.env)),
}).start();
