/**
 * How fast a gigabyte of log is passed over, beside `grep -c` on the same file.
 *
 * The log is mixed (JSON lines, Kitex's default format, access log, stacks) with one hit in a hundred lines. Runs are interleaved and
 * medians compared, because the machine's mood swings more than the programs do. Run it alone: `node bench/scan.ts [MiB]`.
 */
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Prefilter } from "../src/model/index.ts";
import { readSources } from "../src/sources/index.ts";

/** What the dialects look for, or nearly. */
export const BENCH_PREFILTER: Prefilter = {
  needles: [
    "ttstream error, code=",
    "rpc error: code = ",
    "connection error: desc = ",
    "biz error: code=",
    "context canceled",
    "context deadline exceeded",
    "canceled by business handler returning",
    "KITEX: ",
    "server listen at addr=",
    "remote or network error",
  ],
  smells: ["cancel", "Cancel", "CANCEL", "deadline exceeded", "RST_STREAM"],
};

const PATHS = ["ServiceA", "ServiceA -> ServiceB", "ServiceA -> ServiceB -> ServiceC"];
const WORDS =
  "request completed user session token model prompt generated cache lookup connection established server handler started upstream answer context retry scheduled queue drained".split(
    " ",
  );

/** One block of mixed log, about `size` bytes; the same for the same size. One line in a hundred holds a ttstream error. */
export function makeLogBlock(size: number): string {
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  const sentence = (): string => Array.from({ length: 5 + random(8) }, () => WORDS[random(WORDS.length)]).join(" ");
  const lines: string[] = [];
  let length = 0;
  for (let i = 0; length < size; i += 1) {
    const micros = String(100_000 + random(899_999));
    const clock = `${String(6 + Math.floor(i / 36_000_000)).padStart(2, "0")}:${String(Math.floor(i / 6000) % 60).padStart(2, "0")}:${String(Math.floor(i / 100) % 60).padStart(2, "0")}`;
    const service = `Service${"ABCD"[random(4)]}`;
    const error = `[ttstream error, code=12007] [server-side stream] [canceled path: ${PATHS[random(3)]}] user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, then invoking cancel() actively`;
    const hit = i % 101 === 50;
    let line: string;
    switch (i % 10) {
      case 0:
      case 3:
      case 6:
        line = `2026/11/23 ${clock}.${micros} ${hit ? "chat" : "handler"}.go:${100 + random(300)}: [${hit ? "Error" : "Info"}] ${hit ? `ServerStream to ${service}: recv failed: ${error}` : sentence()}`;
        break;
      case 9:
        line = `10.0.${random(255)}.${random(255)} - - [23/Nov/2026:${clock} +0000] "POST /v1/chat/${random(99_999)} HTTP/1.1" 200 ${random(9999)} "-" "curl/8.5"`;
        break;
      default:
        line = `{"time":"2026-11-23T${clock}.${micros}Z","level":"info","service":"${service}","msg":"${sentence()}","request_id":"${random(1e9).toString(16)}","elapsed_ms":${random(500)}${hit ? `,"err":"${error}"` : ""}}`;
    }
    if (hit && i % 10 !== 0) line = line.replace('"level":"info"', '"level":"error"');
    if (hit && !line.includes("ttstream")) line += ` ${error}`;
    lines.push(line);
    length += line.length + 1;
  }
  return `${lines.join("\n")}\n`;
}

/** The file of the bench, made once for each size. */
export function makeLogFile(mebibytes: number): string {
  const path = join(tmpdir(), `streamscope-bench-${mebibytes}.log`);
  const size = mebibytes * 1024 * 1024;
  if (existsSync(path) && statSync(path).size >= size) return path;
  const block = Buffer.from(makeLogBlock(8 * 1024 * 1024));
  const file = openSync(`${path}.part`, "w");
  for (let written = 0; written < size; written += block.length) writeSync(file, block);
  closeSync(file);
  renameSync(`${path}.part`, path);
  return path;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

async function timeReader(
  path: string,
): Promise<{ readonly ms: number; readonly records: number; readonly hits: number }> {
  const started = performance.now();
  const reading = readSources([path], { prefilter: BENCH_PREFILTER, timezone: "UTC" });
  let hits = 0;
  for await (const batch of reading) hits += batch.length;
  return { ms: performance.now() - started, records: reading.summary.records, hits };
}

/** Times grep and the reader on the same file, prints both and their ratio, and returns the ratio. */
export async function benchScan(mebibytes = 1024, rounds = 5): Promise<number> {
  const path = makeLogFile(mebibytes);
  const grepMs: number[] = [];
  const readMs: number[] = [];
  let last = { ms: 0, records: 0, hits: 0 };
  let counted = "";
  for (let round = 0; round <= rounds; round += 1) {
    const started = performance.now();
    counted = execFileSync("grep", ["-c", "ttstream", path], { encoding: "utf8" }).trim();
    const grep = performance.now() - started;
    last = await timeReader(path);
    // The first round warms the page cache and the compiler
    if (round === 0) continue;
    grepMs.push(grep);
    readMs.push(last.ms);
  }
  const ratio = median(readMs) / median(grepMs);
  console.log(
    `scan of ${mebibytes} MiB: grep -c ${median(grepMs).toFixed(0)} ms (${counted} lines), reader ${median(readMs).toFixed(0)} ms (${last.hits} of ${last.records} lines), ratio ${ratio.toFixed(2)}`,
  );
  return ratio;
}

if (import.meta.main) await benchScan(Number(process.argv[2] ?? 1024));
