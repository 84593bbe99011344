/** Inputs to records: files, folders, globs, standard input, gzip; plain text, JSON lines, logfmt, container logs, OTLP JSON lines. */

export { type JaegerOptions, type JaegerReading, readJaegerTraces } from "./jaeger-query.ts";
export type { ServiceRule } from "./open-source.ts";
export {
  ListenError,
  type Receiver,
  type ReceiverCounts,
  type ReceiverOptions,
  startReceiver,
} from "./otlp/start.ts";
export { readSources, type SourceOptions, type SourceReading, type SourceSummary } from "./read-sources.ts";
export { smells } from "./records.ts";
export { type Clock, parseTime, type TimeRead } from "./times.ts";
export { localZone, parseZone, type Zone } from "./zone.ts";
