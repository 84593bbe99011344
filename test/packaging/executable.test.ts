import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeLogBlock } from "../../bench/scan.ts";
import { bin, recordings, root } from "../cli/program.ts";

let folder = "";
let program = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "executable-"));
  program = join(folder, "streamscope");
  execFileSync(process.execPath, [join(root, "scripts/executable.ts"), program], { cwd: root });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the executable where there is no Node.js, nor anything else. */
function run(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const env = { PATH: join(folder, "nothing"), HOME: folder, TMPDIR: folder };
  return spawnSync(program, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 1e8, timeout: 60_000 });
}

/** How long a program takes in milliseconds: the best of several, which another program on the machine spoils least. */
function bestMs(command: string, args: readonly string[]): number {
  const times = Array.from({ length: 15 }, () => {
    const from = performance.now();
    spawnSync(command, args);
    return performance.now() - from;
  });
  return Math.min(...times);
}

/** How many threads of a process run modules, by the name that Node.js gives them. */
function workersOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).filter((id) => readFileSync(join(tasks, id, "comm"), "utf8") === "WorkerThread\n").length;
  } catch {
    // It, or one of its threads, has just ended
    return 0;
  }
}

describe("the single executable, without a Node.js anywhere", () => {
  it("tells its version", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(run("--version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("scans, byte for byte as the package does", () => {
    const { status, stdout, stderr } = run("scan", "--json", recordings);
    expect([status, stderr]).toEqual([0, ""]);
    const packaged = execFileSync(process.execPath, [bin, "scan", "--json", recordings], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stdout).toBe(packaged);
  });

  it("searches a large log with a second thread, and finds what the package finds", async () => {
    const large = join(folder, "large.log");
    writeFileSync(large, makeLogBlock(40 * 1024 * 1024, 10_001));
    const child = spawn(program, ["scan", "--json", large], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    let isOver = false;
    child.once("exit", () => {
      isOver = true;
    });
    const report = text(child.stdout);
    let threads = process.platform === "linux" ? 0 : Number.NaN;
    while (!isOver && threads === 0) {
      threads = workersOf(child.pid ?? 0);
      await nextTurn();
    }
    if (Number.isNaN(threads)) process.stderr.write("SKIPPED: the threads of the executable, which only Linux tells\n");
    else expect(threads).toBe(1);
    expect(await report).toBe(execFileSync(process.execPath, [bin, "scan", "--json", large], { encoding: "utf8" }));
  });

  it("keeps a history and answers from it, and understands texts, filters and other scripts", () => {
    expect(run("scan", "--history", "h.db", recordings).status).toBe(0);
    expect(run("history", "h.db", "--where", "text=/timeout|取消/").stdout).toContain("chat started it");
    expect(run("explain", "rpc error: code = 1 desc = 取消 context canceled").status).toBe(0);
  });

  it("runs the demo: five processes that are the executable itself", () => {
    const { status, stdout, stderr } = run("demo");
    expect([status, stderr]).toEqual([0, expect.stringContaining("five processes are running")]);
    expect(stdout).toContain("tokens:");
    expect(stdout).toContain("HTTP client of gateway");
  });

  it("has the recordings inside, and leaves nothing of them behind", () => {
    const { status, stdout } = run("demo", "--recorded");
    expect(status).toBe(0);
    expect(stdout).toContain("gateway started it");
    expect(readdirSync(folder).filter((name) => name.startsWith("streamscope-"))).toEqual([]);
    expect(existsSync(`${program}.d`)).toBe(false);
  });

  it("prints its licences, those of Node.js and of the packages", () => {
    const { stdout } = run("licences");
    expect(stdout).toContain("Apache License");
    expect(stdout).toContain("# Third-party notices");
    expect(stdout).toContain("Node.js is licensed for use as follows");
  });

  it("draws its screens", async () => {
    if (spawnSync("script", ["--version"]).status !== 0) {
      process.stderr.write("SKIPPED: the screens of the executable, because `script` (bsdutils) is not here\n");
      return;
    }
    const line = `stty cols 80 rows 24; exec '${program}' tui '${recordings}'`;
    const env = { ...process.env, TERM: "xterm-256color" };
    const child = spawn("script", ["-qefc", line, "/dev/null"], {
      cwd: folder,
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    let seen = "";
    let left = false;
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      seen += chunk;
      if (!left && seen.includes("gateway")) left = child.stdin.write("q");
    });
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect(seen).toContain("gateway");
  });

  it("starts within 40 ms of a bare Node.js", () => {
    const bare = bestMs(process.execPath, ["-e", "0"]);
    expect(bestMs(program, ["--version"]) - bare).toBeLessThan(40);
  });
});
