/**
 * Putting the screens on a terminal and taking them away again.
 *
 * The one rule: whatever happens, the terminal gets its own picture, its cursor and its cooked mode back. Ink does it on unmount and on
 * signals; this file makes sure that a crash anywhere in the program ends in an unmount, too.
 */
import { render } from "ink";
import { createElement } from "react";
import type { Redaction } from "../present/index.ts";
import { App } from "./app.ts";
import { createCanvas } from "./canvas.ts";
import type { Feed } from "./feed.ts";
import type { Press } from "./input.ts";
import { MOUSE_OFF, MOUSE_ON, readMouse } from "./mouse.ts";
import { createSizeStore } from "./size-store.ts";
import { createTheme, type ThemeOptions } from "./theme.ts";

/** Where and how to show the screens. */
export interface ScreensOptions {
  readonly stdout: NodeJS.WriteStream;
  /** Where the keys come from: standard input, or the terminal itself where standard input is data. */
  readonly keys: NodeJS.ReadStream;
  readonly theme: ThemeOptions;
  /** What is replaced in all that leaves the screens: copies and files. */
  readonly redaction?: Redaction;
  /** True where the wheel and clicks are wanted; then the terminal selects text only with shift. */
  readonly mouse?: boolean;
  /** The environment; default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Screens that are up. */
export interface Screens {
  /** Resolves once the person has left; rejects with the error of a crash, the terminal already restored. */
  readonly closed: Promise<void>;
  /** Takes the screens away; with an error, `closed` rejects with it. */
  readonly close: (error?: Error) => void;
  /** Resolves once what is to be seen has been written. */
  readonly painted: () => Promise<void>;
}

/** Puts the screens up. Needs a terminal: `stdout.isTTY` and `keys.isTTY`. */
export function startScreens(feed: Feed, options: ScreensOptions): Screens {
  const { stdout, redaction = null, mouse = false, env = process.env } = options;
  const wheel = (on: boolean): void => void (mouse && stdout.write(on ? MOUSE_ON : MOUSE_OFF));
  const presses = new Set<(press: Press) => void>();
  const stopMouse = mouse
    ? readMouse(options.keys, (press) => {
        for (const each of presses) each(press);
      })
    : () => undefined;
  const theme = createTheme(options.theme);
  const size = createSizeStore(stdout);
  const canvas = createCanvas(stdout);
  const picture = createElement(App, { feed, theme, size, canvas, stdout, redaction, env, wheel, presses });
  const instance = render(picture, {
    stdout,
    stdin: options.keys,
    alternateScreen: true,
    // Ctrl-C is a key like any other, so that leaving has one way.
    exitOnCtrlC: false,
    interactive: true,
    maxFps: 60,
    // Nothing in the program writes to the console, and replacing it costs a part of the start.
    patchConsole: false,
  });
  // After Ink has looked at the new size: it may erase what it takes for its own lines
  const resized = (): void => {
    canvas.forget();
    size.update();
    instance.rerender(picture);
  };
  stdout.on("resize", resized);
  wheel(true);
  let failure: Error | null = null;
  const close = (error?: Error): void => {
    failure ??= error ?? null;
    instance.unmount();
  };
  const crash = (error: unknown): void => close(error instanceof Error ? error : new Error(String(error)));
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const closed = instance
    .waitUntilExit()
    .then(() => {
      if (failure !== null) throw failure;
    })
    .finally(() => {
      wheel(false);
      stopMouse();
      process.off("uncaughtException", crash);
      process.off("unhandledRejection", crash);
      stdout.off("resize", resized);
    });
  // Somebody may wait for it later, or not at all.
  closed.catch(() => undefined);
  return { closed, close, painted: () => instance.waitUntilRenderFlush() };
}
