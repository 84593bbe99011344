import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { makeLogBlock } from "../../bench/scan.ts";

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;

/** Reads standard input as a scan does, in a process of its own, and prints what it read and the most memory it ever held. */
const CHILD = `
import { keepHeapSmall } from ${JSON.stringify(resolve(import.meta.dirname, "../../src/cli/terminal/memory.ts"))};
import { readSources } from ${JSON.stringify(resolve(import.meta.dirname, "../../src/sources/index.ts"))};
import { prefilter } from ${JSON.stringify(resolve(import.meta.dirname, "../../src/dialects/index.ts"))};
keepHeapSmall();
const reading = readSources(["-"], { prefilter, timezone: "UTC" });
let records = 0;
for await (const batch of reading) records += batch.length;
const { summary } = reading;
console.log(JSON.stringify({ records, lines: summary.records, bytes: summary.bytes, diagnostics: summary.diagnosticCount, rss: process.resourceUsage().maxRSS * 1024 }));
`;

interface Outcome {
  readonly records: number;
  readonly lines: number;
  readonly bytes: number;
  readonly diagnostics: number;
  readonly rss: number;
}

async function readRepeated(block: Buffer, bytes: number): Promise<Outcome> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = once(child, "close");
  for (let written = 0; written < bytes; written += block.length) {
    if (!child.stdin.write(block)) await once(child.stdin, "drain");
  }
  child.stdin.end();
  await ended;
  return JSON.parse(output) as Outcome;
}

describe("memory", () => {
  it("stays below 240 MiB while 5 GiB of log come through a pipe", async () => {
    const block = Buffer.from(makeLogBlock(8 * MEBIBYTE));
    const outcome = await readRepeated(block, 5 * GIBIBYTE);
    expect(outcome.bytes).toBeGreaterThanOrEqual(5 * GIBIBYTE);
    expect(outcome.records / outcome.lines).toBeCloseTo(0.01, 2);
    expect(outcome.diagnostics).toBe(0);
    expect(outcome.rss / MEBIBYTE).toBeLessThan(240);
  });

  it("stays below 240 MiB where every line is a hit", async () => {
    const hits = makeLogBlock(64 * MEBIBYTE)
      .split("\n")
      .filter((line) => line.includes("ttstream"));
    const outcome = await readRepeated(Buffer.from(`${hits.join("\n")}\n`), GIBIBYTE / 4);
    expect(outcome.records).toBe(outcome.lines);
    expect(outcome.rss / MEBIBYTE).toBeLessThan(240);
  });

  it("of a whole scan stays below 300 MiB where every line is about a cancel", () => {
    const folder = mkdtempSync(join(tmpdir(), "streamscope-soak-"));
    const log = join(folder, "every-line.log");
    const block = Buffer.from(makeLogBlock(8 * MEBIBYTE, 1));
    const file = openSync(log, "w");
    for (let written = 0; written < GIBIBYTE / 4; written += block.length) writeSync(file, block);
    closeSync(file);
    const tell =
      "data:text/javascript,process.on('exit',()=>process.stderr.write('rss '+process.resourceUsage().maxRSS))";
    const program = resolve(import.meta.dirname, "../../bin/streamscope.cjs");
    const output = join(folder, "output");
    const stderr = openSync(output, "w+");
    execFileSync(process.execPath, ["--import", tell, program, "scan", "--json", log], {
      stdio: ["ignore", "ignore", stderr],
    });
    closeSync(stderr);
    const rss = /rss (\d+)$/.exec(readFileSync(output, "utf8"))?.[1];
    rmSync(folder, { recursive: true });
    expect(Number(rss) / 1024).toBeLessThan(300);
  });
});
