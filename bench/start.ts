/**
 * How long people wait: --version, scan of a small file, the first painted frame of the screens, the first frame with its rows.
 *
 * The frame is measured from outside, as a person sees it: `script` gives the program a pseudo-terminal, and the clock stops at the first
 * byte of the picture that comes out.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "bin/streamscope.cjs");
const recording = "examples/recordings/1-cancel.jsonl";
const ROUNDS = 15;

/** One measured figure: its median and its spread over the rounds. */
interface StartFigure {
  readonly what: string;
  readonly medianMs: number;
  readonly bestMs: number;
  readonly worstMs: number;
  readonly wantedMs: number;
}

/** Measures the start of the program and prints the figures. */
export async function benchStart(): Promise<void> {
  if (!existsSync(join(root, "dist/cli/main.js"))) throw new Error("not built: npm run build");
  const figures = [
    await measure("node -e 0 (for comparison)", 0, () => run(["-e", "0"])),
    await measure("streamscope --version", 60, () => run([bin, "--version"])),
    await measure("streamscope scan, 20 lines", 150, () => run([bin, "scan", recording])),
    await measure('import("streamscope/runtime"), cold', 40, importRuntime),
    await measure("streamscope explain", 150, () =>
      run([bin, "explain", "rpc error: code = 1 desc = context canceled"]),
    ),
  ];
  if (spawnSync("script", ["--version"]).status === 0) {
    figures.push(await measure("streamscope tui, first painted frame", 200, () => firstPaint("lost 0")));
    figures.push(await measure("streamscope tui, first row of data", 300, () => firstPaint("gateway")));
  }
  for (const { what, medianMs, bestMs, worstMs, wantedMs } of figures) {
    const wanted = wantedMs === 0 ? "" : `  wanted under ${wantedMs} ms${medianMs > wantedMs ? ": MISSED" : ""}`;
    console.log(
      `${what.padEnd(40)} median ${medianMs.toFixed(0).padStart(4)} ms  best ${bestMs.toFixed(0).padStart(4)}  worst ${worstMs.toFixed(0).padStart(4)}${wanted}`,
    );
  }
}

async function measure(what: string, wantedMs: number, once: () => Promise<number>): Promise<StartFigure> {
  await once();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await once());
  times.sort((one, other) => one - other);
  const at = (part: number): number => times[Math.floor((times.length - 1) * part)] as number;
  return { what, medianMs: at(0.5), bestMs: at(0), worstMs: at(1), wantedMs };
}

function run(args: readonly string[]): Promise<number> {
  const before = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => resolve(performance.now() - before));
  });
}

/** What the import alone takes, as the importing process sees it. */
function importRuntime(): Promise<number> {
  const target = JSON.stringify(pathToFileURL(join(root, "dist/runtime/index.js")).href);
  const script = `const t = performance.now(); await import(${target}); process.stdout.write(String(performance.now() - t))`;
  const args = ["--input-type=module", "-e", script];
  return Promise.resolve(Number(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })));
}

/** Until a word of the picture is there: `lost 0` stands in the first line of every one. */
function firstPaint(word: string): Promise<number> {
  const before = performance.now();
  const line = `stty cols 80 rows 24; exec '${process.execPath}' '${bin}' tui '${recording}'`;
  const child = spawn("script", ["-qefc", line, "/dev/null"], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let seen = "";
    let paintedMs: number | null = null;
    child.on("error", reject);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (paintedMs !== null) return;
      seen += chunk;
      if (!seen.includes(word)) return;
      paintedMs = performance.now() - before;
      child.stdin.write("q");
    });
    child.on("exit", () => {
      if (paintedMs === null) reject(new Error(`the screens ended without showing ${word}`));
      else resolve(paintedMs);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchStart();
