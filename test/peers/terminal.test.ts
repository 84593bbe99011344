import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindingsIn, type View } from "../../src/tui/keys.ts";
import { bin, recordings } from "../cli/program.ts";
import { hasTmux, openTmux, type Tmux } from "../tui/tmux.ts";

/** The keys that lead from the first screen to each view. */
const OPENERS: Readonly<Record<View, readonly string[]>> = {
  origins: [],
  cascades: ["!", "Enter"],
  history: ["b"],
  cascade: ["Enter"],
  why: ["w"],
  time: ["t"],
  lines: ["L"],
  compare: ["C", "j", "C"],
  warnings: ["!"],
  sources: ["v"],
  unmatched: ["u"],
};
/** What leaves the program, or hands the terminal to another one: each has a test of its own. */
const ENDS: ReadonlySet<string> = new Set(["quit", "leave", "suspend", "edit"]);

/** A key of the table by its name in tmux. */
function tmuxKey(key: string): string {
  const named: Readonly<Record<string, string>> = {
    up: "Up",
    down: "Down",
    left: "Left",
    right: "Right",
    pageup: "PPage",
    pagedown: "NPage",
    home: "Home",
    end: "End",
    enter: "Enter",
    esc: "Escape",
    backspace: "BSpace",
    space: "Space",
    f1: "F1",
  };
  return named[key] ?? key.replace(/^ctrl-/, "C-");
}

const streamscope = `'${process.execPath}' '${bin}'`;

