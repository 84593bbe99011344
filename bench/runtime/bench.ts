/**
 * The runtime beside raw sockets, grpc-js and Kitex: interleaved short runs, client and server of every system pinned to one core.
 *
 * `node bench/runtime/bench.ts [--rounds 3] [--ms 1000] [--systems raw,grpc,ours,kitex] [--shapes serverStreaming,pingPong]
 * [--payloads 128,4096] [--streams 1,64] [--profile FOLDER]`. Absolute figures swing with the machine; ratios inside one run count.
 */
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchGrpcPairs } from "./grpc-pairs.ts";
import { type Load, SHAPES, type Shape } from "./load.ts";
import { canPin, kitexPair, nodePair, type Pair } from "./peers.ts";
import { tableOf } from "./table.ts";
import type { Figure } from "./worker.ts";

/** What to run. */
export interface RuntimeBenchOptions {
  readonly rounds: number;
  readonly lengthMs: number;
  readonly systems: readonly string[];
  readonly loads: readonly Load[];
  /** A folder for CPU profiles. */
  readonly profiles: string | null;
}

const SYSTEMS = ["raw", "grpc", "ours", "kitex"];

function loadsOf(shapes: readonly Shape[], payloads: readonly number[], streams: readonly number[]): readonly Load[] {
  return shapes.flatMap((shape) =>
    payloads.flatMap((payload) => streams.map((count) => ({ shape, payload, streams: count }))),
  );
}

const DEFAULTS: RuntimeBenchOptions = {
  rounds: 3,
  lengthMs: 1000,
  systems: SYSTEMS,
  loads: loadsOf(SHAPES, [128, 4096], [1, 64]),
  profiles: null,
};

/** Runs all loads on all systems and prints the table. */
export async function benchRuntime(options: RuntimeBenchOptions = DEFAULTS): Promise<void> {
  const { rounds, lengthMs, systems, loads, profiles } = options;
  if (profiles !== null) mkdirSync(profiles, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const pairs: Pair[] = [];
  for (const name of systems) {
    const pair = name === "kitex" ? await kitexPair() : await nodePair(name, profiles);
    if (pair !== null) pairs.push(stack.use(pair));
  }
  const all = loads.map((load) => ({ load, figures: new Map<string, Figure[]>() }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { load, figures } of all) {
      for (const pair of pairs) {
        // The first round is for the compilers.
        const warm = round === 0;
        const figure = await pair.run({ load, warmUpMs: 200, lengthMs: warm ? 300 : lengthMs });
        if (!warm) figures.set(pair.name, [...(figures.get(pair.name) ?? []), figure]);
      }
    }
  }
  const pinned = canPin() ? "pinned to one core" : "NOT pinned, so ping-pong says little";
  console.log(`streaming runtime: medians of ${rounds} interleaved runs of ${lengthMs} ms, processes ${pinned}`);
  for (const line of tableOf(
    all,
    pairs.map((pair) => pair.name),
  )) {
    console.log(line);
  }
  if (systems.includes("grpc")) await benchGrpcPairs(loads, lengthMs);
}

function fromArguments(): RuntimeBenchOptions {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: String(DEFAULTS.rounds) },
      ms: { type: "string", default: String(DEFAULTS.lengthMs) },
      systems: { type: "string", default: SYSTEMS.join() },
      shapes: { type: "string", default: SHAPES.join() },
      payloads: { type: "string", default: "128,4096" },
      streams: { type: "string", default: "1,64" },
      profile: { type: "string" },
    },
  });
  const numbers = (text: string) => text.split(",").map(Number);
  return {
    rounds: Number(values.rounds),
    lengthMs: Number(values.ms),
    systems: values.systems.split(","),
    loads: loadsOf(values.shapes.split(",") as Shape[], numbers(values.payloads), numbers(values.streams)),
    profiles: values.profile ?? null,
  };
}

if (import.meta.main) await benchRuntime(fromArguments());
