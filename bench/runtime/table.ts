/**
 * The figures of the benchmark as a table: medians, ratios, and what is wanted.
 */
import type { Load } from "./load.ts";
import type { Figure } from "./worker.ts";

/** A ratio of this runtime's messages per second to another system's. */
export interface Wish {
  readonly than: string;
  readonly atLeast: number;
}

/** What the runtime is to reach under a load. */
function wishesFor({ shape, streams, payload }: Load): readonly Wish[] {
  if (shape === "pingPong") {
    return streams === 1 ? [{ than: "raw", atLeast: 0.8 }] : [{ than: "grpc", atLeast: 2 }];
  }
  if (payload > 1024) return [{ than: "kitex", atLeast: 2 }];
  if (streams > 1)
    return [
      { than: "kitex", atLeast: 2.5 },
      { than: "grpc", atLeast: 2.5 },
    ];
  return [
    { than: "kitex", atLeast: 3 },
    { than: "grpc", atLeast: 4 },
  ];
}

/** All runs of one load, by system. */
export interface Runs {
  readonly load: Load;
  readonly figures: ReadonlyMap<string, readonly Figure[]>;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function short(value: number): string {
  if (Number.isNaN(value)) return "-";
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)}M` : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)}k`;
}

/** The lines of the table. */
export function tableOf(all: readonly Runs[], systems: readonly string[]): readonly string[] {
  const rate = (runs: Runs, system: string) => median((runs.figures.get(system) ?? []).map((each) => each.perSecond));
  const cpu = (runs: Runs, system: string) =>
    median((runs.figures.get(system) ?? []).map((each) => each.cpuMicros ?? Number.NaN));
  const lines = [
    `${"messages/s (CPU µs a message)".padEnd(34)}${systems.map((each) => each.padStart(16)).join("")}   seen / wanted: ours to`,
  ];
  for (const runs of all) {
    const { shape, streams, payload } = runs.load;
    const name = `${shape} ${payload} B, ${streams} stream${streams === 1 ? "" : "s"}`;
    const figures = systems.map((each) => `${short(rate(runs, each))} (${cpu(runs, each).toFixed(2)})`.padStart(16));
    const ratios = wishesFor(runs.load)
      .filter(({ than }) => runs.figures.has(than) && runs.figures.has("ours"))
      .map(({ than, atLeast }) => {
        const seen = rate(runs, "ours") / rate(runs, than);
        return `${than} ${seen.toFixed(2)} / ${atLeast}${seen >= atLeast ? "" : " !"}`;
      });
    lines.push(`${name.padEnd(34)}${figures.join("")}   ${ratios.join(", ")}`);
  }
  return lines;
}
