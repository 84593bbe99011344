/** Inputs to records: files, folders, globs, standard input, gzip; plain text, JSON lines, logfmt, container logs, OTLP JSON lines. */

export type { ServiceRule, ZoneRule } from "./files/open-file.ts";
export { readSources, type SourceOptions, type SourceReading, type SourceSummary } from "./files/read-files.ts";
export type { Around } from "./files/surroundings.ts";
export { localZone, parseZone, type Zone } from "./formats/zone.ts";
export { KubectlLogs, type KubectlOptions } from "./kubectl/kubectl.ts";
export { counter, type Metric } from "./otlp/server/prometheus.ts";
export { ListenError, type Receiver, type ReceiverOptions } from "./otlp/server/receiver.ts";
export { outboxMetrics } from "./otlp/server/receiver-metrics.ts";
export { startReceiver } from "./otlp/server/start.ts";
export { Outbox } from "./outbox/outbox.ts";
export type { Login } from "./stores/ask.ts";
export { type ClickHouseOptions, readClickHouse } from "./stores/clickhouse.ts";
export type { TableName } from "./stores/clickhouse-sql.ts";
export { type JaegerOptions, readJaegerTraces } from "./stores/jaeger.ts";
export type { StoreQuestion, StoreReading } from "./stores/store.ts";
export { readVictoriaLogs } from "./stores/victoria-logs.ts";
export { type FollowClock, type FollowOptions, followSources } from "./tail/follow-sources.ts";
