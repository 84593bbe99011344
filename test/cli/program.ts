import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of the checkout. */
export const root: string = resolve(import.meta.dirname, "../..");
/** The program as it is installed. */
export const bin: string = join(root, "bin/streamscope.cjs");
/** The recordings of the demo. */
export const recordings: string = join(root, "examples/recordings");

/** How a run of the program ended. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program as a child process, without a terminal. */
export async function runProgram(
  args: readonly string[],
  options: { input?: string; env?: Record<string, string | undefined>; cwd?: string } = {},
): Promise<Run> {
  if (!existsSync(join(root, "dist/cli/main.js"))) throw new Error("the program is not built: npm run build");
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd ?? root,
    env: { ...rest, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  // A child that does not read its input closes the pipe.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  });
  return { code, stdout, stderr };
}

/** Runs a line in a shell in which `streamscope` is the built program. */
export async function runShell(line: string): Promise<Run> {
  const script = `streamscope() { "${process.execPath}" "${bin}" "$@"; }\n${line}`;
  const child = spawn("bash", ["-c", script], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, stdout, stderr };
}
