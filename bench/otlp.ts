/**
 * How many spans a second the receiver takes with the whole engine behind it, and per second of CPU, beside the Collector.
 *
 * The load comes from otlp-replay (Go), which lies beside the checkout: it makes cancel cascades of seven spans over four services, 500
 * spans a request, and gives every request new ids. Without it nothing is measured.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { createCascadeStore } from "../src/cascade/index.ts";
import { prefilter, readEvidence } from "../src/dialects/index.ts";
import { startReceiver } from "../src/sources/index.ts";
import type { measureKeys as MeasureKeys } from "./otlp-keys.ts";

const run = promisify(execFile);

/** Spans per second of CPU of the Collector with its nop exporter, measured on a machine like this one. */
const COLLECTOR = { http: 235_000, grpc: 307_000 } as const;

const TOOL_FOLDERS = ["../shared/tools/otlp-replay", "../../shared/tools/otlp-replay"];
const SPANS = 500;

interface Load {
  readonly title: string;
  readonly plain: number;
  readonly requests: number;
  /** The part of the Collector's figure that is wanted. */
  readonly wanted: number;
}

const LOADS: readonly Load[] = [
  { title: "1 % of the traces cancelled", plain: 0.99, requests: 4_000, wanted: 1 },
  { title: "every trace cancelled      ", plain: 0, requests: 200, wanted: 0.5 },
];

function buildReplay(): string | null {
  const folder = TOOL_FOLDERS.map((each) => resolve(import.meta.dirname, "..", each)).find(existsSync);
  if (folder === undefined) return null;
  const out = join(mkdtempSync(join(tmpdir(), "streamscope-bench-")), "replay");
  execFileSync("go", ["build", "-mod=readonly", "-o", out, "."], { cwd: folder });
  return out;
}

/** Generates the request of a load. */
function generate(replay: string, load: Load): string {
  const file = join(tmpdir(), `streamscope-bench-${load.plain}.pb`);
  execFileSync(replay, ["gen", "--out", file, "--spans", String(SPANS), "--plain", String(load.plain), "--seed", "3"]);
  return file;
}

async function measure(replay: string, file: string, proto: "http" | "grpc", load: Load): Promise<string> {
  const store = createCascadeStore();
  const receiver = await startReceiver({
    prefilter,
    httpPort: 0,
    grpcPort: 0,
    onRecords: (records) => {
      for (const record of records) for (const evidence of readEvidence(record)) store.add(evidence);
    },
  });
  const endpoint = proto === "http" ? `${receiver.httpUrl}/v1/traces` : (receiver.grpcAddress as string);
  const send = async (requests: number): Promise<number> => {
    const args = ["--endpoint", endpoint, "--proto", proto, "--file", file, "--conns", "4", "--json"];
    const { stdout } = await run(replay, [...args, "--requests", String(requests)]);
    return (JSON.parse(stdout) as { spans_per_s: number }).spans_per_s;
  };
  // The compiler learns on the first requests
  await send(Math.ceil(load.requests / 2));
  const spansBefore = receiver.counts().spans;
  const before = process.cpuUsage();
  const perSecond = await send(load.requests);
  const { user, system } = process.cpuUsage(before);
  const perCpu = ((receiver.counts().spans - spansBefore) * 1e6) / (user + system);
  const counts = receiver.counts();
  store.finish();
  const { cascades } = store.diagnose();
  const found = cascades.reduce((sum, each) => sum + each.count, 0);
  await receiver.close();
  const verdict = perCpu >= COLLECTOR[proto] * load.wanted ? "" : "  BELOW WHAT IS WANTED";
  const k = (value: number): string => `${Math.round(value / 1000)}k`;
  return (
    `${proto.padEnd(4)} ${k(perSecond)} spans/s, ${k(perCpu)} per CPU s (Collector ${k(COLLECTOR[proto])}, wanted ${k(COLLECTOR[proto] * load.wanted)}), ` +
    `${found} cascades in ${counts.requests} requests, kept ${counts.kept}, dropped ${counts.crowded}, ` +
    `RSS ${Math.round(process.memoryUsage().rss / 1048576)} MiB${verdict}`
  );
}

/** The screens are written in TSX, which Node does not read: they are bundled for this. */
async function loadMeasureKeys(): Promise<typeof MeasureKeys> {
  const file = resolve(import.meta.dirname, "../.cache/bench/otlp-keys.js");
  const bundle = await rolldown({
    input: join(import.meta.dirname, "otlp-keys.ts"),
    platform: "node",
    external: ["react-devtools-core"],
    transform: { define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' } },
    logLevel: "silent",
  });
  await bundle.write({ dir: dirname(file), format: "esm" });
  const module = (await import(pathToFileURL(file).href)) as { readonly measureKeys: typeof MeasureKeys };
  return module.measureKeys;
}

/** Prints spans per second and per CPU second for HTTP and gRPC, with few and with only cancelled traces. */
export async function benchOtlp(): Promise<void> {
  console.log("OTLP receiver with the engine behind it: 4 connections, 500 spans a request");
  const replay = buildReplay();
  if (replay === null) {
    console.log("  SKIPPED: the load maker otlp-replay is not beside this checkout (../shared/tools/otlp-replay)");
    return;
  }
  for (const load of LOADS) {
    const file = generate(replay, load);
    for (const proto of ["http", "grpc"] as const)
      console.log(`  ${load.title} ${await measure(replay, file, proto, load)}`);
  }
  console.log(`  from key to picture ${await (await loadMeasureKeys())(replay, generate(replay, LOADS[0] as Load))}`);
}

if (import.meta.main) await benchOtlp();
