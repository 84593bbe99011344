/**
 * What tracing costs while nothing is cancelled: the loads of the runtime's benchmark, with and without the instrumentation, its spans
 * exported to a receiver in this process.
 *
 * `node bench/tracing.ts [--rounds 30] [--ms 200]`. Two processes of one program differ by more than tracing costs, and so does a machine
 * from one second to the next. So one process does both, in pairs of short runs right after each other, and what counts is the median of
 * the ratios within the pairs, of CPU time a message, which other programs on the machine disturb least.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { otlpSink } from "../test/support/otlp-spans.ts";
import type { Load } from "./runtime/load.ts";
import { canPin } from "./runtime/peers.ts";
import type { Order, PairOfRuns } from "./tracing/worker.ts";

/** How much to run. */
export interface TracingBenchOptions {
  /** Pairs of runs of each load. */
  readonly rounds: number;
  readonly lengthMs: number;
}

/** Tracing may cost this much more. */
const WANTED = 1.03;

const LOADS: readonly Load[] = [
  { shape: "serverStreaming", payload: 128, streams: 1 },
  { shape: "serverStreaming", payload: 128, streams: 64 },
  { shape: "serverStreaming", payload: 4096, streams: 64 },
  { shape: "pingPong", payload: 128, streams: 64 },
];

const DEFAULTS: TracingBenchOptions = { rounds: 30, lengthMs: 200 };

/** Runs all loads with and without tracing and prints the ratios. */
export async function benchTracing({ rounds, lengthMs }: TracingBenchOptions = DEFAULTS): Promise<void> {
  await using sink = await otlpSink();
  const worker = join(import.meta.dirname, "tracing/worker.ts");
  const [program, args] = canPin() ? ["taskset", ["-c", "1", process.execPath, worker]] : [process.execPath, [worker]];
  const child = spawn(program, args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...sink.env },
  });
  await once(child, "message");
  const pinned = canPin() ? "on one core" : "NOT pinned to a core";
  console.log(`cost of tracing, nothing cancelled: medians of ${rounds} pairs of runs of ${lengthMs} ms, ${pinned}`);
  const head = ["plain", "traced", "messages/s", "CPU"].map((each) => each.padStart(16)).join("");
  console.log(`${"CPU µs a message, and traced : plain".padEnd(38)}${head}   wanted`);
  const costs: number[] = [];
  for (const load of LOADS) {
    child.send({ load, rounds, lengthMs } satisfies Order);
    const [pairs] = (await once(child, "message")) as [readonly PairOfRuns[]];
    const cost = median(pairs.map(({ plain, traced }) => traced.cpuMicros / plain.cpuMicros));
    costs.push(cost);
    const speed = median(pairs.map(({ plain, traced }) => traced.perSecond / plain.perSecond));
    const figures = [
      median(pairs.map(({ plain }) => plain.cpuMicros)).toFixed(2),
      median(pairs.map(({ traced }) => traced.cpuMicros)).toFixed(2),
      speed.toFixed(3),
      cost.toFixed(3),
    ];
    const { shape, payload, streams } = load;
    const name = `${shape} ${payload} B, ${streams} stream${streams === 1 ? "" : "s"}`;
    console.log(name.padEnd(38) + figures.map((each) => each.padStart(16)).join(""));
  }
  const mean = Math.exp(costs.reduce((sum, cost) => sum + Math.log(cost), 0) / costs.length);
  const verdict = `${mean.toFixed(3)}   below ${WANTED}${mean < WANTED ? "" : " !"}`;
  console.log(`${`all (${sink.spans.length} spans exported)`.padEnd(38)}${verdict.padStart(78)}`);
  const gone = once(child, "exit");
  child.disconnect();
  await gone;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: "string" }, ms: { type: "string" } } });
  await benchTracing({
    rounds: Number(values.rounds ?? DEFAULTS.rounds),
    lengthMs: Number(values.ms ?? DEFAULTS.lengthMs),
  });
}
