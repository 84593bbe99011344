import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { HistoryWriter } from "../../src/history/index.ts";
import { bin, recordings } from "../cli/program.ts";
import { hasTmux, openTmux } from "./tmux.ts";

it.skipIf(!hasTmux)(
  "the built program runs in a real terminal, from the origins to the evidence and out again",
  async () => {
    const terminal = openTmux(80, 24);
    try {
      await terminal.until("shell>");
      terminal.type(`'${process.execPath}' '${bin}' tui '${recordings}'\n`);
      await terminal.until(/^ DONE .*\n(?:.*\n){2}> gateway +cancelled +its own code +proven /);
      terminal.press("Enter");
      await terminal.until("gateway cancelled: its own code cancelled the call");
      terminal.press("j", "w");
      await terminal.until(/chat: stopped, .*looks like the origin and is not/);
      terminal.press("q", "q", "q");
      const screen = await terminal.until(/shell> *\n/);
      expect(screen).not.toContain("STARTED IT");
      await terminal.untilFormat("#{alternate_on}", "0");
    } finally {
      terminal.close();
    }
  },
);

it.skipIf(!hasTmux).each([
  ["q", "-", "<"],
  ["C-c", "-", "<"],
  ["q", "", ""],
])("%s ends the program while a pipe is quiet (tui %s %s pipe)", async (key, input, from) => {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-quiet-"));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const terminal = openTmux(80, 24);
  try {
    await terminal.until("shell>");
    terminal.type(`(cat '${recordings}'/*; exec sleep 60) > '${pipe}' &\n`);
    terminal.type(`clear; '${process.execPath}' '${bin}' tui ${input} ${from} '${pipe}'; echo left after $?\n`);
    await terminal.until(/> gateway/);
    const pressedAt = performance.now();
    terminal.press(key);
    await terminal.until("left after 0");
    expect(performance.now() - pressedAt).toBeLessThan(LEAVING_MS);
  } finally {
    terminal.type("kill %1\n");
    terminal.close();
    rmSync(folder, { recursive: true });
  }
});

/** What a person notices is 300 ms; the rest is for a machine that has other things to do. */
const LEAVING_MS = 2_000;

it.skipIf(!hasTmux)("a history alone is walked from its starters to an old cancel and back", async () => {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-past-"));
  const file = join(folder, "cancels.db");
  execFileSync(process.execPath, [bin, "scan", "--history", file, recordings]);
  const terminal = openTmux(80, 24);
  try {
    await terminal.until("shell>");
    const program = `'${process.execPath}' '${bin}'`;
    terminal.type(`cd '${folder}'; ${program} tui --history none.db; echo left after $?\n`);
    const said = await terminal.until(/left after 3/);
    expect(said.replace(/\n/g, "")).toMatch(
      /nothing has been kept there yet; .*tui --listen --history none\.db *listens/,
    );
    expect(existsSync(join(folder, "none.db"))).toBe(false);
    terminal.type(`clear; ${program} tui --history cancels.db; echo left after $?\n`);
    await terminal.until(/^ HISTORY {2}cancels\.db .*3 cancels .*\n(?:.*\n){2}> gateway +cancelled /);
    terminal.press("b");
    await terminal.until(/gateway → before[\s\S]*page 1: 1 cancel, 2026-11-23\n[\s\S]*> 2026-11-23 06:57:00/);
    terminal.press("Enter");
    await terminal.until(/from the history cancels\.db[\s\S]*> gateway +STARTED IT/);
    terminal.press("Escape");
    await terminal.until("page 1: 1 cancel");
    terminal.press("Escape", "q");
    await terminal.until("left after 0");
  } finally {
    terminal.close();
    rmSync(folder, { recursive: true });
  }
});

it.skipIf(!hasTmux)("a history that another process writes is read, and nothing is kept in it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-past-"));
  const file = join(folder, "cancels.db");
  execFileSync(process.execPath, [bin, "scan", "--history", file, join(recordings, "1-cancel.jsonl")]);
  const writer = await HistoryWriter.open(file);
  const terminal = openTmux(120, 30);
  try {
    await terminal.until("shell>");
    terminal.type(
      `clear; cd '${folder}'; '${process.execPath}' '${bin}' tui --history cancels.db '${recordings}'; echo left after $?\n`,
    );
    await terminal.until(new RegExp(`keeps nothing: process ${process.pid} on \\S+`));
    await terminal.until(/> gateway +cancelled/);
    terminal.press("b");
    await terminal.until("page 1: 1 cancel");
    terminal.press("Escape", "q");
    await terminal.until(/--history keeps nothing: process[\s\S]*left after 0/);
    expect(execFileSync(process.execPath, [bin, "history", file, "--json"], { encoding: "utf8" })).toContain(
      '"cascades": 1',
    );
  } finally {
    writer.close();
    terminal.close();
    rmSync(folder, { recursive: true });
  }
});
