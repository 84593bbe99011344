/** What a receiver of OTLP is: how it is asked for, what it counts, how it fails. */
import type { Prefilter, SourceRecord } from "../../../model/index.ts";
import type { OutboxCounts } from "../../outbox/outbox.ts";
import type { ForwardOptions } from "./forward.ts";
import type { Metric } from "./prometheus.ts";
import type { RefusalCount } from "./refusals.ts";

/** How to receive. */
export interface ReceiverOptions {
  readonly prefilter: Prefilter;
  /** Gets the records of each request before it is answered. */
  readonly onRecords: (records: readonly SourceRecord[]) => void;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The port of OTLP/HTTP; default 4318, 0: any free one, null: not at all. */
  readonly httpPort?: number | null;
  /** The port of OTLP/gRPC; default 4317, 0: any free one, null: not at all. */
  readonly grpcPort?: number | null;
  /** Senders have to show it as a bearer token. */
  readonly token?: string;
  /** Pages of this origin may send; `*`: of any. Default: none. */
  readonly corsOrigin?: string;
  /** On a loopback address: names in the Host header that mean this machine besides its own. */
  readonly hostNames?: readonly string[];
  /** Most connections at a time at each port. Default 1,024. */
  readonly maxConnections?: number;
  /** Where everything received is passed on to. */
  readonly forward?: ForwardOptions;
  /** What else `GET /metrics` tells, besides what the receiver counts. Asked at each scrape. */
  readonly metrics?: () => readonly Metric[];
  /** The zone of times without one in the bodies of logs; default: this machine's. */
  readonly timezone?: string;
  /** The memory limit for requests that are being received, over all connections; default 128 MiB. */
  readonly maxBufferedBytes?: number;
  /** Tail sampling: how long spans wait for a cancel in their trace (default two minutes), and how many at most (a power of two). */
  readonly decisionWaitMs?: number;
  readonly maxHeldSpans?: number;
}

/** What has been received, and what became of it. */
export interface ReceiverCounts {
  readonly requests: number;
  readonly spans: number;
  readonly logs: number;
  /** Spans and logs that became records. */
  readonly kept: number;
  /** Spans that wait for a cancel in their trace, that waited in vain, and that were evicted early: the limit was reached. */
  readonly held: number;
  readonly expired: number;
  readonly evicted: number;
  readonly duplicates: number;
  /** Requests refused because the memory limit was reached; senders were told to try again. */
  readonly refused: number;
  /** Requests and connections refused because of what they were: damaged, of another protocol, at no known path, without the token. */
  readonly malformed: number;
  /** What was refused, by reason, and what to change. */
  readonly refusals: readonly RefusalCount[];
  /** Null where nothing is passed on. */
  readonly forward: Readonly<OutboxCounts> | null;
}

/** A receiver that is listening. */
export interface Receiver {
  /** `http://127.0.0.1:4318`; null where it does not listen. */
  readonly httpUrl: string | null;
  /** `127.0.0.1:4317`; null where it does not listen. */
  readonly grpcAddress: string | null;
  readonly counts: () => ReceiverCounts;
  /** Stops listening; what is still to be passed on has so many milliseconds. */
  readonly close: (forwardMs?: number) => Promise<void>;
}

/** A port could not be opened. */
export class ListenError extends Error {
  readonly code: string;
  readonly host: string;
  readonly port: number;

  constructor(code: string, host: string, port: number, message: string) {
    super(message);
    this.name = "ListenError";
    this.code = code;
    this.host = host;
    this.port = port;
  }
}