describe.skipIf(!hasTmux)("in a real terminal", () => {
  let terminal: Tmux;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "streamscope-terminal-"));
    terminal = openTmux(80, 24);
    await terminal.until("shell>");
    // What the screen showed before must be there again afterwards.
    terminal.type("echo 'here before'\n");
    await terminal.until(/^here before/m);
  });
  afterEach(() => {
    terminal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The person is back in the shell, and the terminal is as it was: own picture, cursor, echo, line mode, no paste brackets. */
  async function restored(): Promise<void> {
    await terminal.untilFormat("#{alternate_on}", "0");
    await terminal.until("here before");
    // The shell reads again; keys typed earlier belong to the program.
    await terminal.until(/\nshell> *\n*$/);
    expect(terminal.format("#{cursor_flag}")).toBe("1");
    terminal.type("stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(icanon|echo|isig)' | sort | paste -sd,\n");
    await terminal.until(/^echo,icanon,isig$/m);
  }

  it("shows origins, tree, why, help and filter, and leaves with q", async () => {
    terminal.type(`${streamscope} tui '${recordings}'; echo "ended $?"\n`);
    await terminal.until(/> gateway/);
    expect(terminal.format("#{alternate_on}")).toBe("1");
    terminal.press("Down", "Down", "Up", "Enter");
    await terminal.until(/> chat +STARTED IT/);
    terminal.press("Escape");
    await terminal.until(/> chat +timed out/);
    terminal.press("g", "l", "j", "w");
    await terminal.until(/chat: stopped, .*looks like the origin and is not/);
    terminal.press("G");
    await terminal.until(/(\d+)-(\d+)\/\2\s*$/);
    terminal.press("?");
    await terminal.until("type to search");
    terminal.type("filter");
    await terminal.until("keys, type to search: filter");
    terminal.press("Escape");
    await terminal.until(/^(?!.*type to search)/s);
    terminal.press("Escape");
    await terminal.until(/> (?:└─ )?chat +stopped/);
    terminal.press("Escape");
    await terminal.until(/> gateway +cancelled/);
    terminal.type("/kind=deadline");
    await terminal.until("filter: kind=deadline");
    terminal.press("Enter");
    const filtered = await terminal.until("[kind=deadline x]");
    expect(filtered).not.toContain("gateway");
    terminal.press("H", "q");
    await terminal.until("ended 0");
    await restored();
  });

  it.each(Object.entries(OPENERS))("takes every key that works in %s, and goes on", async (view, opener) => {
    terminal.type(`cd '${folder}'; ${streamscope} tui --history cancels.db '${recordings}'\n`);
    await terminal.until("> gateway");
    for (const { keys, action } of bindingsIn(view as View)) {
      if (ENDS.has(action)) continue;
      for (const key of keys.filter((each) => !each.startsWith("wheel"))) {
        terminal.press("H", "g", ...opener, tmuxKey(key));
        // Out of whatever that has opened
        terminal.press("Escape");
        terminal.press("Escape");
      }
    }
    terminal.press("H", "x", "g");
    await terminal.until(/^> gateway +cancelled/m);
    terminal.press("q");
    await restored();
  });

  it("plays the time of a cancel to its end", async () => {
    terminal.type(`${streamscope} tui '${recordings}'\n`);
    await terminal.until("> gateway");
    terminal.press("t");
    await terminal.until(/step 1 of \d+/);
    terminal.press("p");
    await terminal.until(/played [\d,]+ times slower/);
    await terminal.until(/step (\d+) of \1 (?![\s\S]*times slower)/);
    terminal.press("q", "q");
    await restored();
  });

  it("marks what is written to a log that is followed, for a while", async () => {
    const log = join(folder, "all.jsonl");
    copyFileSync(join(recordings, "1-cancel.jsonl"), log);
    terminal.type(`${streamscope} tui '${log}'\n`);
    await terminal.until(/^ DONE \(following\)/);
    await terminal.until(/^> gateway/m);
    appendFileSync(log, readFileSync(join(recordings, "2-timeout.jsonl")));
    await terminal.until(/^\+ chat /m);
    await terminal.until(/^ {2}chat +timed out .* (?:proven|strong) /m);
    terminal.press("q");
    await restored();
  });

  it("follows the size of the terminal without leaving rests of the old picture", async () => {
    terminal.type(`${streamscope} tui '${recordings}'\n`);
    await terminal.until("> gateway");
    terminal.press("Enter");
    await terminal.until(/> gateway +STARTED IT/);
    for (const [columns, rows] of [
      [160, 50],
      [40, 12],
      [100, 30],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      const footer = columns === 40 ? /^ enter open {2}esc back.* 1\/4\n*$/m : /^ enter open .* 1\/4\n*$/m;
      await terminal.until(new RegExp(`^(?:.*\\n){${rows - 1}}${footer.source.slice(1)}`));
      const screen = terminal.screen();
      expect(screen.match(/STARTED IT|START…/g)?.length).toBe(1);
      expect(screen.match(/> gateway/g)?.length).toBe(1);
    }
    terminal.press("H", "q");
    await restored();
  });

  it("gives the terminal back on Ctrl-C", async () => {
    terminal.type(`${streamscope} tui '${recordings}'; echo "ended $?"\n`);
    await terminal.until("> gateway");
    terminal.press("C-c");
    await terminal.until("ended 0");
    await restored();
  });

  it.each(["TERM", "HUP", "INT"])("gives the terminal back on SIG%s", async (signal) => {
    terminal.type(`sh -c 'echo $$ > ${folder}/pid; exec ${streamscope.replaceAll("'", '"')} tui "${recordings}"'\n`);
    await terminal.until("> gateway");
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    process.kill(pid, `SIG${signal}`);
    await restored();
  });

  it("gives the terminal back after a crash, and tells the error", async () => {
    const bomb = join(folder, "bomb.mjs");
    writeFileSync(bomb, 'process.on("SIGUSR2", () => { throw new Error("a defect for the test"); });\n');
    terminal.type(
      `sh -c 'echo $$ > ${folder}/pid; NODE_OPTIONS="--import ${bomb}" exec ${streamscope.replaceAll("'", '"')} tui "${recordings}"'; echo "ended $?"\n`,
    );
    await terminal.until("> gateway");
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    process.kill(pid, "SIGUSR2");
    const screen = await terminal.until("ended 70");
    expect(screen).toContain("a defect for the test");
    expect(screen).toContain("please report it");
    await restored();
  });

  it("goes back to the shell with Ctrl-Z and comes back with fg, as often as one likes", async () => {
    terminal.type(`${streamscope} tui '${recordings}'\n`);
    await terminal.until("> gateway");
    for (let round = 0; round < 2; round += 1) {
      terminal.press("C-z");
      await terminal.untilFormat("#{alternate_on}", "0");
      await terminal.until(/Stopped[\s\S]*\nshell> *\n*$/);
      terminal.type("fg\n");
      await terminal.untilFormat("#{alternate_on}", "1");
      await terminal.until(/> gateway +cancelled/);
      terminal.press("j");
      await terminal.until(/> chat/);
      terminal.press("k");
      await terminal.until(/> gateway/);
    }
    terminal.press("q");
    await restored();
  });

  it("takes what is pasted as text of the filter, and as no keys elsewhere", async () => {
    terminal.type(`${streamscope} tui '${recordings}'\n`);
    await terminal.until("> gateway");
    terminal.paste("jq");
    terminal.press("/");
    await terminal.until(/^ filter:/m);
    terminal.paste("kind=deadline\nq");
    await terminal.until("filter: kind=deadline q");
    terminal.press("Escape", "q");
    await restored();
  });

  it("asks for the mouse only where it is wanted, and hands it back", async () => {
    terminal.type(`${streamscope} tui --mouse '${recordings}'\n`);
    await terminal.until("> gateway");
    await terminal.untilFormat("#{mouse_standard_flag}#{mouse_sgr_flag}", "11");
    terminal.press("q");
    await terminal.untilFormat("#{mouse_any_flag}", "0");
    await restored();
    terminal.type(`clear; ${streamscope} tui '${recordings}'\n`);
    await terminal.until("> gateway");
    expect(terminal.format("#{mouse_any_flag}")).toBe("0");
    terminal.press("q");
  });

  it("opens the editor at a line, and comes back", async () => {
    terminal.type(`EDITOR='echo opened' ${streamscope} tui '${recordings}'\n`);
    await terminal.until("> gateway");
    terminal.press("L");
    await terminal.until(/> 06:57:00/);
    terminal.press("Enter");
    await terminal.until(/> 06:57:00/);
    terminal.press("H", "q");
    await terminal.untilFormat("#{alternate_on}", "0");
    await terminal.until(/opened \+4 .*1-cancel\.jsonl/);
  });

  it("writes what is exported into a file whose path it shows", async () => {
    terminal.type(`cd '${folder}'; ${streamscope} tui '${recordings}'\n`);
    await terminal.until("> gateway");
    terminal.press("e");
    await terminal.until("export as text");
    terminal.type("html");
    await terminal.until(/> +export as one HTML page/);
    terminal.press("Enter");
    await terminal.until(/3 cancels written to streamscope-.*\.html/);
    terminal.press("q");
    const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".html"));
    expect(readFileSync(join(folder, file), "utf8")).toContain("gateway started it");
    await restored();
  });

  it("reads a pipe as data while the keys come from the terminal", async () => {
    terminal.type(`cat '${recordings}'/*.jsonl | ${streamscope} tui -; echo "ended $?"\n`);
    await terminal.until(/> gateway/);
    await terminal.until(/^ DONE .*standard/);
    terminal.press("Enter", "j");
    await terminal.until(/chat: stopped, .*looks like the origin and is not/);
    await terminal.until("stdin:5");
    terminal.press("H", "q");
    await terminal.until("ended 0");
    await restored();
  });

  it("shows what has come while the pipe stays open, and leaves all the same", async () => {
    const fifo = join(folder, "fifo");
    terminal.type(
      `mkfifo '${fifo}'; (cat '${recordings}/1-cancel.jsonl'; cat '${fifo}') | ${streamscope} tui -; echo "ended $?"\n`,
    );
    await terminal.until(/READING/);
    await terminal.until("> gateway");
    terminal.press("H", "q");
    // The writer still holds the pipe: closing the fifo lets it, and so the shell's line, come to its end.
    await terminal.untilFormat("#{alternate_on}", "0");
    terminal.press("C-c");
    await restored();
  });

  it("says with exit code 3 what could not be read", async () => {
    terminal.type(`${streamscope} tui --no-follow /no/such.log; echo "ended $?"\n`);
    const screen = await terminal.until("ended 3");
    expect(screen).toContain("/no/such.log: ");
    await restored();
  });

  it("shows the recorded demo", async () => {
    terminal.type(`${streamscope} demo --recorded; echo "ended $?"\n`);
    await terminal.until(/> gateway +cancelled/);
    terminal.press("H", "q");
    await terminal.until("ended 0");
    await restored();
  });

  it("shows the live demo as it happens, and ends its processes with q", async () => {
    terminal.type(`sh -c 'echo $$ > ${folder}/pid; exec ${streamscope.replaceAll("'", '"')} demo'; echo "ended $?"\n`);
    await terminal.until(/gateway +cancelled/);
    const pid = readFileSync(join(folder, "pid"), "utf8").trim();
    const services = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    expect(services.length).toBeGreaterThanOrEqual(4);
    await terminal.until(/chat +timed out/);
    await terminal.until(/agent +returned/);
    await terminal.until(/agent +vanished/);
    terminal.press("Enter", "Enter");
    await terminal.until(/HTTP client of \S+ +STARTED IT[\s\S]*model +(?:stopped|STILL RUNNING)/);
    terminal.press("H", "q");
    await terminal.until(/q again: \d+ cancels are not saved, e saves/);
    terminal.press("q");
    const screen = await terminal.until("ended 0");
    expect(screen).toMatch(/tokens: [\d,]+ generated, [\d,]+ delivered, [\d,]+ saved by cancelling/);
    await restored();
    for (const service of services) expect(existsSync(`/proc/${service}/exe`)).toBe(false);
  });

  it("draws without colours where NO_COLOR asks for it, and in ASCII with --ascii", async () => {
    terminal.type(`NO_COLOR=1 ${streamscope} tui --ascii '${recordings}'\n`);
    await terminal.until("> gateway");
    terminal.press("Enter");
    const screen = await terminal.until("STARTED IT");
    expect(screen).toMatch(/^[\n -~]*$/);
    terminal.press("H", "q");
    await restored();
  });
});
