/** Requests and connections that were refused: counted by reason, each with what to change. */

/**
 * Why something was refused:
 *
 * - `memory-limit`: too many bytes of requests in memory; the sender was told to try again
 * - `closing`: the receiver is being closed; not counted
 * - `protocol`: gRPC at the HTTP port, or something else than gRPC at the gRPC port
 * - `tls`: TLS at a port without it
 * - `path`, `method`, `content-type`, `encoding`: a request that is not one of OTLP's
 * - `metrics`: metrics, which are only passed on
 * - `token`: without the bearer token that is wanted
 * - `too-large`: longer than a request may be
 * - `malformed`: the body is not what it says it is
 * - `connections`: more connections than may be open at once; the one that was of no use for the longest time was closed
 * - `host`: a name in the Host header that is not this machine's
 */
export type RefusalReason =
  | "memory-limit"
  | "closing"
  | "protocol"
  | "tls"
  | "path"
  | "method"
  | "content-type"
  | "encoding"
  | "metrics"
  | "token"
  | "too-large"
  | "malformed"
  | "connections"
  | "host";

/** The port something arrived at. */
export type Port = "http" | "grpc";

/** What was refused for one reason. */
export interface RefusalCount {
  readonly port: Port;
  /** What the sender was told: a status of HTTP or, at the gRPC port, of gRPC; null where its connection was just closed. */
  readonly status: number | null;
  readonly reason: RefusalReason;
  readonly count: number;
  /** What came and what to change, in one sentence without a full stop. What it quotes of a sender is printable ASCII. */
  readonly advice: string;
}

/** Where a receiver listens; null where it does not. */
export interface Addresses {
  readonly httpUrl: string | null;
  readonly grpcAddress: string | null;
}

interface Kept {
  readonly port: Port;
  readonly status: number | null;
  readonly reason: RefusalReason;
  /** Of the first one: its path, its content type, what is wrong with it. */
  readonly detail: string;
  count: number;
}

const MAX_DETAIL = 100;

/** Counts refusals. Ports, statuses and reasons are few, so there is no further bound. */
export class Refusals {
  readonly #kept = new Map<string, Kept>();

  /** Counts one. `detail`: what of the sender's own words shows the mistake. */
  add(port: Port, status: number | null, reason: RefusalReason, detail = ""): void {
    if (reason === "closing") return;
    const key = `${port} ${status} ${reason}`;
    const kept = this.#kept.get(key);
    if (kept === undefined) this.#kept.set(key, { port, status, reason, detail: quotable(detail), count: 1 });
    else kept.count += 1;
  }

  /** How many there were for the reasons that a condition holds for. */
  count(condition: (reason: RefusalReason) => boolean): number {
    let count = 0;
    for (const each of this.#kept.values()) if (condition(each.reason)) count += each.count;
    return count;
  }

  /** All of them, in the order in which they first came. */
  list(addresses: Addresses): readonly RefusalCount[] {
    return [...this.#kept.values()].map((each) => {
      const { port, status, reason, count } = each;
      return { port, status, reason, count, advice: adviceFor(each, addresses) };
    });
  }
}

function quotable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_DETAIL);
}

function adviceFor({ port, reason, detail }: Kept, { httpUrl, grpcAddress }: Addresses): string {
  switch (reason) {
    case "protocol":
      return port === "http"
        ? `gRPC at the HTTP port: ${grpcAddress === null ? "" : `send to http://${grpcAddress}, or `}set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`
        : `no gRPC at the gRPC port, perhaps OTLP over HTTP or TLS: ${httpUrl === null ? "" : `send to ${httpUrl}, or `}set OTEL_EXPORTER_OTLP_PROTOCOL=grpc`;
    case "tls":
      return "TLS at a port without it: write http:// and not https:// in the endpoint";
    case "path":
      return port === "http"
        ? `no such path, "${detail}": OTEL_EXPORTER_OTLP_ENDPOINT is ${httpUrl} without a path, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ends in /v1/traces`
        : `no such method, "${detail}": only OTLP's TraceService and LogsService are served`;
    case "metrics":
      return "metrics, which are not read: set OTEL_METRICS_EXPORTER=none, or pass them on with --forward";
    case "method":
      return `${detail} instead of POST: exporters send with POST`;
    case "content-type":
      return port === "http"
        ? `content type "${detail}": send application/x-protobuf or application/json`
        : `content type "${detail}": send application/grpc`;
    case "encoding":
      return `compression "${detail}": use gzip or none (OTEL_EXPORTER_OTLP_COMPRESSION)`;
    case "token":
      return "without the token: set OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN";
    case "too-large":
      return `longer than ${detail}: send smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE)`;
    case "malformed":
      return `not valid OTLP: ${detail}`;
    case "connections":
      return `more than ${detail} connections at once: those that sent nothing for the longest time were closed`;
    case "host":
      return `for the host "${detail}", which is not this machine's name: allow it with --allow-host, or it was a web page that tried`;
    case "memory-limit":
      return "memory limit reached; senders were told to try again";
    case "closing":
      return "the receiver is being closed";
  }
}
