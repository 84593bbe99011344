/** What a receiver counts, as metrics. */
import type { OutboxCounts } from "../../outbox/outbox.ts";
import { counter, gauge, type Metric } from "./prometheus.ts";
import type { ReceiverCounts } from "./receiver.ts";

/** The metrics of a receiver. */
export function receiverMetrics(counts: ReceiverCounts): readonly Metric[] {
  const { forward } = counts;
  const refusals = Map.groupBy(counts.refusals, ({ port, reason }) => `${port} ${reason}`);
  return [
    counter("receiver_requests_total", "Export requests received.", counts.requests),
    counter("receiver_spans_total", "Spans received.", counts.spans),
    counter("receiver_logs_total", "Logs received.", counts.logs),
    counter("receiver_records_total", "Spans and logs that may belong to a cancel.", counts.kept),
    counter("receiver_duplicates_total", "Spans that had come before.", counts.duplicates),
    counter(
      "receiver_spans_expired_total",
      "Spans forgotten because nothing in their trace was cancelled.",
      counts.expired,
    ),
    counter(
      "receiver_spans_evicted_total",
      "Spans forgotten before their time because the limit was reached.",
      counts.evicted,
    ),
    gauge("receiver_spans_held", "Spans that wait for a cancel in their trace.", counts.held),
    {
      name: "receiver_refused_total",
      help: "Requests and connections refused.",
      type: "counter",
      samples: [...refusals.values()].map((same) => ({
        labels: { port: same[0]?.port ?? "", reason: same[0]?.reason ?? "" },
        value: same.reduce((sum, { count }) => sum + count, 0),
      })),
    },
    ...(forward === null ? [] : outboxMetrics("forward", "requests passed on", forward)),
    gauge("process_resident_memory_bytes", "Resident memory.", process.memoryUsage.rss()),
    counter("process_cpu_seconds_total", "CPU time, user and system.", cpuSeconds()),
    gauge("process_start_time_seconds", "When the process began, in seconds since the epoch.", STARTED_SECONDS),
  ];
}

/** The metrics of an outbox; `what` it sends, in the plural. */
export function outboxMetrics(name: string, what: string, counts: Readonly<OutboxCounts>): readonly Metric[] {
  return [
    counter(`${name}_sent_total`, `Of ${what}, those that arrived.`, counts.sent),
    counter(`${name}_dropped_total`, `Of ${what}, those given up: no room, or refused for good.`, counts.dropped),
    counter(`${name}_retried_total`, `Of ${what}, attempts that were repeated.`, counts.retried),
    gauge(`${name}_queued_bytes`, `Of ${what}, bytes that wait.`, counts.queuedBytes),
  ];
}

const STARTED_SECONDS = Math.round(Date.now() / 1000 - process.uptime());

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
