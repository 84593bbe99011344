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
import { prefilter } from "../src/dialects/index.ts";
import { readSources } from "../src/sources/index.ts";

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
  const reading = readSources([path], { prefilter, timezone: "UTC" });
  let hits = 0;
  for await (const batch of reading) hits += batch.length;
  return { ms: performance.now() - started, records: reading.summary.records, hits };
}

/**
 * Times `grep -c ttstream`, the reader alone and the whole program on the same file, interleaved, and prints medians and ratios. The
 * program must have been built.
 */
export async function benchScan(mebibytes = 1024, rounds = 5): Promise<void> {
  const path = makeLogFile(mebibytes);
  const program = join(import.meta.dirname, "../bin/streamscope.cjs");
  const grepMs: number[] = [];
  const readMs: number[] = [];
  const scanMs: number[] = [];
  let last = { ms: 0, records: 0, hits: 0 };
  let counted = "";
  const timed = (command: string, args: readonly string[]): number => {
    const started = performance.now();
    counted = execFileSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 28 }).trim();
    return performance.now() - started;
  };
  for (let round = 0; round <= rounds; round += 1) {
    const scan = timed(process.execPath, [program, "scan", "--json", path]);
    last = await timeReader(path);
    const grep = timed("grep", ["-c", "ttstream", path]);
    // The first round warms the page cache and the compiler
    if (round === 0) continue;
    grepMs.push(grep);
    readMs.push(last.ms);
    scanMs.push(scan);
  }
  const ratio = (times: readonly number[]): string => (median(times) / median(grepMs)).toFixed(2);
  console.log(
    `scan of ${mebibytes} MiB, ${last.hits} of ${last.records} lines are hits (wanted: scan within 3x of grep)`,
  );
  console.log(`  grep -c ${median(grepMs).toFixed(0)} ms (${counted} lines)`);
  console.log(`  reader  ${median(readMs).toFixed(0)} ms, ratio ${ratio(readMs)}`);
  console.log(`  scan    ${median(scanMs).toFixed(0)} ms, ratio ${ratio(scanMs)}`);
}

if (import.meta.main) await benchScan(Number(process.argv[2] ?? 1024));
