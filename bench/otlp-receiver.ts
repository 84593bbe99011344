/**
 * The receiver with the engine behind it, as a process of its own for bench/otlp.ts: nothing else is in its time and memory. It says where it
 * listens, answers `mark` with what it has used so far and `end` with what it found.
 */
import { createCascadeStore } from "../src/cascade/index.ts";
import { prefilter, readEvidence } from "../src/dialects/index.ts";
import { startReceiver } from "../src/sources/index.ts";

/** What the process says once it listens. */
export interface Listening {
  readonly http: string;
  readonly grpc: string;
}

/** What it has used so far. */
export interface Mark {
  readonly spans: number;
  readonly cpuMicros: number;
}

/** What it found. */
export interface Findings {
  readonly cascades: number;
  readonly requests: number;
  readonly spans: number;
  readonly kept: number;
  /** Spans that the receiver forgot early. */
  readonly evicted: number;
  /** Evidence that the engine dropped, or that came too late for it. */
  readonly unjudged: number;
  /** The most memory it ever held. */
  readonly rssBytes: number;
}

function say(message: Listening | Mark | Findings): void {
  process.send?.(message);
}

const store = createCascadeStore();
const receiver = await startReceiver({
  prefilter,
  httpPort: 0,
  grpcPort: 0,
  onRecords: (records) => {
    for (const record of records) for (const evidence of readEvidence(record)) store.add(evidence);
  },
});

process.on("message", (order: "mark" | "end") => {
  const { spans, requests, kept, evicted } = receiver.counts();
  if (order === "mark") {
    const { user, system } = process.cpuUsage();
    say({ spans, cpuMicros: user + system });
    return;
  }
  const rssBytes = process.resourceUsage().maxRSS * 1024;
  store.finish();
  const diagnosis = store.diagnose();
  const cascades = diagnosis.cascades.reduce((sum, each) => sum + each.count, 0);
  const unjudged = diagnosis.counts.dropped + diagnosis.counts.late;
  say({ cascades, requests, spans, kept, evicted, unjudged, rssBytes });
});
say({ http: receiver.httpUrl as string, grpc: receiver.grpcAddress as string });
