import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** True where tmux can be had. */
export const hasTmux: boolean = spawnSync("tmux", ["-V"]).status === 0;

/** A real terminal: a tmux server of its own with one window and a bare shell in it. */
export interface Tmux {
  /** What is on the screen now. */
  readonly screen: () => string;
  /** Waits until the screen shows a text or matches; throws with the screen where it does not within the deadline. */
  readonly until: (wanted: string | RegExp) => Promise<string>;
  /** Waits until a question about the terminal has an answer. */
  readonly untilFormat: (format: string, wanted: string) => Promise<void>;
  /** Types text as it is. */
  readonly type: (text: string) => void;
  /** Presses keys by tmux's names: `Enter`, `Escape`, `C-c`, `Down`. */
  readonly press: (...keys: string[]) => void;
  /** Pastes text as a terminal does: in brackets, where the program wants them. */
  readonly paste: (text: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Answers a tmux format, for example `#{alternate_on}`. */
  readonly format: (format: string) => string;
  readonly close: () => void;
}

const DEADLINE_MS = 10_000;
const POLL_MS = 20;

/** Opens a terminal of a size; `env` is added to the shell's environment. */
export function openTmux(columns: number, rows: number, env: Readonly<Record<string, string>> = {}): Tmux {
  const folder = mkdtempSync(join(tmpdir(), "streamscope-tmux-"));
  const socket = join(folder, "socket");
  const tmux = (...args: string[]): string =>
    execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { encoding: "utf8" });
  const { NO_COLOR: _, NODE_ENV: __, ...rest } = process.env;
  execFileSync(
    "tmux",
    [
      "-S",
      socket,
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-x",
      `${columns}`,
      "-y",
      `${rows}`,
      "exec env PS1='shell> ' bash --norc --noprofile",
    ],
    { env: { ...rest, LC_ALL: "C.UTF-8", TERM: "xterm-256color", ...env } },
  );
  tmux("set-option", "-g", "status", "off");
  tmux("set-option", "-g", "window-size", "manual");
  tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  const screen = (): string => tmux("capture-pane", "-p");
  const poll = async (what: string, holds: () => boolean): Promise<void> => {
    const deadline = performance.now() + DEADLINE_MS;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`${what} did not come; the screen shows:\n${screen()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  return {
    screen,
    async until(wanted) {
      let seen = "";
      await poll(`${wanted}`, () => {
        seen = screen();
        return typeof wanted === "string" ? seen.includes(wanted) : wanted.test(seen);
      });
      return seen;
    },
    untilFormat: (format, wanted) =>
      poll(`${format} = ${wanted}`, () => tmux("display-message", "-p", format).trim() === wanted),
    type: (text) => void tmux("send-keys", "-l", text),
    press: (...keys) => void tmux("send-keys", ...keys),
    paste(text) {
      tmux("set-buffer", text);
      tmux("paste-buffer", "-p", "-r");
    },
    resize: (toColumns, toRows) => void tmux("resize-window", "-x", `${toColumns}`, "-y", `${toRows}`),
    format: (format) => tmux("display-message", "-p", format).trim(),
    close() {
      spawnSync("tmux", ["-S", socket, "kill-server"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
