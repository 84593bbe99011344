/**
 * Makes docs/pictures/demo.svg and demo.cast from a real run of the demo: `npm run build && node scripts/picture.ts`.
 *
 * The program runs in tmux; what it writes goes, with the time, into the recording, and into a terminal emulator whose cells become text
 * in the picture. Keys are pressed once the screen shows what they are about.
 */
import { execFileSync } from "node:child_process";
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import xterm from "@xterm/headless";
import { root } from "./bundle.ts";
import { drawScreens, type ScreenPicture, screenOf } from "./picture-svg.ts";

const COLUMNS = 120;
const ROWS = 24;
/** How long a person looks at a screen. */
const LOOK_MS = 1_500;
const PATIENCE_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), "streamscope-picture-"));
const fifo = join(folder, "output");
const tmux = (...args: string[]): string =>
  execFileSync("tmux", ["-S", join(folder, "socket"), "-f", "/dev/null", ...args], { encoding: "utf8" });

const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const events: [number, "o", string][] = [];

/** Starts the demo; everything it writes is recorded from its first byte on. */
function start(): void {
  execFileSync("mkfifo", [fifo]);
  const size = ["-x", String(COLUMNS), "-y", String(ROWS)];
  const { NO_COLOR: _, ...env } = process.env;
  const command = `read go; exec '${process.execPath}' '${join(root, "bin/streamscope.cjs")}' demo`;
  execFileSync("tmux", ["-S", join(folder, "socket"), "-f", "/dev/null", "new-session", "-d", ...size, command], {
    env: { ...env, LC_ALL: "C.UTF-8", COLORTERM: "truecolor" },
  });
  tmux("set-option", "-g", "status", "off");
  tmux("resize-window", ...size);
  let first: number | null = null;
  createReadStream(fifo, "utf8").on("data", (chunk) => {
    first ??= performance.now();
    events.push([Math.round(performance.now() - first) / 1000, "o", String(chunk)]);
    terminal.write(String(chunk));
  });
  tmux("pipe-pane", `exec cat > '${fifo}'`);
  tmux("send-keys", "Enter");
}

function text(): string {
  return screenOf(terminal)
    .rows.map((row) => row.map(({ text }) => text).join(""))
    .join("\n");
}

async function until(wanted: RegExp): Promise<ScreenPicture> {
  const end = performance.now() + PATIENCE_MS;
  while (!wanted.test(text())) {
    if (performance.now() > end) throw new Error(`${wanted} did not come; the screen shows:\n${text()}`);
    await wait(50);
  }
  return screenOf(terminal);
}

try {
  start();
  await until(/vanished/);
  const origins = await until(
    /gateway +cancelled[\s\S]*chat +timed out[\s\S]*agent +(?:vanished|returned)[\s\S]*agent +(?:vanished|returned)/,
  );
  await wait(LOOK_MS);
  tmux("send-keys", "Enter");
  await until(/HTTP client of gateway left → all of them/);
  await wait(LOOK_MS);
  tmux("send-keys", "Enter");
  const cascade = await until(/of gateway\) +STARTED IT[\s\S]*backend +stopped/);
  await wait(LOOK_MS);
  const pictures = join(root, "docs/pictures");
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, "demo.svg"), drawScreens([origins, cascade], COLUMNS));
  const header = {
    version: 2,
    width: COLUMNS,
    height: ROWS,
    title: "streamscope demo",
    env: { TERM: "xterm-256color" },
  };
  const lines = [header, ...events].map((each) => JSON.stringify(each));
  writeFileSync(join(pictures, "demo.cast"), `${lines.join("\n")}\n`);
  tmux("send-keys", "q");
  await wait(LOOK_MS);
} finally {
  try {
    tmux("kill-server");
  } catch {
    // It ended with the program.
  }
  rmSync(folder, { recursive: true, force: true });
}
