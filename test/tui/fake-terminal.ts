import { EventEmitter } from "node:events";
import { Terminal } from "@xterm/headless";
import { warnAbout } from "../../src/cascade/index.ts";
import type { Clock, Redaction } from "../../src/present/index.ts";
import type { Feed, Snapshot } from "../../src/tui/feed.ts";
import { type Screens, startScreens } from "../../src/tui/start.ts";
import type { ThemeOptions } from "../../src/tui/theme.ts";

/** A terminal without a screen: what the program writes goes through a real terminal emulator and is read as a person would. */
export interface FakeTerminal {
  /** The lines on the screen, without spaces at their ends. */
  readonly lines: () => string[];
  /** The whole screen as one text. */
  readonly text: () => string;
  /** Types keys, as a terminal sends them, and waits until the picture has followed. */
  readonly type: (keys: string) => Promise<void>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** Replaces what the screens show. */
  readonly feed: (snapshot: Snapshot) => Promise<void>;
  readonly settled: () => Promise<void>;
  readonly screens: Screens;
  readonly emulator: Terminal;
  /** Everything written so far. */
  readonly written: () => string;
  readonly rawMode: () => boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "<up>": "\u001b[A",
  "<down>": "\u001b[B",
  "<right>": "\u001b[C",
  "<left>": "\u001b[D",
  "<enter>": "\r",
  // As terminals with the kitty protocol send it: a lone escape byte could be the beginning of another key and has to be waited for.
  "<esc>": "\u001b[27u",
  "<pageup>": "\u001b[5~",
  "<pagedown>": "\u001b[6~",
  "<home>": "\u001b[H",
  "<end>": "\u001b[F",
  "<backspace>": "\u007f",
  "<ctrl-c>": "\u0003",
};

/** Starts the screens on a fake terminal. */
export async function openFakeTerminal(
  first: Snapshot,
  options: {
    columns?: number;
    rows?: number;
    ascii?: boolean;
    colour?: boolean;
    theme?: ThemeOptions["theme"];
    sixteen?: boolean;
    mouse?: boolean;
    redaction?: Redaction;
    clock?: Clock;
    env?: NodeJS.ProcessEnv;
    onAskPast?: (subject: string, page: number) => void;
    onOverrule?: (id: string, by: string | null) => void;
  } = {},
): Promise<FakeTerminal> {
  const { columns = 80, rows = 24, ascii = false, colour = false, sixteen = false } = options;
  const { theme = colour ? "dark" : "mono" } = options;
  const emulator = new Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true, scrollback: 0 });
  let written = "";
  let raw = false;

  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    writable: true,
    destroyed: false,
    write(data: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean {
      const text = typeof data === "string" ? data : new TextDecoder().decode(data);
      written += text;
      const done = typeof encoding === "function" ? encoding : callback;
      emulator.write(text, () => {
        if (typeof done === "function") done();
      });
      return true;
    },
  });
  const waiting: string[] = [];
  const keys = Object.assign(new EventEmitter(), {
    isTTY: true,
    setEncoding: () => keys,
    setRawMode: (on: boolean) => {
      raw = on;
      return keys;
    },
    ref: () => keys,
    unref: () => keys,
    resume: () => keys,
    pause: () => keys,
    read: (): string | null => waiting.shift() ?? null,
  });

  let snapshot = first;
  const listeners = new Set<() => void>();
  const feed: Feed = {
    warnAbout,
    overrule: (cascade, word) => {
      options.onOverrule?.(cascade.id, word.by);
      return "overrules.json";
    },
    askPast: (subject, page) => options.onAskPast?.(subject, page),
    snapshot: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const screens = startScreens(feed, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    keys: keys as unknown as NodeJS.ReadStream,
    theme: {
      theme,
      sixteen,
      trueColour: true,
      ascii,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    },
    mouse: options.mouse ?? false,
    redaction: options.redaction ?? null,
    env: options.env ?? { TERM: "xterm-256color" },
  });
  const settled = async (): Promise<void> => {
    await screens.painted();
    await new Promise<void>((resolve) => emulator.write("", resolve));
  };
  const lines = (): string[] => {
    const buffer = emulator.buffer.active;
    return Array.from({ length: emulator.rows }, (_, row) =>
      (buffer.getLine(buffer.baseY + row)?.translateToString(true, 0, emulator.cols) ?? "").trimEnd(),
    );
  };
  await settled();
  return {
    lines,
    text: () => lines().join("\n"),
    type: async (text) => {
      for (const part of text.split(/(<[a-z-]+>)/).filter((each) => each !== "")) {
        const sequence = ESCAPES[part];
        waiting.push(sequence ?? part);
        keys.emit("readable");
        await settled();
      }
    },
    resize: async (toColumns, toRows) => {
      emulator.resize(toColumns, toRows);
      stdout.columns = toColumns;
      stdout.rows = toRows;
      stdout.emit("resize");
      await settled();
    },
    feed: async (next) => {
      snapshot = next;
      for (const listener of listeners) listener();
      await settled();
    },
    settled,
    screens,
    emulator,
    written: () => written,
    rawMode: () => raw,
  };
}
