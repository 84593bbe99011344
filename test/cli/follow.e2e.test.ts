import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { bin, recordings, root, runProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "streamscope-follow-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let child: ChildProcessByStdio<Writable, Readable, Readable> | null = null;
afterEach(() => child?.kill("SIGKILL"));

const recording = (name: string): string => readFileSync(join(recordings, `${name}.jsonl`), "utf8");

interface Line {
  readonly type: string;
  readonly id?: string;
  readonly revision?: number;
  readonly evidenceCount?: number;
  readonly origin?: { readonly service: string };
  readonly input?: { readonly records: number; readonly evidence: number };
}

interface Scan {
  /** Resolves when a line of its output meets the condition. */
  readonly line: (holds: (line: Line) => boolean) => Promise<Line>;
  readonly write: (text: string) => void;
  readonly end: (signal: NodeJS.Signals) => Promise<{ code: number | null; lines: Line[]; stderr: string }>;
  readonly ended: Promise<unknown>;
}

function scan(...args: readonly string[]): Scan {
  const own = spawn(process.execPath, [bin, "scan", "--follow", "--format", "jsonl", ...args], {
    cwd: root,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child = own;
  own.stdin.on("error", () => undefined);
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  own.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    for (const check of waiting) check();
  });
  own.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const lines = (): Line[] =>
    stdout
      .split("\n")
      .slice(0, -1)
      .map((text) => JSON.parse(text) as Line);
  const ended = once(own, "close") as Promise<[number | null]>;
  return {
    line: (holds) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = lines().find(holds);
          if (found !== undefined) resolve(found);
        };
        waiting.add(check);
        check();
      }),
    write: (text) => void own.stdin.write(text),
    async end(signal) {
      own.kill(signal);
      const [code] = await ended;
      return { code, lines: lines(), stderr };
    },
    ended,
  };
}

describe("scan --follow", () => {
  it("prints each cascade when it has settled, again when it has changed, and the summary at Ctrl-C", async () => {
    const log = join(folder, "all.jsonl");
    const all = recording("1-cancel").split(/(?<=\n)/);
    writeFileSync(log, all.slice(0, 8).join(""));
    const { line, end } = scan("--settle", "20ms", log);
    const first = await line(({ type }) => type === "cascade");
    expect(first).toMatchObject({ revision: 1, origin: { service: "gateway" } });
    appendFileSync(log, all.slice(8).join(""));
    const again = await line(({ revision = 0 }) => revision > 1);
    expect(again).toMatchObject({ id: first.id, revision: 2 });
    expect(again.evidenceCount).toBeGreaterThan(first.evidenceCount ?? 0);
    renameSync(log, `${log}.1`);
    writeFileSync(log, recording("2-timeout"));
    await line(({ origin }) => origin?.service === "chat");
    const { code, lines, stderr } = await end("SIGINT");
    expect(code).toBe(0);
    const records = all.length + recording("2-timeout").split("\n").length - 1;
    expect(lines.at(-1)).toMatchObject({ type: "summary", input: { records } });
    expect(stderr).toContain("following ");
  });

  it("reads a pipe that never ends, and says at SIGTERM by its exit code that a condition holds", async () => {
    const { line, write, end } = scan("--settle", "10ms", "--fail-on", "any", "-");
    write(recording("1-cancel"));
    await line(({ type }) => type === "cascade");
    const { code, lines } = await end("SIGTERM");
    expect(code).toBe(1);
    expect(lines.map(({ type }) => type)).toEqual(["cascade", "summary"]);
  });

  it("prints what has not settled at its end", async () => {
    const { code, stdout } = await runProgram(["scan", "--follow", "--format", "jsonl", "-"], {
      input: recording("1-cancel"),
    });
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(2);
  });

  it("ends by itself after --for", async () => {
    const { code, stdout } = await runProgram(["scan", "--follow", "--for", "300ms", "--json", recordings]);
    expect(code).toBe(0);
    // How much is read in that time is the machine's matter
    expect(JSON.parse(stdout)).toMatchObject({ cascades: expect.any(Array) });
  });

  it.each([
    [["--settle", "1s"], "--settle needs --follow"],
    [["--for", "1s"], "--for needs --follow or --listen"],
    [["--follow", "--settle", "soon"], "write a duration such as 30s"],
    [["--namespace", "prod"], "--namespace needs --kubectl"],
    [["--max-log-requests", "3"], "--max-log-requests needs --kubectl"],
    [["--kubectl", "-f"], "write a selector of labels"],
    [["--kubectl", "app=chat", "--max-log-requests", "0"], "write a whole number"],
    [["--kubectl", "app=chat", "--namespace", "x", "--all-namespaces"], "leave one of them out"],
  ])("says what is wrong with %j", async (args, sentence) => {
    const { code, stderr } = await runProgram(["scan", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

describe("scan --kubectl", () => {
  it("says that there is no kubectl, and that nothing was read", async () => {
    const { code, stderr } = await runProgram(["scan", "--kubectl", "app=chat"], { env: { PATH: "" } });
    expect(code).toBe(3);
    expect(stderr).toContain("there is no kubectl on the PATH");
  });

  it("shows what kubectl complains about while it goes on", async () => {
    const bare = mkdtempSync(join(folder, "k"));
    const pods = {
      items: [{ metadata: { name: "chat-1", namespace: "x" }, status: { containerStatuses: [{ containerID: "c" }] } }],
    };
    writeFileSync(
      join(bare, "kubectl"),
      `#!/bin/sh
if [ "$1" = get ]; then echo '${JSON.stringify(pods)}'; exit; fi
echo 'Unable to connect to the server' >&2
sed 's/^/[pod\\/chat-1\\/app] 2026-11-23T06:57:00Z /' '${join(recordings, "1-cancel.jsonl")}'
exec sleep 60
`,
      { mode: 0o755 },
    );
    const { code, stdout, stderr } = await runProgram(["scan", "--kubectl", "app=chat", "--for", "1500ms", "--json"], {
      env: { PATH: `${bare}:${process.env["PATH"]}` },
    });
    expect(stderr).toContain("kubectl logs: Unable to connect to the server");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { cascades: { origin: { service: string } }[] };
    expect(report.cascades.map(({ origin }) => origin.service)).toEqual(["gateway"]);
  });
});
