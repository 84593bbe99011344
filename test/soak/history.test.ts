import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HistoryReader } from "../../src/history/index.ts";

const KILLS = 100;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "history-kill-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes until it is killed in the middle; returns the ids that it said were kept. */
async function writeAndKill(path: string, run: number): Promise<readonly string[]> {
  const writer = join(import.meta.dirname, "history-writer.ts");
  const child = spawn(process.execPath, [writer, path, String(run)], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  let lots = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
    lots += chunk.split("\n").length - 1;
    // After another number of lots each time, so that it is busy with something else each time
    if (lots > 3 + ((run * 37) % 60)) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  // A line that was cut says nothing for sure
  return said
    .slice(0, said.lastIndexOf("\n"))
    .split(/\s+/)
    .filter((id) => id !== "");
}

describe("a history whose writer is killed", () => {
  it(`${KILLS} times in the middle loses nothing that was kept, opens, and is whole`, async () => {
    const path = join(folder, "cancels.db");
    const kept = new Set<string>();
    for (let run = 0; run < KILLS; run += 1) {
      for (const id of await writeAndKill(path, run)) kept.add(id);
      const reader = await HistoryReader.open(path);
      const { cascades } = reader.summary();
      reader.close();
      expect(cascades).toBeGreaterThanOrEqual(kept.size);
    }
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    db.exec("INSERT INTO words (words) VALUES ('integrity-check')");
    const there = new Set(
      db
        .prepare("SELECT id FROM cascade")
        .all()
        .map(({ id }) => id),
    );
    expect([...kept].filter((id) => !there.has(id))).toEqual([]);
    db.close();
    const reader = await HistoryReader.open(path);
    expect([...kept].filter((id) => reader.cascade(id)?.id !== id)).toEqual([]);
    reader.close();
    expect(kept.size).toBeGreaterThan(KILLS * 10);
  });
});
