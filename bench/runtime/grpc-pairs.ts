/**
 * What the runtime's scopes cost over plain grpc-js: pairs of short runs, one with and one without, and the median of their ratios of CPU
 * time. Wanted: at most a tenth more.
 */
import { type Load, SHAPES } from "./load.ts";
import { nodePair, type Pair } from "./peers.ts";

/** So many pairs of each load. */
const PAIRS = 10;

/** At most so much of the CPU time of plain grpc-js. */
const WANTED = 1.1;

const WARM_MS = 300;

/** Runs the pairs and prints a row for each load. */
export async function benchGrpcPairs(loads: readonly Load[], lengthMs: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const plain = stack.use(await nodePair("grpc", null));
  const scoped = stack.use(await nodePair("scoped", null));
  console.log(
    `grpc-js in scopes beside plain grpc-js: CPU time a message, medians of ${PAIRS} pairs of runs of ${lengthMs} ms`,
  );
  const unary = loads.filter(({ shape }) => shape === SHAPES[0]).map((load) => ({ ...load, shape: "unary" as const }));
  for (const load of [...loads, ...unary]) {
    const ratios: number[] = [];
    for (let pair = -1; pair < PAIRS; pair += 1) {
      // The first pair is for the compilers; which of the two goes first changes.
      const order = pair % 2 === 0 ? [plain, scoped] : [scoped, plain];
      const cpu = new Map<Pair, number>();
      for (const each of order) cpu.set(each, await cpuOf(each, load, pair < 0 ? WARM_MS : lengthMs));
      if (pair >= 0) ratios.push((cpu.get(scoped) ?? Number.NaN) / (cpu.get(plain) ?? Number.NaN));
    }
    const seen = ratios.sort((a, b) => a - b);
    const median = ((seen[(PAIRS >> 1) - 1] ?? Number.NaN) + (seen[PAIRS >> 1] ?? Number.NaN)) / 2;
    const name = `${load.shape} ${load.payload} B, ${load.streams} at a time`;
    const range = `${seen[0]?.toFixed(2)} to ${seen.at(-1)?.toFixed(2)}`;
    console.log(`${name.padEnd(34)} ${median.toFixed(3)} / ${WANTED}${median <= WANTED ? "" : " !"}   (${range})`);
  }
}

async function cpuOf(pair: Pair, load: Load, lengthMs: number): Promise<number> {
  const { cpuMicros } = await pair.run({ load, warmUpMs: 150, lengthMs });
  return cpuMicros ?? Number.NaN;
}
