import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HistoryWriter } from "../../src/history/index.ts";
import { recordings, runProgram } from "./program.ts";

let folder = "";
let file = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "history-cli-"));
  file = join(folder, "cancels.db");
  const { code, stderr } = await runProgram(["scan", "--history", file, recordings]);
  expect([code, stderr]).toEqual([0, ""]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const ask = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runProgram(["history", file, ...words]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

/** What of the answers is looked at. */
interface Answered {
  readonly parts: readonly { readonly name: string }[];
  readonly origins: readonly { readonly counts: readonly number[] }[];
  readonly history: { readonly cascades: number; readonly cancels: number };
  readonly cascades: readonly { readonly firstAt: string; readonly origin: { readonly kind: string } }[];
  readonly changes: readonly { readonly change: string; readonly kind: string }[];
}

const askJson = async (...words: string[]): Promise<Answered> => JSON.parse(await ask(...words, "--json"));

describe("scan --history and history", () => {
  it("count who started how many, by day and by week", async () => {
    const { parts, origins, history } = await askJson(
      "--since",
      "2026-11-22",
      "--until",
      "2026-11-24",
      "--timezone",
      "UTC",
    );
    expect(parts).toMatchObject([{ name: "2026-11-22" }, { name: "2026-11-23" }, { name: "2026-11-24" }]);
    expect(history).toMatchObject({ cascades: 3, cancels: 3 });
    expect(origins).toHaveLength(3);
    for (const { counts } of origins as readonly { counts: number[] }[]) expect(counts).toEqual([0, 1, 0]);
    const text = await ask("--by", "week", "--since", "2026-11-10", "--until", "2026-11-24", "--timezone", "UTC");
    expect(text).toContain("gateway");
    expect(text).toMatch(/11-09 +11-16 +11-23/);
  });

  it("keep nothing twice when the same logs are scanned again", async () => {
    await runProgram(["scan", "--history", file, recordings]);
    expect((await askJson()).history).toMatchObject({ cascades: 3, cancels: 3 });
  });

  it("give a cascade by its id as scan reports it", async () => {
    const scanned = JSON.parse((await runProgram(["scan", "--json", recordings])).stdout);
    const [first] = scanned.cascades;
    expect((await askJson("--id", first.id)).cascades).toEqual([first]);
    expect(await ask("--id", first.id.slice(0, 6))).toContain("STARTED IT");
  });

  it("find old cascades by words and by conditions", async () => {
    const byWord = await askJson("stream", "timeout");
    expect(byWord.cascades).toMatchObject([{ origin: { kind: "deadline" } }]);
    const byCondition = await askJson("--where", "kind=deadline");
    expect(byCondition.cascades).toEqual(byWord.cascades);
    expect(await ask("zebra")).toContain("No cascade");
  });

  it("say what is new since a moment, beside the time before", async () => {
    const at = (await askJson("--where", "kind=deadline")).cascades;
    const since = at[0]?.firstAt.slice(0, 23).concat("Z") ?? "";
    const { changes } = await askJson("--since", since, "--until", "2026-11-24", "--compare", "7d");
    const kinds = changes.map(({ change, kind }) => `${change} ${kind}`);
    expect(kinds).toContain("new deadline");
    expect(await ask("--since", since, "--until", "2026-11-24", "--compare", "7d")).toMatch(/^NEW +.*timed out/m);
  });

  it("tell a second writer, which fails before it reads anything", async () => {
    const writer = await HistoryWriter.open(file);
    const { code, stdout, stderr } = await runProgram(["scan", "--history", file, recordings]);
    writer.close();
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(`process ${process.pid} on`);
  });

  it("keep no secret that the report would not show", async () => {
    const log = join(folder, "secret.log");
    writeFileSync(
      log,
      '{"service":"gateway","msg":"[ttstream error, code=12007] [client-side stream] canceled token=hunter2hunter2"}\n',
    );
    const own = join(folder, "own.db");
    await runProgram(["scan", "--history", own, log]);
    const { stdout } = await runProgram(["history", own, "--where", "kind=cancel", "--json"]);
    expect(JSON.parse(stdout).cascades).toHaveLength(1);
    expect((await runProgram(["history", own, "hunter2hunter2"])).stdout).toContain("No cascade");
    expect((await runProgram(["history", own, "redacted"])).stdout).not.toContain("No cascade");
  });

  it("say how to write what is wrong", async () => {
    const none = join(folder, "none.db");
    for (const [words, code, sentence] of [
      [["history", none], 3, /nothing has been kept there yet/],
      [["history", bad()], 3, /is no history of streamscope/],
      [["history", file, "--compare", "7d"], 2, /--compare needs --since/],
      [["history", file, "--since", "1h", "--until", "2h"], 2, /nothing lies between them/],
      [["history", file, "!!"], 2, /holds no word/],
      [["history", file, "--id", "zzzz"], 2, /holds no cascade/],
      [["scan", "--history-keep", "7d", recordings], 2, /--history-keep needs --history/],
      [["scan", "--history", bad(), recordings], 3, /is left as it is/],
    ] as const) {
      const run = await runProgram(words);
      expect([words[1], run.code]).toEqual([words[1], code]);
      expect(run.stderr).toMatch(sentence);
      expect(run.stdout).toBe("");
    }
    expect(existsSync(none)).toBe(false);
  });

  function bad(): string {
    const path = join(folder, "bad.log");
    writeFileSync(path, "2026-11-23 nothing\n");
    return path;
  }
});
