import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { bin, recordings, root } from "./program.ts";

let child: ChildProcessByStdio<Writable, Readable, Readable> | null = null;
afterEach(() => child?.kill("SIGKILL"));

/** More than a pipe holds: once it is gone, the program has begun to read, and what stood before it has been read. */
const FILLER = "an ordinary line\n".repeat(20_000);
const recording = readFileSync(join(recordings, "1-cancel.jsonl"), "utf8");

/** Gives the program a recording by a pipe that its writer never ends, sends the signal, and returns what it says. */
async function interrupted(signal: NodeJS.Signals, ...args: readonly string[]) {
  const own = spawn(process.execPath, [bin, "scan", ...args, "-"], { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  child = own;
  own.stdin.on("error", () => undefined);
  let stdout = "";
  let stderr = "";
  own.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  own.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  await new Promise((done) => own.stdin.write(recording + FILLER, done));
  own.kill(signal);
  const [code] = (await once(own, "close")) as [number | null];
  return { code, stdout, stderr };
}

describe("a scan that is interrupted", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("by %s reports what it knows and exits with %i", async (signal, expected) => {
    const { code, stdout, stderr } = await interrupted(signal, "--json");
    expect(code).toBe(expected);
    const report = JSON.parse(stdout) as { cascades: { origin: { service: string } }[] };
    expect(report.cascades.map(({ origin }) => origin.service)).toEqual(["gateway"]);
    expect(stderr).toContain("interrupted");
  });

  it("says which condition holds, and still that it was cut short", async () => {
    const { code, stderr } = await interrupted("SIGINT", "--fail-on", "any");
    expect(code).toBe(130);
    expect(stderr).toContain("--fail-on any holds: 1");
  });
});
