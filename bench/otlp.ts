/**
 * How many spans a second the receiver takes with the whole engine behind it, and per second of CPU, beside the Collector.
 *
 * The load comes from otlp-replay (Go), which lies beside the checkout: it makes cancel cascades of seven spans over four services, 500
 * spans a request, and gives every request new ids. Without it nothing is measured.
 */
import { type ChildProcess, execFile, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { bundled } from "./bundled.ts";
import type { measureKeys as MeasureKeys } from "./otlp-keys.ts";
import type { Findings, Listening, Mark } from "./otlp-receiver.ts";

const run = promisify(execFile);

/** Spans per second of CPU of the Collector with its nop exporter, measured on a machine like this one. */
const COLLECTOR = { http: 235_000, grpc: 307_000 } as const;

const TOOL_FOLDERS = ["../shared/tools/otlp-replay", "../../shared/tools/otlp-replay"];
const SPANS = 500;
const SPANS_A_TRACE = 7;

interface Load {
  readonly title: string;
  readonly plain: number;
  readonly requests: number;
  /** The part of the Collector's figure that is wanted. */
  readonly wanted: number;
}

const LOADS: readonly Load[] = [
  { title: "1 % of the traces cancelled", plain: 0.99, requests: 4_000, wanted: 1 },
  { title: "every trace cancelled      ", plain: 0, requests: 400, wanted: 0.5 },
];

/** Requests until the memory of the receiver is looked at: 20 million spans. */
const LONG_RUN = 40_000;
const WANTED_MIB = 400;

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

/** What is run: the load maker, and the receiver as one file. */
interface Programs {
  readonly replay: string;
  readonly receiver: string;
}

/** The next message of a process. */
async function heard<Message>(from: ChildProcess): Promise<Message> {
  const [message] = (await once(from, "message")) as [Message];
  return message;
}

/** A receiver in a process of its own, and a way to send to it: spans a second. */
async function withReceiver<Result>(
  { replay, receiver: program }: Programs,
  file: string,
  proto: "http" | "grpc",
  work: (receiver: ChildProcess, send: (requests: number) => Promise<number>) => Promise<Result>,
): Promise<Result> {
  const receiver = fork(program);
  try {
    const { http, grpc } = await heard<Listening>(receiver);
    const endpoint = proto === "http" ? `${http}/v1/traces` : grpc;
    return await work(receiver, async (requests) => {
      const args = ["--endpoint", endpoint, "--proto", proto, "--file", file, "--conns", "4", "--json"];
      const { stdout } = await run(replay, [...args, "--requests", String(requests)]);
      return (JSON.parse(stdout) as { spans_per_s: number }).spans_per_s;
    });
  } finally {
    receiver.kill();
  }
}

async function ask<Answer>(receiver: ChildProcess, order: "mark" | "end"): Promise<Answer> {
  const answer = heard<Answer>(receiver);
  receiver.send(order);
  return await answer;
}

const k = (value: number): string => `${Math.round(value / 1000)}k`;

/** What it found, and whether that is every cascade that was sent. */
function told({ cascades, requests, kept, evicted, unjudged, rssBytes }: Findings, cascadesOfARequest: number): string {
  const missed = cascades === requests * cascadesOfARequest ? "" : `  NOT THE ${requests * cascadesOfARequest} SENT`;
  const memory = `peak ${Math.round(rssBytes / 1048576)} MiB`;
  return `${cascades} cascades in ${requests} requests${missed}, kept ${kept}, evicted ${evicted}, evidence dropped or late ${unjudged}, ${memory}`;
}

async function measure(programs: Programs, file: string, proto: "http" | "grpc", load: Load): Promise<string> {
  return await withReceiver(programs, file, proto, async (receiver, send) => {
    // The compiler learns on the first requests
    await send(Math.ceil(load.requests / 2));
    const before = await ask<Mark>(receiver, "mark");
    const perSecond = await send(load.requests);
    const after = await ask<Mark>(receiver, "mark");
    const perCpu = ((after.spans - before.spans) * 1e6) / (after.cpuMicros - before.cpuMicros);
    const verdict = perCpu >= COLLECTOR[proto] * load.wanted ? "" : "  BELOW WHAT IS WANTED";
    return (
      `${proto.padEnd(4)} ${k(perSecond)} spans/s, ${k(perCpu)} per CPU s (Collector ${k(COLLECTOR[proto])}, wanted ${k(COLLECTOR[proto] * load.wanted)}), ` +
      `${told(await ask<Findings>(receiver, "end"), cancelledIn(load))}${verdict}`
    );
  });
}

/** Traces with a cancel in one request. */
function cancelledIn({ plain }: Load): number {
  const traces = Math.floor(SPANS / SPANS_A_TRACE);
  return plain === 0 ? traces : Math.round(traces * (1 - plain));
}

async function measureMemory(programs: Programs, file: string, load: Load): Promise<string> {
  return await withReceiver(programs, file, "http", async (receiver, send) => {
    await send(LONG_RUN);
    const findings = await ask<Findings>(receiver, "end");
    const verdict = findings.rssBytes < WANTED_MIB * 1048576 ? "" : "  ABOVE WHAT IS WANTED";
    return `${findings.spans} spans: ${told(findings, cancelledIn(load))}, wanted below ${WANTED_MIB} MiB${verdict}`;
  });
}

async function loadMeasureKeys(): Promise<typeof MeasureKeys> {
  const module: unknown = await import(pathToFileURL(await bundled("otlp-keys")).href);
  return (module as { readonly measureKeys: typeof MeasureKeys }).measureKeys;
}

/** Prints spans per second and per CPU second for HTTP and gRPC, with few and with only cancelled traces. */
export async function benchOtlp(): Promise<void> {
  console.log("OTLP receiver with the engine behind it: 4 connections, 500 spans a request");
  const replay = buildReplay();
  if (replay === null) {
    console.log("  SKIPPED: the load maker otlp-replay is not beside this checkout (../shared/tools/otlp-replay)");
    return;
  }
  const programs: Programs = { replay, receiver: await bundled("otlp-receiver") };
  for (const load of LOADS) {
    const file = generate(replay, load);
    for (const proto of ["http", "grpc"] as const)
      console.log(`  ${load.title} ${await measure(programs, file, proto, load)}`);
  }
  const usual = LOADS[0] as Load;
  console.log(`  a long run                  ${await measureMemory(programs, generate(replay, usual), usual)}`);
  console.log(`  from key to picture ${await (await loadMeasureKeys())(replay, generate(replay, usual))}`);
}

if (import.meta.main) await benchOtlp();
