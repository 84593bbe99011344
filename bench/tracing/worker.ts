/**
 * The process of the tracing benchmark: server and client of the runtime over a socket, the SDK exporting as `streamscope/register` does,
 * and the instrumentation enabled for every other run. Talks to its parent over Node's IPC.
 */
import { setTimeout as wait } from "node:timers/promises";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { StreamscopeInstrumentation } from "../../src/tracer/index.ts";
import type { Load, LoadMaker } from "../runtime/load.ts";
import { ours } from "../runtime/ours.ts";

/** What the parent asks for: pairs of runs of one load. */
export interface Order {
  readonly load: Load;
  readonly rounds: number;
  readonly lengthMs: number;
}

/** One run. */
export interface Run {
  readonly perSecond: number;
  /** CPU time of client and server together, in microseconds a message. */
  readonly cpuMicros: number;
}

/** A run without and a run with tracing, one right after the other. */
export interface PairOfRuns {
  readonly plain: Run;
  readonly traced: Run;
}

const WARM_UP_MS = 100;

async function run(maker: LoadMaker, load: Load, lengthMs: number): Promise<Run> {
  let count = 0;
  const stop = maker.start(load, () => {
    count += 1;
  });
  await wait(WARM_UP_MS);
  const before = { count, time: performance.now(), cpu: process.cpuUsage() };
  await wait(lengthMs);
  const messages = count - before.count;
  const seconds = (performance.now() - before.time) / 1000;
  const { user, system } = process.cpuUsage(before.cpu);
  stop();
  return { perSecond: messages / seconds, cpuMicros: (user + system) / messages };
}

async function main(): Promise<void> {
  const instrumentation = new StreamscopeInstrumentation({ enabled: false });
  const sdk = new NodeSDK({ instrumentations: [instrumentation] });
  sdk.start();
  const maker = await ours.connect(await ours.serve());
  const traced = async (load: Load, lengthMs: number) => {
    instrumentation.enable();
    const figure = await run(maker, load, lengthMs);
    instrumentation.disable();
    return figure;
  };
  // Starting the SDK has enabled it.
  instrumentation.disable();
  process.on("disconnect", () => process.exit(0));
  process.on("message", async ({ load, rounds, lengthMs }: Order) => {
    const pairs: PairOfRuns[] = [];
    for (let round = -2; round < rounds; round += 1) {
      // Who goes first alternates, so that a machine that gets slower or quicker treats both alike.
      const first = round % 2 === 0 ? await traced(load, lengthMs) : null;
      const plain = await run(maker, load, lengthMs);
      const pair = { plain, traced: first ?? (await traced(load, lengthMs)) };
      // The first rounds are for the compilers.
      if (round >= 0) pairs.push(pair);
    }
    process.send?.(pairs);
  });
  process.send?.("ready");
}

if (import.meta.main) await main();
