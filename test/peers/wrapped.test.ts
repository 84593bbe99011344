/**
 * Recorded chains in what log stores, shippers and terminals make of lines, seventy-odd forms: each is judged as the bare lines are. The
 * wrappers and the scorer are those beside the repository; the diagnosis runs in this process, because a process a log takes a quarter of an
 * hour.
 */
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { Reading } from "../../src/pipeline/index.ts";
import { reportObject, stringify } from "../../src/report/json.ts";
import { fileScope } from "../support/file-scope.ts";

const shared = fileURLToPath(new URL("../../../shared", import.meta.url));
const wrap = join(shared, "tools/wrap/wrap.py");
const fixtures = join(shared, "fixtures/kitex");
const isThere = existsSync(wrap);

const root = mkdtempSync(join(tmpdir(), "streamscope-wrapped-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = promisify(execFile);

/** Prints the diagnosis that lies beside the first file. */
const answer = join(root, "answer");
writeFileSync(answer, '#!/bin/sh\ncat "$1.answer"\n');
chmodSync(answer, 0o755);

async function diagnose(inputs: readonly string[]): Promise<void> {
  const [first] = inputs;
  if (first === undefined) return;
  const reading = new Reading(fileScope(inputs));
  await reading.run();
  writeFileSync(`${first}.answer`, stringify(reportObject(reading.findings())));
}

function inFolder(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

interface Scores {
  readonly json: number;
  readonly klog: number;
  readonly wrong: number;
}

async function scoresOf(wrapper: string): Promise<Scores> {
  const folder = join(root, wrapper);
  await run("python3", [wrap, fixtures, folder, wrapper]);
  for (const file of inFolder(join(folder, "json"))) await diagnose([file]);
  for (const logs of inFolder(join(folder, "klog"))) await diagnose(inFolder(logs));
  const { stdout } = await run("python3", [join(shared, "tools/score.py"), folder, answer, "--only", "json,klog"]);
  rmSync(folder, { recursive: true });
  const [, json, klog, wrong] = /^scores json=(\S+) klog=(\S+) wrong=(\d+)/m.exec(stdout) ?? [];
  return { json: Number(json), klog: Number(klog), wrong: Number(wrong) };
}

/** In these no line says whose it is, and neither does a file's name. */
const NAMELESS: ReadonlySet<string> = new Set(["no-names-merged"]);

const wrappers = isThere ? execFileSync("python3", [wrap, "--list"], { encoding: "utf8" }).trim().split(/\s+/) : [];

describe.skipIf(!isThere)("recorded chains are judged as their bare lines are", () => {
  it.each(wrappers)("as %s", async (wrapper) => {
    const { json, klog, wrong } = await scoresOf(wrapper);
    expect(wrong).toBe(0);
    expect(json).toBeGreaterThanOrEqual(0.98);
    if (!NAMELESS.has(wrapper)) expect(klog).toBeGreaterThanOrEqual(0.97);
  });
});
