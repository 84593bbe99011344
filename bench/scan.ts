/**
 * How fast a gigabyte of log is passed over, beside `grep -c`, `rg -c` and `jq` on the same file in the same run.
 *
 * Mixed logs with one hit in 1,000 lines to a hit in every line, one of them packed (beside `zcat`), lines that look like hits and are
 * none, an access log with one request in a thousand that was cut. Runs are interleaved and medians compared, because the machine's mood
 * swings more than the programs do. Run it alone: `node bench/scan.ts [MiB]`.
 */
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATHS = ["ServiceA", "ServiceA -> ServiceB", "ServiceA -> ServiceB -> ServiceC"];
const WORDS =
  "request completed user session token model prompt generated cache lookup connection established server handler started upstream answer context retry scheduled queue drained".split(
    " ",
  );

/** One block of mixed log, about `size` bytes; the same for the same size. One line in `every` holds a ttstream error. */
export function makeLogBlock(size: number, every = 101): string {
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
    const hit = i % every === every >> 1;
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

/** A block in which every line is about an order that was cancelled: it has the word, and ends no stream. */
function makeOrders(size: number): string {
  const lines: string[] = [];
  for (let i = 0, length = 0; length < size; i += 1) {
    const clock = `${String(6 + Math.floor(i / 36_000)).padStart(2, "0")}:${String(Math.floor(i / 600) % 60).padStart(2, "0")}:${String(Math.floor(i / 10) % 60).padStart(2, "0")}`;
    const line = `{"time":"2026-11-23T${clock}.${String(i % 1000).padStart(3, "0")}Z","level":"info","service":"shop","msg":"order ${i * 7919} cancelled","elapsed_ms":${i % 487}}`;
    lines.push(line);
    length += line.length + 1;
  }
  return `${lines.join("\n")}\n`;
}

/** A block of nginx's access log, in which one request in a thousand was given up by its client. */
function makeAccessLog(size: number): string {
  const lines: string[] = [];
  for (let i = 0, length = 0; length < size; i += 1) {
    const clock = `${String(6 + Math.floor(i / 360_000)).padStart(2, "0")}:${String(Math.floor(i / 6_000) % 60).padStart(2, "0")}:${String(Math.floor(i / 100) % 60).padStart(2, "0")}`;
    const line = `10.0.${i % 250}.${i % 241} - - [23/Nov/2026:${clock} +0000] "GET /v1/items/${i * 7919} HTTP/1.1" ${i % 1_000 === 500 ? 499 : 200} ${i % 9_973} "-" "curl/8.5" ${(i % 900) / 1_000}`;
    lines.push(line);
    length += line.length + 1;
  }
  return `${lines.join("\n")}\n`;
}

/** The file of a row, made once for each size. */
export function makeLogFile(mebibytes: number, name: string, make: (size: number) => string): string {
  const path = join(tmpdir(), `streamscope-bench-${name}-${mebibytes}.log`);
  const size = mebibytes * 1024 * 1024;
  if (existsSync(path) && statSync(path).size >= size) return path;
  const block = Buffer.from(make(8 * 1024 * 1024));
  const file = openSync(`${path}.part`, "w");
  for (let written = 0; written < size; written += block.length) writeSync(file, block);
  closeSync(file);
  renameSync(`${path}.part`, path);
  return path;
}

/** The same file, packed by gzip; made once. */
function packedFile(plain: string): string {
  const path = `${plain}.gz`;
  if (!existsSync(path) || statSync(path).mtimeMs < statSync(plain).mtimeMs)
    execFileSync("gzip", ["-1", "-k", "-f", plain]);
  return path;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

interface Row {
  readonly name: string;
  readonly make: (size: number) => string;
  /** What the other programs count. */
  readonly pattern: string;
  /** True where every line is JSON. */
  readonly json?: true;
  /** True where the file is packed, and read beside `zcat`. */
  readonly packed?: true;
}

const ROWS: readonly Row[] = [
  { name: "0.1 % hits", make: (size) => makeLogBlock(size, 1_001), pattern: "ttstream" },
  { name: "1 % hits", make: (size) => makeLogBlock(size, 101), pattern: "ttstream" },
  { name: "1 % hits, packed", make: (size) => makeLogBlock(size, 101), pattern: "ttstream", packed: true },
  { name: "10 % hits", make: (size) => makeLogBlock(size, 11), pattern: "ttstream" },
  { name: "100 % hits", make: (size) => makeLogBlock(size, 1), pattern: "ttstream" },
  { name: "every line an order cancelled", make: makeOrders, pattern: "cancelled", json: true },
  { name: "nginx, 0.1 % of 499", make: makeAccessLog, pattern: '" 499 ' },
];

/** Milliseconds that a program took; null where this machine has none. */
function timed(command: string, args: readonly string[]): number | null {
  const started = performance.now();
  try {
    // Of grep's output something must be read: it sees /dev/null and ends at the first hit
    execFileSync(command, args, { stdio: ["ignore", command === "grep" ? "pipe" : "ignore", "inherit"] });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  return performance.now() - started;
}

/** Times the whole program, which must have been built, beside others on the same files, interleaved, and prints medians and ratios. */
export function benchScan(mebibytes = 1024, rounds = 3): void {
  const program = join(import.meta.dirname, "../bin/streamscope.cjs");
  for (const { name, make, pattern, json, packed } of ROWS) {
    const plain = makeLogFile(mebibytes, name.replace(/\W+/g, "-"), make);
    const path = packed === true ? packedFile(plain) : plain;
    const runs: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
      ["scan", process.execPath, [program, "scan", "--json", path]],
      ...(packed === true
        ? [["zcat", "zcat", [path]] as const]
        : [["grep -c", "grep", ["-c", pattern, path]] as const, ["rg -c", "rg", ["-c", pattern, path]] as const]),
      ...(json === true ? [["jq", "jq", ["-c", "select(.msg)|empty", path]] as const] : []),
    ];
    const taken = new Map<string, number[]>();
    // The first round warms the page cache
    for (let round = 0; round <= rounds; round += 1) {
      for (const [each, command, args] of runs) {
        const ms = timed(command, args);
        if (ms === null && round === 0) console.log(`NOT MEASURED: there is no ${command} on this machine`);
        if (ms !== null && round > 0) taken.set(each, [...(taken.get(each) ?? []), ms]);
      }
    }
    const other = median(taken.get(packed === true ? "zcat" : "grep -c") ?? [Number.NaN]);
    const figures = [...taken].map(
      ([each, ms]) => `${each} ${median(ms).toFixed(0)} ms (${(median(ms) / other).toFixed(2)})`,
    );
    console.log(`scan of ${mebibytes} MiB, ${name}: ${figures.join(", ")}`);
  }
}

if (import.meta.main) benchScan(Number(process.argv[2] ?? 1024));
