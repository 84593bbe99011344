import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { bin, root, runProgram } from "./program.ts";

let child: ChildProcess | null = null;

afterEach(() => child?.kill("SIGKILL"));

/** The process ids a report names. */
function pidsIn(report: string): readonly number[] {
  const line = /^Processes, all of them ended now: (.*)$/m.exec(report)?.[1] ?? "";
  return [...line.matchAll(/\w+ (\d+)/g)].map((match) => Number(match[1]));
}

/** True while a process runs; one that has ended and that nobody has asked about does not. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

/** The processes whose parent this is. */
function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

/** Starts the demo and waits until its services run. */
async function startDemo(): Promise<ChildProcess> {
  const own = spawn(process.execPath, [bin, "demo"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  child = own;
  let said = "";
  await new Promise<void>((done, fail) => {
    own.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      if (said.includes("five processes are running")) done();
    });
    own.on("close", () => fail(new Error(`it ended: ${said}`)));
  });
  return own;
}

describe("demo", () => {
  it("names the origin of every cancel of five live processes, counts the tokens, and leaves no process behind", async () => {
    const { code, stdout, stderr } = await runProgram(["demo"]);
    expect(code).toBe(0);
    expect(stderr).toContain("five processes are running");
    expect(stdout).toMatch(
      /Started by the HTTP client of gateway, first seen at gateway: a connection was lost \(code 12013\), because the user left[\s\S]*intent: user-left/,
    );
    expect(stdout).toMatch(
      /gateway started it: its own code cancelled the call \(code 12008\)[\s\S]*intent: user-stop/,
    );
    expect(stdout).toMatch(/chat started it: its [\d.]+ m?s for agent ran out \(code 12015\)/);
    expect(stdout).toContain("agent started it: its handler returned while its streams were still open (code 12012)");
    expect(stdout).toContain("agent started it: it died or lost its connection");
    expect(stdout).toMatch(/model DID NOT STOP: still at work \d\.\d+ s later/);
    expect(stdout).toMatch(/why not agent\n/);
    const [, generated, delivered, saved] =
      /^tokens: ([\d,]+) generated, ([\d,]+) delivered, ([\d,]+) saved/m
        .exec(stdout)
        ?.map((each) => Number(each.replaceAll(",", ""))) ?? [];
    expect(generated).toBeGreaterThan(delivered ?? Number.NaN);
    expect(delivered).toBeGreaterThan(100);
    expect(saved).toBeGreaterThan(100);
    const pids = pidsIn(stdout);
    expect(pids).toHaveLength(6);
    expect(pids.filter(runs)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("takes its services along when it is killed", async () => {
    const demo = await startDemo();
    const services = childrenOf(demo.pid as number);
    expect(services).toHaveLength(5);
    demo.kill("SIGKILL");
    await once(demo, "close");
    while (services.some(runs)) await new Promise((resolve) => setImmediate(resolve));
  });

  it("reports what it knows when it is interrupted", async () => {
    const demo = await startDemo();
    let report = "";
    demo.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      report += chunk;
    });
    demo.kill("SIGINT");
    const [code] = (await once(demo, "close")) as [number];
    expect(code).toBe(0);
    expect(report).toMatch(/^tokens: /m);
    expect(pidsIn(report).filter(runs)).toEqual([]);
  });

  it("sends the spans to another receiver too", async () => {
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => {
        bodies.push(`${request.url} ${body}`);
        response.end("{}");
      });
    }).listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as AddressInfo;
    const { code } = await runProgram(["demo", "--export", `http://127.0.0.1:${port}`]);
    collector.close();
    expect(code).toBe(0);
    expect(bodies.every((body) => body.startsWith("/v1/traces {"))).toBe(true);
    const all = bodies.join("");
    for (const name of ["gateway", "chat", "agent", "model", "backend"])
      expect(all).toContain(`{"stringValue":"${name}"}`);
  });

  it("diagnoses a recorded chain with --recorded", async () => {
    const { code, stdout } = await runProgram(["demo", "--recorded"]);
    expect(code).toBe(0);
    expect(stdout).toContain("A recorded chain of real Kitex services");
    expect(stdout).toContain("false-origin: chat looked like the origin");
  });

  it("says how to write --export", async () => {
    const { code, stderr } = await runProgram(["demo", "--export", "jaeger"]);
    expect(code).toBe(2);
    expect(stderr).toContain("write the address of an OTLP/HTTP receiver");
  });
});
